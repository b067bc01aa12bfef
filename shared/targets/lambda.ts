import type { Revision, Rollout } from '../deployment/observations.ts';
import type { TargetSettings } from '../deployment/settings.ts';
import { answers } from './answering.ts';
import * as aliased from './lambda/aliased.ts';
import { artifactCalls } from './lambda/artifacts.ts';
import { type LambdaCalls, lambdaCalls } from './lambda/calls.ts';
import { UpdateFailedError, type Work } from './lambda/code.ts';
import { type AliasConfig, type Config, kind, leastSeconds, schema, type ZipConfig } from './lambda/config.ts';
import { images } from './lambda/images.ts';
import type { Packaging } from './lambda/packaging.ts';
import { lambdaPermissions } from './lambda/permissions.ts';
import { GONE } from './lambda/refusals.ts';
import { s3Calls } from './lambda/static/calls.ts';
import { type StaticFiles, staticFiles } from './lambda/static/files.ts';
import * as unaliased from './lambda/unaliased.ts';
import { zips } from './lambda/zips.ts';
import type { TargetModule, TargetPorts } from './module.ts';
import { RefusedError } from './refused.ts';
import type { Job, Restored, Started, Target } from './target.ts';

/** The catalogue's validator has checked it against the schema. */
const checked = (config: TargetSettings): Config => config as Config;

const hasAlias = (job: Job<Config>): job is Job<AliasConfig> => job.config.alias !== undefined;

const isZip = (config: Config): config is ZipConfig => config.zip !== undefined;

interface Ports {
  readonly calls: LambdaCalls;
  readonly packaging: (config: Config) => Packaging;
  readonly files: (config: Config) => StaticFiles | undefined;
  readonly now: TargetPorts['now'];
}

const workOf = ({ calls, packaging }: Ports, { config }: Job<Config>): Work => ({ calls, packaging: packaging(config) });

/** A function that Lambda could not update is changed, though nothing new serves: that is undone. */
const orFailed = async <Answer>(answer: Promise<Answer>) => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UpdateFailedError) return { kind: 'refused', failure: error.failure, begun: true } as const;
    throw error;
  }
};

/** Files go before the code. What is refused once they were begun is undone, too. */
const start =
  (ports: Ports) =>
  async (job: Job<Config>): Promise<Started> => {
    const own = ports.files(job.config);
    const work = workOf(ports, job);
    let begun = job.again && own !== undefined;
    const bring = async (): Promise<void> => {
      await own?.deploy(job, () => {
        begun = true;
      });
    };
    try {
      return await orFailed(hasAlias(job) ? aliased.start(work, bring)(job) : unaliased.start(work, bring)(job));
    } catch (error) {
      if (begun && error instanceof RefusedError) return { kind: 'refused', failure: error.failure, begun };
      throw error;
    }
  };

/** The function first: files that cannot be brought back do not keep it from going back. */
const restore =
  (ports: Ports) =>
  async (job: Job<Config>, to: Revision): Promise<Restored> => {
    const work = workOf(ports, job);
    const answer = await orFailed(hasAlias(job) ? aliased.restore(work, ports.now)(job, to) : unaliased.restore(work)(job, to));
    if (answer.kind === 'called' || answer.kind === 'nothing') await ports.files(job.config)?.back(to);
    return answer;
  };

const methods = (ports: Ports) => ({
  current: (job: Job<Config>) =>
    hasAlias(job) ? aliased.current(workOf(ports, job))(job) : unaliased.current(workOf(ports, job))(job),
  start: start(ports),
  observe: (job: Job<Config>, rollout: Rollout) =>
    hasAlias(job) ? aliased.observe(ports.calls)(job, rollout) : unaliased.observe(workOf(ports, job))(job, rollout),
  restore: restore(ports),
});

const permissions: Target['permissions'] = (config, where) => lambdaPermissions(checked(config), where);

const create = (ports: TargetPorts): Target => {
  const calls = lambdaCalls(ports);
  const artifacts = artifactCalls(ports);
  const packaging = (config: Config) => (isZip(config) ? zips(calls, artifacts, config) : images(calls, config));
  const files = (config: Config) =>
    config.static === undefined ? undefined : staticFiles(s3Calls(ports), config.static, config, ports.now);
  return {
    kind,
    schema,
    permissions,
    ...answers<Config>(methods({ calls, packaging, files, now: ports.now }), GONE),
    async proceed(job, _, pause) {
      const own: Job<Config> = { ...job, config: checked(job.config) };
      if (hasAlias(own)) await aliased.proceed(calls)(own, pause);
    },
  };
};

/** Lambda functions of container images, or zip archives (S4.2, S4.4): bring static files, update the code, publish a version, move the alias. */
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
    static: { from: { bucket: 'shop-builds', prefix: 'static/', by: 'tag' }, to: { bucket: 'shop-site' } },
  },
  events: {},
  subjects: ({ function: name, alias }, { account, region }) => [
    `arn:aws:lambda:${region}:${account}:function:${String(name)}${alias === undefined ? '' : `:${String(alias)}`}`,
  ],
  leastSeconds: (config) => leastSeconds(checked(config)),
  create,
};
