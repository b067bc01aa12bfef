import type { Faults } from '../faults.ts';
import type { Place } from '../place.ts';
import type { Basics, Functions, Permissions, Queues, ServiceEvents } from '../ports.ts';
import type { Matcher } from './pattern/match.ts';

export interface EventsOptions extends Basics {
  readonly queues: Queues;
  readonly functions: Functions;
  readonly permissions: Permissions;
  readonly faults?: Pick<Faults, 'arrivals'>;
  /** Told of each event that was given up, in one sentence: CloudWatch's metric FailedInvocations says as little. */
  readonly undelivered?: (sentence: string) => void;
  /** EventBridge of another place; `undefined`: there is nothing. */
  readonly elsewhere: (place: Place) => EventsStore | undefined;
}

export interface Target {
  readonly Id: string;
  readonly Arn: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: { readonly InputPathsMap?: Readonly<Record<string, string>>; readonly InputTemplate: string };
  readonly RoleArn?: string;
  readonly SqsParameters?: { readonly MessageGroupId?: string };
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

/** When a rule runs. Times are milliseconds since the epoch. */
export interface Schedule {
  readonly text: string;
  /** `undefined`: never again. */
  readonly next: (after: number) => number | undefined;
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly bus: string;
  pattern?: { readonly text: string; readonly matches: Matcher };
  schedule?: Schedule;
  state: 'ENABLED' | 'DISABLED';
  description?: string;
  roleArn?: string;
  readonly targets: Map<string, Target>;
  /** Ends its schedule. */
  unschedule?: () => void;
}

export interface Bus {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  policy?: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  /** Of the bus itself: its policy. */
  changedAt: number;
  readonly rules: Map<string, Rule>;
}

/** The envelope of an event, as rules see it. */
export interface Event {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** An event on its way to a target. */
export interface Delivery {
  readonly rule: Rule;
  readonly target: Target;
  readonly event: Event;
  readonly retries: number;
  /** When it was to be delivered first: milliseconds since the epoch. */
  readonly first: number;
  /** Whether another bus has sent it. */
  readonly forwarded?: boolean;
}

/** EventBridge (classic) of one account and region. */
export interface EventsStore extends EventsOptions, ServiceEvents {
  readonly buses: Map<string, Bus>;
  readonly pending: Set<Delivery>;
  readonly tags: Map<string, Map<string, string>>;
}
