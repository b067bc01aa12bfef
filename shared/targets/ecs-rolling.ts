import type { Failure, Observation, Rollout, TargetSettings } from '../deployment/types.ts';
import { ecsCalls } from './ecs/calls.ts';
import { COMMON, type EcsConfig } from './ecs/config.ts';
import { observe } from './ecs/observe.ts';
import { ecsPermissions } from './ecs/permissions.ts';
import { RefusedError } from './ecs/refusals.ts';
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

const answering =
  <A extends unknown[], T, R>(method: (...args: A) => Promise<T>, refused: (failure: Failure, ...args: A) => R) =>
  async (...args: A): Promise<T | R> => {
    try {
      return await method(...args);
    } catch (error) {
      if (error instanceof RefusedError) return refused(error.failure, ...args);
      throw error;
    }
  };

const refuse = (failure: Failure) => ({ kind: 'refused', failure }) as const;

const GONE: readonly string[] = ['cluster-missing', 'service-missing', 'service-inactive'];

/** Nothing to observe any more; or what runs cannot be seen (mostly: not allowed), and was ours when it was seen last. */
const unseen = (failure: Failure, _: unknown, { revision }: Rollout): Observation =>
  GONE.includes(failure.code) ? { phase: 'gone', message: failure.message } : { phase: 'failed', failure, running: revision };

/** Within one invocation `start` copies what `current` has read, so both together take four calls. */
const create = (ports: TargetPorts): Target => {
  const work = { calls: ecsCalls(ports), now: ports.now };
  const seen = new Map<string, Described>();
  return {
    kind,
    schema,
    permissions,
    current: answering(current(work, seen), refuse),
    start: answering(start(work, seen), refuse),
    observe: answering(observe(work), unseen),
    restore: answering(restore(work), refuse),
  };
};

/** ECS rolling deployments (S5.1): register the task definition, update the service, ask ECS how it went. */
export const ecsRolling: TargetModule = { kind, schema, permissions, create };
