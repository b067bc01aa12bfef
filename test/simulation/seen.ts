import type { Plan, Step } from './plan.ts';

export const START = Date.parse('2026-03-01T12:00:00Z');
/** The services run, and the plan begins. */
export const BEGIN = START + 5000;

/** An outcome event, as a subscriber received it. */
export interface Told {
  readonly at: number;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: an event's detail, read as it comes
  readonly detail: any;
}

// biome-ignore lint/suspicious/noExplicitAny: an item of the table, read as it comes
export type Item = Readonly<Record<string, any>>;

/** A request that was put on the bus and taken. */
export interface Asked {
  readonly step: Exclude<Extract<Step, { readonly request: string }>, { readonly do: 'promote' }>;
  readonly at: number;
}

/** What a place's service runs, as a digest, with its task definition or version; a host knows images alone. */
export interface Running {
  readonly place: number;
  readonly digest: string | undefined;
  readonly definition?: string;
  readonly steady: boolean;
  /** For each task definition, version or command that was ever rolled out there: the deployment that it was made for. */
  readonly rolledOut: readonly string[];
  /** When ECS began to roll out what was made for a deployment, in milliseconds. */
  readonly begun?: Readonly<Record<string, number>>;
}

/** What is known of promotions. */
export interface Promoted {
  readonly asked: readonly Extract<Step, { readonly do: 'promote' }>[];
  readonly told: readonly Told[];
  /** Digests by tag, of the repository that images are promoted to: before, and in the end. */
  readonly before: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
}

/** What stands on GitHub. */
export interface HeardByGitHub {
  /** `deployment`: the pipeline's, by the payload; statuses in the order in which they were made. */
  readonly deployments: readonly {
    readonly deployment: string;
    readonly sha: string;
    readonly environment: string;
    readonly task: string;
    readonly statuses: readonly Stated[];
  }[];
  /** Of commits, likewise. */
  readonly statuses: readonly (Stated & { readonly sha: string; readonly context: string })[];
  readonly checks: readonly {
    readonly deployment: string;
    readonly sha: string;
    readonly name: string;
    readonly conclusion: string | null;
  }[];
  /** `texts`: what it says, and its comments. */
  readonly issues: readonly {
    readonly number: number;
    readonly title: string;
    readonly state: string;
    readonly texts: readonly string[];
  }[];
  readonly pullRequests: readonly { readonly number: number; readonly comments: readonly string[] }[];
}

export interface Stated {
  readonly state: string;
  readonly description: string | null;
}

/** What those have who are told. */
export interface Heard {
  /** Messages of the channel, without their threads. */
  readonly slack?: readonly { readonly title: string; readonly about: string; readonly words: string }[];
  /** To webhooks, in the order in which they were posted. */
  readonly posted?: readonly { readonly webhook: string; readonly id: string; readonly body: string }[];
  readonly github?: HeardByGitHub;
  /** In the order in which they arrived. */
  readonly mails?: readonly { readonly subject: string; readonly text: string }[];
}

/** One call to publish a mail, as it arrived. */
export interface Published {
  readonly text: string;
  /** Whether the function that made it may have come to no end with it, by misfortune: it is made again, then. */
  readonly mayComeAgain: () => boolean;
}

/** What is known after a schedule, asked through AWS's API alone. */
export interface Seen {
  readonly plan: Plan;
  readonly told: readonly Told[];
  readonly items: readonly Item[];
  /** Audit records as they were at some moment before the end. */
  readonly earlier: readonly Item[];
  readonly asked: readonly Asked[];
  /** Deployments that somebody has asked to cancel, once for each time. */
  readonly cancels: readonly string[];
  /** Before anything was asked for, and in the end. */
  readonly ran: readonly Running[];
  readonly running: readonly Running[];
  /** Digests in the end by repository and tag (`prod:good`), where a person names some. */
  readonly tags: ReadonlyMap<string, string>;
  readonly promoted: Promoted;
  /** Absent: nobody is told. */
  readonly heard?: Heard;
  /** To SNS. */
  readonly published: readonly Published[];
  /** How many functions have died with a message in hand that comes back to no other before its visibility timeout. */
  readonly deaths: number;
  /** What was wrong while it ran. */
  readonly wrong: readonly string[];
  readonly quiet: boolean;
}
