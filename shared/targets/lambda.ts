import type { Revision, Rollout } from '../deployment/observations.ts';
import type { TargetSettings } from '../deployment/settings.ts';
import { answers } from './ecs/answering.ts';
import * as aliased from './lambda/aliased.ts';
import { type LambdaCalls, lambdaCalls } from './lambda/calls.ts';
import { UpdateFailedError } from './lambda/code.ts';
import { type AliasConfig, type Config, kind, leastSeconds, schema } from './lambda/config.ts';
import { lambdaPermissions } from './lambda/permissions.ts';
import * as unaliased from './lambda/unaliased.ts';
import type { TargetModule, TargetPorts } from './module.ts';
import type { Job, Target } from './target.ts';

/** The catalogue's validator has checked it against the schema. */
const checked = (config: TargetSettings): Config => config as Config;

const hasAlias = (job: Job<Config>): job is Job<AliasConfig> => job.config.alias !== undefined;

/** A function that Lambda could not update is changed, though nothing new serves: that is undone. */
const orFailed = async <Answer>(answer: Promise<Answer>) => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UpdateFailedError) return { kind: 'refused', failure: error.failure, begun: true } as const;
    throw error;
  }
};

const methods = (calls: LambdaCalls, now: TargetPorts['now']) => ({
  current: (job: Job<Config>) => (hasAlias(job) ? aliased.current(calls)(job) : unaliased.current(calls)(job)),
  start: (job: Job<Config>) => orFailed(hasAlias(job) ? aliased.start(calls)(job) : unaliased.start(calls)(job)),
  observe: (job: Job<Config>, rollout: Rollout) =>
    hasAlias(job) ? aliased.observe(calls)(job, rollout) : unaliased.observe(calls)(job, rollout),
  restore: (job: Job<Config>, to: Revision) =>
    orFailed(hasAlias(job) ? aliased.restore(calls, now)(job, to) : unaliased.restore(calls)(job, to)),
});

const permissions: Target['permissions'] = (config, where) => lambdaPermissions(checked(config), where);

const create = (ports: TargetPorts): Target => {
  const calls = lambdaCalls(ports);
  return {
    kind,
    schema,
    permissions,
    ...answers<Config>(methods(calls, ports.now)),
    async proceed(job, _, pause) {
      const own: Job<Config> = { ...job, config: checked(job.config) };
      if (hasAlias(own)) await aliased.proceed(calls)(own, pause);
    },
  };
};

/** Lambda functions of container images (S4.2, S4.4): update the code, publish a version, move the alias, ask Lambda how it went. */
export const lambda: TargetModule = {
  kind,
  schema,
  permissions,
  example: {
    kind,
    function: 'shop',
    alias: 'live',
    steps: [
      { percent: 10, minutes: 5 },
      { percent: 50, minutes: 10 },
    ],
  },
  events: {},
  subjects: ({ function: name, alias }, { account, region }) => [
    `arn:aws:lambda:${region}:${account}:function:${String(name)}${alias === undefined ? '' : `:${String(alias)}`}`,
  ],
  leastSeconds: (config) => leastSeconds(checked(config)),
  create,
};
