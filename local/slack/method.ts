import type { Bot, SlackStore } from './store.ts';

export type Arguments = Readonly<Record<string, unknown>>;

/** One method of the Web API: a file of its own, in `methods/`. */
export interface Method {
  readonly name: string;
  /** What the token needs, all of them; `{channel}` stands for `channels` or `groups`, by the kind of channel. */
  readonly scopes: readonly string[];
  /** Calls in a minute, of one token ("Rate limits": tier 2: 20, 3: 50, 4: 100); absent: it has a rule of its own. */
  readonly perMinute?: number;
  /** Whether it takes JSON as well as a form ("Using the Slack Web API", "POST bodies"). */
  readonly json: boolean;
  readonly run: (store: SlackStore, bot: Bot, given: Arguments) => Arguments;
}
