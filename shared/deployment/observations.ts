/** Milliseconds since the epoch; durations carry their unit in the name. */
export type Instant = number;

/** Why something is as it is: `code` is a stable word of `docs/errors.md`, `message` a sentence for people (at most 4 KB). */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

/** A failure, and whether it is evidence against the image (only evidence quarantines it). */
export interface Failure extends Reason {
  readonly evidence: boolean;
}

/** What a target can go back to. `id` alone is enough for the target: a task definition's ARN, a Lambda version… */
export interface Revision {
  readonly id: string;
  /** The image as the revision names it. */
  readonly image: string;
  /** `sha256:…`, where the revision names one. */
  readonly digest?: string;
}

/** A rollout that a target has begun: what the target needs to recognise it again. */
export interface Rollout {
  readonly revision: Revision;
  /** The target's own id of it (ECS: `ecs-svc/…`). */
  readonly id: string;
  readonly startedAt: Instant;
  /** When it was seen to have all traffic, while the target still kept what was there. */
  readonly movedAt?: Instant;
}

export type Traffic = 'test' | 'production';

/** What the target answers when it is asked how things stand. `note`: what it is about to do, or has done, in a sentence for people. */
export type Observation =
  /** Our rollout is under way. `lookInSeconds`: where no event will tell what comes next. */
  | { readonly phase: 'in-progress'; readonly lookInSeconds?: number; readonly note?: string }
  /** It was asked, and answers in so many seconds. */
  | { readonly phase: 'asked'; readonly lookInSeconds: number }
  /** It waits for our word, under this name; the checks are made with the traffic that the new revision has. */
  | {
      readonly phase: 'paused';
      readonly pause: string;
      readonly traffic: Traffic;
      /** The traffic is left so for that long, from when the pause is first seen; then the checks are made. */
      readonly lastsSeconds?: number;
    }
  /** The revision we rolled out has all traffic; the target still keeps the one before. */
  | { readonly phase: 'shifted'; readonly desired: number }
  /** The revision we rolled out runs alone, and has settled; with no desired tasks nothing was proven. */
  | { readonly phase: 'completed'; readonly desired: number; readonly note?: string }
  /** The rollout failed and nobody undoes it. */
  | { readonly phase: 'failed'; readonly failure: Failure; readonly running: Revision }
  /** The target itself is undoing our rollout: we watch. */
  | { readonly phase: 'undoing'; readonly failure: Failure }
  /** The target itself has undone our rollout, and `running` has settled. */
  | { readonly phase: 'undone'; readonly failure: Failure; readonly running: Revision }
  /** Somebody else has changed it: theirs now. */
  | { readonly phase: 'taken-over'; readonly running: Revision; readonly message: string }
  /** There is nothing to deploy to any more. */
  | { readonly phase: 'gone'; readonly message: string };

/** What runs, looked at before anything is changed. */
export interface Current {
  readonly revision: Revision;
  /** Nothing is rolling out. */
  readonly settled: boolean;
  readonly desired: number;
}

export interface AlarmReading {
  readonly arn: string;
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'MISSING';
  /** When it came into that state; for a missing alarm, when it was asked for. */
  readonly at: Instant;
  readonly reason: string;
  /** It fires for another service that has it too. */
  readonly ofOther?: true;
}

export interface HealthResult {
  readonly healthy: boolean;
  /** In a sentence: status or error, and the address. */
  readonly detail: string;
}

export interface SmokeResult {
  readonly name: string;
  readonly passed: boolean;
  readonly milliseconds: number;
  /** Why it did not pass. */
  readonly detail?: string;
}

export interface StoppedTask {
  readonly task: string;
  readonly at: Instant;
  readonly code: string;
  readonly reason: string;
  readonly exitCode?: number;
  /** Its essential container exited or failed its health check: evidence against the image. */
  readonly evidence: boolean;
}
