import type { Current, Failure, Instant, Reason, Revision, Rollout, SmokeResult, StoppedTask } from './observations.ts';
import type { Settings } from './settings.ts';

export type Kind = 'deploy' | 'rollback';

/** The three functions that decide; each state has one owner among them (`owner.ts`). */
export type FunctionName = 'deploy' | 'verify' | 'rollback';

/** Every function that has a queue of its own, grouped by environment. */
export type QueueName = FunctionName | 'promote';

export const WAITING_STATES = ['queued'] as const;
export const ACTIVE_STATES = [
  'starting',
  'widening',
  'rolling-out',
  'verifying',
  'baking',
  'rolling-back',
  'verifying-rollback',
] as const;
export const TERMINAL_STATES = ['succeeded', 'rolled-back', 'failed', 'rejected', 'superseded', 'expired', 'cancelled'] as const;

export type WaitingState = (typeof WAITING_STATES)[number];

export type ActiveState = (typeof ACTIVE_STATES)[number];

export type TerminalState = (typeof TERMINAL_STATES)[number];

export type State = WaitingState | ActiveState | TerminalState;

/** The image of a deployment, resolved once, at acceptance. */
export interface ResolvedImage {
  /** `123456789012.dkr.ecr.eu-west-1.amazonaws.com/preprod`, without tag. */
  readonly repository: string;
  readonly digest: string;
  /** Of an index: the digests of its platforms. */
  readonly platforms: readonly string[];
  /** Of an index: the digest for Linux on each architecture, as the OCI image specification calls it (`arm64`). */
  readonly architectures?: Readonly<Record<string, string>>;
  /** Of an artifact that is no image: its media type, as the registry tells it. */
  readonly artifact?: string;
}

/** Whom and what a request named; carried in every event of its deployment. */
export interface Asked {
  readonly image?: string;
  readonly requestId?: string;
  readonly version?: string;
  readonly commit?: string;
  readonly ref?: string;
  readonly actor?: string;
  readonly reason?: string;
  readonly force?: boolean;
  readonly pullRequest?: string;
  readonly runUrl?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Where a deployment comes from: the event's envelope. */
export interface Cause {
  /** `DeployRequested`, `RollbackRequested`, `CloudWatch Alarm State Change`, `alarm-read`. */
  readonly type: string;
  readonly eventId: string;
  readonly account: string;
  readonly source: string;
  readonly time: Instant;
}

export interface Deployment {
  readonly id: string;
  readonly kind: Kind;
  readonly state: State;
  readonly environment: string;
  readonly service: string;
  readonly lane: string;
  readonly cause: Cause;
  readonly asked: Asked;
  /** Hash of what was asked: the same request id with other content is another request. */
  readonly fingerprint: string;
  readonly settings: Settings;
  /** Of `kind: deploy`. */
  readonly image?: ResolvedImage;
  readonly acceptedAt: Instant;
  /** Ends waiting states. */
  readonly waitUntil: Instant;
  /** Of the state's phase: from `starting` on, and again from `rolling-back` on. */
  readonly deadline?: Instant;
  /** Why a waiting deployment waits. */
  readonly waitingFor?: Reason;
  /** Of several sites: the wave under way; absent: the first. */
  readonly wave?: number;
  /** How often the start, of this wave, was begun; more than once means: look whether it was begun. */
  readonly startAttempts: number;
  /** What ran before, looked at under the lease before the first call. */
  readonly before?: Current;
  /** What ran before was put there by others and passed a health check. */
  readonly adopted: boolean;
  /** The revision that it replaces, where an alarm of that one was heard meanwhile: it is no others', though no verified one any more. */
  readonly blamed?: string;
  /** Alarms (ARNs) that fired before the start and have not been OK since. */
  readonly baseline: readonly string[];
  readonly baselineAt?: Instant;
  readonly rollout?: Rollout;
  readonly desired?: number;
  /** What the target told of itself last. */
  readonly note?: string;
  /** The first task of ours that stopped. */
  readonly stopped?: StoppedTask;
  readonly checkAttempts: number;
  /** The checks have passed, and the target still keeps what was there: only its end is waited for. */
  readonly checksPassed?: boolean;
  /** How often the smoke tests were made. */
  readonly smokeAttempts?: number;
  /** What came of them last. */
  readonly smoke?: readonly SmokeResult[];
  readonly nextCheckAt?: Instant;
  /** The target's pause that was seen last, of those that are to last a while. */
  readonly pause?: string;
  readonly bakeUntil?: Instant;
  /** Why it is being, or was, undone or refused. */
  readonly failure?: Failure;
  /** What a rollback leaves: a revision, or a digest where only that is known. */
  readonly leaving?: Leaving;
  readonly destination?: Revision;
  readonly restores: number;
  /** The rollout that brings the destination back. */
  readonly restore?: Rollout;
  /** Looks and calls in a row that AWS did not answer; sets the back-off. */
  readonly troubles: number;
  /** What the last of them said. */
  readonly trouble?: string;
  /** The last cancel (its event's id) that was answered with no. */
  readonly refusedCancel?: string;
  readonly outcome?: Outcome;
  /** Number of the last event; events count from 1. */
  readonly sequence: number;
  /** The latest moment somebody must look again; absent only after the verdict. */
  readonly wakeAt?: Instant;
  readonly wakeNumber: number;
  /** Of the item in the table; the condition of the next commit. */
  readonly version: number;
}

export interface Leaving {
  readonly digest?: string;
  readonly revision?: string;
  /** The deployment that put it there. */
  readonly deployment?: string;
}

/** The end, as the verdict tells it. */
export interface Outcome {
  readonly at: Instant;
  readonly reason: Reason;
  /** Whether what runs was changed by this deployment and is now its revision. */
  readonly changed: boolean;
  readonly verified: boolean;
  /** What is left running, where it is known. */
  readonly running?: Revision;
  readonly notWatched: readonly string[];
  readonly supersededBy?: string;
}

export interface VerifiedRevision {
  readonly revision: Revision;
  readonly digest: string;
  readonly deployment: string;
  readonly at: Instant;
}

export interface Lease {
  /** The invocation's id. */
  readonly by: string;
  readonly until: Instant;
}

/** After a success: alarms still roll back until it closes. */
export interface Window {
  readonly deployment: string;
  readonly revision: Revision;
  readonly digest: string;
  readonly opensAt: Instant;
  readonly closesAt: Instant;
  readonly alarms: readonly string[];
  /** Alarms that fired before and have not been OK since. */
  readonly baseline: readonly string[];
}

/** One stretch of the service's history: from `at` on, `digest` ran, or was being rolled out. */
export interface Stretch {
  readonly at: Instant;
  /** Absent: not one of ours. */
  readonly deployment?: string;
  readonly digest?: string;
  readonly revision?: string;
  readonly underWay: boolean;
  /** Of what ran: what ran before it, which is the way back while nothing else is verified. */
  readonly before?: Revision;
  /** Of what is, or was, under way: since when it may be to blame. Absent: the target had not begun with it. */
  readonly begun?: Instant;
}

export interface Service {
  readonly environment: string;
  readonly name: string;
  /** The one deployment that may change it. */
  readonly active?: string;
  /** Rollbacks that wait for it, oldest first. */
  readonly waiting: readonly string[];
  readonly lease?: Lease;
  /** Oldest first; the newest 20. */
  readonly verified: readonly VerifiedRevision[];
  readonly window?: Window;
  readonly newestStarted?: { readonly time: Instant; readonly id: string };
  /** Oldest first; the newest 20. */
  readonly history: readonly Stretch[];
  readonly wakeAt?: Instant;
  readonly wakeNumber: number;
  readonly version: number;
}

export interface Waiter {
  readonly id: string;
  readonly service: string;
  readonly time: Instant;
  readonly digest: string;
  /** Asked without `force` and `reason`. */
  readonly automatic: boolean;
}

export interface Lane {
  readonly name: string;
  readonly environment: string;
  readonly holder?: Waiter;
  /** In order; the first is next. At most `maxWaiting`. */
  readonly waiting: readonly Waiter[];
  readonly wakeAt?: Instant;
  readonly wakeNumber: number;
  readonly version: number;
}

/** A digest with evidence against it in one environment's service. */
export interface Quarantine {
  readonly digest: string;
  readonly environment: string;
  readonly service: string;
  readonly deployment: string;
  readonly at: Instant;
  readonly reason: Reason;
}
