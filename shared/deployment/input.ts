import type {
  AlarmReading,
  Current,
  Failure,
  HealthResult,
  Instant,
  Observation,
  Reason,
  Revision,
  Rollout,
  SmokeResult,
  StoppedTask,
  Traffic,
} from './observations.ts';
import type { Settings } from './settings.ts';
import type { Asked, Cause, Leaving, ResolvedImage } from './types.ts';

/** What every new deployment begins with. */
export interface Arrival {
  readonly id: string;
  readonly environment: string;
  readonly service: string;
  readonly lane: string;
  readonly cause: Cause;
  readonly asked: Asked;
  readonly fingerprint: string;
  readonly settings: Settings;
}

export interface DeployRequested {
  readonly kind: 'deploy-requested';
  readonly arrival: Arrival;
  /** The image's tag resolved to a digest, or why it cannot be. */
  readonly image: { readonly resolved: ResolvedImage } | { readonly problem: Reason };
}

export interface RollbackRequested {
  readonly kind: 'rollback-requested';
  readonly arrival: Arrival;
  /** What to leave; absent: what ran, or was under way, at the event's time. */
  readonly from?: Leaving;
  /** Where to; absent: the newest verified revision. */
  readonly to?: { readonly digest?: string; readonly revision?: string };
  /** Why; an alarm is evidence against the image, a person's wish is not. */
  readonly failure: Failure;
  /** A person asked, not an alarm. */
  readonly byPerson: boolean;
}

export interface CancelRequested {
  readonly kind: 'cancel-requested';
  readonly cause: Cause;
  readonly reason: string;
}

/** Somebody must look: a wake, a redelivery, the sweep. */
export interface Woken {
  readonly kind: 'woken';
}

/** What was seen before a call: what runs, alarms, the image to bring, and the health of what runs. */
export interface Looked {
  readonly kind: 'looked';
  readonly current?: { readonly current: Current } | { readonly refused: Failure };
  readonly alarms: readonly AlarmReading[];
  /** Why the image cannot be brought; absent: it is there. */
  readonly missing?: Reason;
  readonly health?: HealthResult;
}

export interface StartAnswered {
  readonly kind: 'start-answered';
  readonly answer:
    | { readonly rollout: Rollout; readonly desired: number; readonly lookInSeconds?: number }
    /** `begun`: in another site it was, and has to be undone. */
    | { readonly refused: Failure; readonly begun?: true };
}

export interface Observed {
  readonly kind: 'observed';
  readonly observation: Observation;
}

/** Health, alarms and, where the next commit may be a verdict, the target itself. */
export interface Checked {
  readonly kind: 'checked';
  readonly alarms: readonly AlarmReading[];
  readonly health?: HealthResult;
  /** Made only where the service is healthy. */
  readonly smoke?: readonly SmokeResult[];
  readonly observation?: Observation;
}

/** The checks that the target waits for, and whether it was told to go on. */
export interface Tried {
  readonly kind: 'tried';
  readonly traffic: Traffic;
  readonly alarms: readonly AlarmReading[];
  readonly health?: HealthResult;
  readonly smoke?: readonly SmokeResult[];
}

export interface RestoreAnswered {
  readonly kind: 'restore-answered';
  readonly answer:
    | { readonly did: 'called'; readonly rollout: Rollout }
    | { readonly did: 'nothing'; readonly rollout?: Rollout; readonly settled: boolean }
    | { readonly did: 'watch' }
    | { readonly did: 'taken-over'; readonly running: Revision; readonly message: string }
    | { readonly did: 'refused'; readonly failure: Failure };
}

/** A change of an alarm's state, as CloudWatch tells it. `at` is `state.timestamp`, never the arrival. */
export interface AlarmChanged {
  readonly kind: 'alarm-changed';
  readonly alarm: AlarmReading;
  readonly previous: AlarmReading['state'];
}

export interface TaskStopped {
  readonly kind: 'task-stopped';
  /** The target's id of the rollout that started the task. */
  readonly rollout: string;
  /** What the task was made of. */
  readonly revision: string;
  readonly stopped: StoppedTask;
}

/** The target tells of a rollout: ours, or another one on the same service. */
export interface RolloutTold {
  readonly kind: 'rollout-told';
  readonly rollout: string;
  readonly what: 'in-progress' | 'waiting' | 'completed' | 'failed';
}

/** A look or a call had no answer. `ambiguous`: the call may have taken effect, or still may. */
export interface Erred {
  readonly kind: 'erred';
  readonly message: string;
  readonly ambiguous: boolean;
  /** It is known when there will be one. */
  readonly againInSeconds?: number;
}

export type Input =
  | DeployRequested
  | RollbackRequested
  | CancelRequested
  | Woken
  | Looked
  | StartAnswered
  | Observed
  | Checked
  | Tried
  | RestoreAnswered
  | AlarmChanged
  | TaskStopped
  | RolloutTold
  | Erred;

export type InputKind = Input['kind'];

/** When and by whom a decision is made. */
export interface Moment {
  readonly now: Instant;
  readonly function: 'deploy' | 'verify' | 'rollback';
  /** The invocation's id: holder of a lease that this decision takes. */
  readonly invocation: string;
  /** How long a lease taken now lasts: the function's timeout and 60 s, in milliseconds. */
  readonly leaseMilliseconds: number;
}
