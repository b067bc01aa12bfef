import type { ECSClient } from '@aws-sdk/client-ecs';
import type { Target } from './target.ts';

/** What a working target is made with. */
export interface TargetPorts {
  readonly ecs: ECSClient;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The client timeout of one call; throws if there is no time left for a call. */
  readonly signal: () => AbortSignal;
}

/** A file of this folder exports one of these; the registry is generated from them. */
export interface TargetModule extends Pick<Target, 'kind' | 'schema' | 'permissions'> {
  readonly create: (ports: TargetPorts) => Target;
}
