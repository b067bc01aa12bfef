import type { RolloutTold, TaskStopped } from '../deployment/input.ts';
import type { TargetSettings } from '../deployment/settings.ts';
import type { Target, Where } from './target.ts';

/** What a working target is made with. */
export interface TargetPorts {
  /** The SDK's client of a service: the same one each time, for the account that the target is in, and its region or the one named. It does not retry. */
  readonly client: <T>(Client: new (configuration: object) => T, region?: string) => T;
  /** For what AWS lends by an address. */
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The client timeout of one call; throws if there is no time left for a call. */
  readonly signal: () => AbortSignal;
}

/** The members of an EventBridge envelope that are read here. */
export interface TargetEvent {
  readonly 'detail-type': string;
  readonly region: string;
  readonly account: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** One kind of event that AWS tells of things of this kind: only the fast path, everything is asked for too. */
export interface TargetEvents {
  readonly source: string;
  /** What the rule asks of the detail, as an EventBridge pattern. */
  readonly pattern?: Readonly<Record<string, unknown>>;
  /** The thing that the event tells of, as one of `subjects`. */
  readonly subject: (event: TargetEvent) => string | undefined;
  /** What it says to the deployment that has the thing; `undefined`: nothing that counts. */
  readonly input: (event: TargetEvent) => RolloutTold | TaskStopped | undefined;
}

/** A file of this folder exports one of these; the registry is generated from them. */
export interface TargetModule extends Pick<Target, 'kind' | 'schema' | 'permissions'> {
  /** Of a catalogue's `target`, for the documentation. */
  readonly example: TargetSettings;
  /** By detail-type. */
  readonly events: Readonly<Record<string, TargetEvents>>;
  /** How events name the thing that is deployed to. */
  readonly subjects: (config: TargetSettings, where: Where) => readonly string[];
  /** Seconds that a rollout takes by its own plan, beside what tasks need to start and what a pause waits for; 0 without it. */
  readonly leastSeconds?: (config: TargetSettings) => number;
  /** It may stand before a service's own target, as `apply`. */
  readonly standsBefore?: true;
  readonly create: (ports: TargetPorts) => Target;
}
