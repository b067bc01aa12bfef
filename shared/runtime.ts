import type { Catalogue } from './catalogue/catalogue.ts';
import type { QueueName } from './deployment/types.ts';

/** Everything a handler gets from outside, from one place: tests and the local cloud give their own. */
export interface Runtime {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Aborts after `milliseconds` of this runtime's time; `cancel` when it is not needed any more. */
  readonly timeout: (milliseconds: number) => { readonly signal: AbortSignal; readonly cancel: () => void };
  /** Ends after `milliseconds` of this runtime's time: between two tries, and never to wait for somebody else. */
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly fetch: typeof globalThis.fetch;
  /** Configuration for every SDK client: request handler, retries, endpoint, region, credentials. */
  readonly aws: Readonly<Record<string, unknown>>;
  /** One line of the structured log. */
  readonly write: (line: string) => void;
  readonly catalogue: Catalogue;
  readonly settings: RuntimeSettings;
}

/** The function's environment variables, read in `shared/environment.ts`. */
export interface RuntimeSettings {
  readonly account: string;
  readonly region: string;
  readonly table: string;
  readonly bus: string;
  readonly inboxUrl: string;
  readonly queueUrls: Readonly<Record<QueueName, string>>;
  /** The dead-letter queue of the function's own queue. */
  readonly deadLetterUrl: string;
  /** Of a function that a queue of its own calls, and nobody else sends there. */
  readonly queueUrl?: string;
  /** Where Slack's Web API is, if not at `https://slack.com/api`: that of a government's workspace, or a test's. */
  readonly slackUrl?: string;
  /** Where GitHub's API is: `https://api.github.com`. */
  readonly githubUrl?: string;
  /** Where webhooks are posted, each below it by its name, in the place of their https addresses: of a test, or this machine. */
  readonly webhooksUrl?: string;
  readonly timeoutSeconds: number;
  /** Values of the `${env:NAME}` references in the catalogue. */
  readonly references: Readonly<Record<string, string>>;
}
