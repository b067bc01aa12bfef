import type { TargetSettings } from '../deployment/settings.ts';
import { answers } from './answering.ts';
import { ecsCalls } from './ecs/calls.ts';
import { ecsEvents, hookEvents, serviceArns } from './ecs/events.ts';
import { shiftPermissions } from './ecs/permissions.ts';
import { GONE } from './ecs/refusals.ts';
import { type Config, kind, schema } from './ecs/shifting/config.ts';
import { observe } from './ecs/shifting/observe.ts';
import { restore } from './ecs/shifting/restore.ts';
import { leastSeconds } from './ecs/shifting/settings.ts';
import { current, start } from './ecs/shifting/start.ts';
import type { EcsWork } from './ecs/work.ts';
import type { TargetModule, TargetPorts } from './module.ts';
import type { Target } from './target.ts';

/** The catalogue's validator has checked it against the schema. */
const checked = (config: TargetSettings): Config => config as Config;

const permissions: Target['permissions'] = (config, where) => shiftPermissions(checked(config), where);

const create = (ports: TargetPorts): Target => {
  const work: EcsWork = { calls: ecsCalls(ports), now: ports.now };
  return {
    kind,
    schema,
    permissions,
    ...answers<Config>({ current: current(work), start: start(work), observe: observe(work), restore: restore(work) }, GONE),
    proceed: (job, rollout, pause) => work.calls.proceed(checked(job.config), rollout.id, pause),
  };
};

/** ECS blue/green, canary and linear deployments: register, update with the strategy, let ECS shift, check where it waits. */
export const ecsBlueGreen: TargetModule = {
  kind,
  schema,
  permissions,
  example: {
    kind,
    cluster: 'shop',
    container: 'app',
    strategy: 'CANARY',
    stepPercent: 10,
    stepMinutes: 5,
    bakeMinutes: 10,
    pause: { stage: 'POST_TEST_TRAFFIC_SHIFT', minutes: 30 },
    passRoles: ['arn:aws:iam::123456789012:role/shop-task'],
  },
  events: { ...ecsEvents, ...hookEvents },
  subjects: serviceArns,
  leastSeconds: (config) => leastSeconds(checked(config)),
  create,
};
