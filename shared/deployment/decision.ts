import type { Instant, Traffic } from './observations.ts';
import type { Deployment, Lane, Quarantine, QueueName, Service } from './types.ts';

/** What is known when a decision is made: read together, and committed only if it still stands. */
export interface World {
  /** Absent: the request is new. */
  readonly deployment?: Deployment;
  readonly lane: Lane;
  readonly service: Service;
  /** The deployment that has the service, if it is another one. */
  readonly active?: Deployment;
  /** Other deployments of this service that are in the lane, and are not active. */
  readonly waiters: readonly Deployment[];
  /** Of the deployment's digest. */
  readonly quarantine?: Quarantine;
}

export type EventType =
  | 'DeploymentQueued'
  | 'DeploymentStarted'
  | 'DeploymentProgressed'
  | 'VerificationStarted'
  | 'VerificationPassed'
  | 'VerificationFailed'
  | 'RollbackStarted'
  | 'CancelRejected'
  | 'DeploymentSucceeded'
  | 'DeploymentRolledBack'
  | 'DeploymentFailed'
  | 'DeploymentRejected'
  | 'DeploymentSuperseded'
  | 'DeploymentExpired'
  | 'DeploymentCancelled'
  | 'RollbackSucceeded'
  | 'RollbackFailed'
  | 'RollbackRejected';

/** An event owed to the bus. `deployment` is as it is after the step. */
export interface EventDraft {
  readonly type: EventType;
  readonly deployment: Deployment;
  readonly sequence: number;
  readonly at: Instant;
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Asks a function to look; only the fast path, since `wakeAt` is in the table. */
export interface Wake {
  readonly function: QueueName;
  readonly environment: string;
  readonly service: string;
  readonly lane: string;
  /** Absent: the service itself (its open window). */
  readonly deployment?: string;
  /** A promotion, instead; `service` is its rule's name then. */
  readonly promotion?: string;
  /** Dropped if it is not the current one; absent: always current. */
  readonly number?: number;
  readonly delaySeconds: number;
}

/** What the new state owes, to be performed after the commit, by the function that committed it. */
export type Effect =
  /** What runs, the alarms, the image, and the health of what runs. Under the lease. */
  | { readonly kind: 'look' }
  | { readonly kind: 'start' }
  | { readonly kind: 'observe' }
  /** `health`: the service is asked, smoke tests too; `observe`: the target. */
  | { readonly kind: 'check'; readonly health: boolean; readonly observe: boolean }
  /** The checks that the target waits for; if they pass it is told to go on. Not under the lease: the pause's name is a token. */
  | { readonly kind: 'try'; readonly pause: string; readonly traffic: Traffic }
  /** Whether the destination can be brought back. Under the lease. */
  | { readonly kind: 'look-back' }
  | { readonly kind: 'restore' };

/** What follows from an input: everything in it is committed together, or not at all. */
export interface Decision {
  readonly deployment?: Deployment;
  readonly others: readonly Deployment[];
  readonly lane?: Lane;
  readonly service?: Service;
  readonly quarantine?: Quarantine;
  /** The digest whose quarantine ends. */
  readonly lift?: string;
  readonly events: readonly EventDraft[];
  readonly wakes: readonly Wake[];
  readonly effect?: Effect;
}

/** Late, doubled or none of our business. */
export const NO_CHANGE: Decision = { others: [], events: [], wakes: [] };

export const changesNothing = (decision: Decision): boolean =>
  decision.deployment === undefined &&
  decision.service === undefined &&
  decision.lane === undefined &&
  decision.others.length === 0;
