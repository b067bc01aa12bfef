import type { Faults } from '../faults.ts';
import type { Basics, Functions, Permissions, Queues, ServiceEvents } from '../ports.ts';
import type { Matcher } from './pattern/match.ts';

export interface EventsOptions extends Basics {
  readonly queues: Queues;
  readonly functions: Functions;
  readonly permissions: Permissions;
  readonly faults?: Pick<Faults, 'deliveries'>;
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

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly bus: string;
  pattern?: { readonly text: string; readonly matches: Matcher };
  schedule?: { readonly text: string; readonly everyMilliseconds: number };
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
  policy?: Readonly<Record<string, unknown>>;
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

/** EventBridge (classic) of one account and region. */
export interface EventsStore extends EventsOptions, ServiceEvents {
  readonly buses: Map<string, Bus>;
  readonly tags: Map<string, Map<string, string>>;
}
