/** Receivers of webhooks. */
export const HOOKS = 'hooks.example.com';

export const GITHUB = 'api.github.com';

/** Somebody who is told, by HTTP. */
export interface Receiver {
  readonly fetch: typeof globalThis.fetch;
  /** What is asked of them, in a word or two. */
  readonly actionOf: (method: string, path: string) => string;
  /** An answer that asks for patience. */
  readonly busy: () => Response;
  /** An answer of one that is in trouble. */
  readonly inTrouble: () => Response;
  /** Whether what is answered so may have been done all the same. */
  readonly isHalfDone: boolean;
}

/** By host. */
export type Receivers = Readonly<Record<string, Receiver>>;

/** Who is told, by the kind of plan. */
interface Audience {
  /** Hosts of those who are told, or the service of AWS that tells them. */
  readonly receivers: readonly [string, ...string[]];
  /** Functions that tell them, each with a queue of its own. */
  readonly notifiers: readonly string[];
}

export const AUDIENCES = {
  subscribers: { receivers: ['slack.com', HOOKS], notifiers: ['notify-slack', 'notify-webhooks'] },
  github: { receivers: [GITHUB, 'sns'], notifiers: ['notify-github', 'notify-email'] },
} as const satisfies Readonly<Record<string, Audience>>;

export const audienceOf = (kind: string | undefined): Audience | undefined =>
  Object.entries(AUDIENCES).find(([name]) => name === kind)?.[1];
