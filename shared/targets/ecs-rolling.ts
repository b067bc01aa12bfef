import type { TargetSettings } from '../deployment/settings.ts';
import { answers } from './answering.ts';
import { ecsCalls } from './ecs/calls.ts';
import { COMMON, type EcsConfig } from './ecs/config.ts';
import { ecsEvents, serviceArns } from './ecs/events.ts';
import { observe } from './ecs/observe.ts';
import { ecsPermissions } from './ecs/permissions.ts';
import { GONE } from './ecs/refusals.ts';
import { restore } from './ecs/restore.ts';
import { current, start } from './ecs/start.ts';
import type { Described } from './ecs/task-definitions.ts';
import type { TargetModule, TargetPorts } from './module.ts';
import type { Target } from './target.ts';

const kind = 'ecs-rolling';

const schema = {
  title: 'EcsRollingTarget',
  description: "An ECS service with ECS's own controller and the ROLLING strategy.",
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'cluster', 'container'],
  properties: { kind: { const: kind }, ...COMMON },
} as const;

/** The catalogue's validator has checked it against the schema. */
const checked = (config: TargetSettings): EcsConfig => config as EcsConfig;

const permissions: Target['permissions'] = (config, where) => ecsPermissions(checked(config), where);

/** Within one invocation `start` copies what `current` has read, so both together take four calls. */
const create = (ports: TargetPorts): Target => {
  const work = { calls: ecsCalls(ports), now: ports.now };
  const seen = new Map<string, Described>();
  return {
    kind,
    schema,
    permissions,
    ...answers<EcsConfig>(
      { current: current(work, seen), start: start(work, seen), observe: observe(work), restore: restore(work) },
      GONE,
    ),
  };
};

/** ECS rolling deployments (S5.1): register the task definition, update the service, ask ECS how it went. */
export const ecsRolling: TargetModule = {
  kind,
  schema,
  permissions,
  example: { kind, cluster: 'shop', container: 'app', passRoles: ['arn:aws:iam::123456789012:role/shop-task'] },
  events: ecsEvents,
  subjects: serviceArns,
  create,
};
