import type { Clock } from '../clock.ts';
import { SlackLimit, SlackRefusal } from './refusal.ts';

/** A bot of the workspace, as its token stands for it. */
export interface Bot {
  readonly token: string;
  readonly id: string;
  readonly scopes: readonly string[];
  revoked: boolean;
}

export interface SlackMessage {
  readonly ts: string;
  /** The bot, or the webhook, that posted it. */
  readonly by: string;
  readonly thread: string | undefined;
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly metadata: unknown;
  readonly edited: boolean;
}

export interface Channel {
  readonly id: string;
  /** Ids of bots. */
  readonly members: Set<string>;
  readonly messages: Map<string, SlackMessage>;
  archived: boolean;
}

export interface SlackSettings {
  readonly clock: Pick<Clock, 'now'>;
  /** Scopes by token, of one bot each. */
  readonly tokens: Readonly<Record<string, readonly string[]>>;
  /** Ids; every bot is a member of each. */
  readonly channels: readonly string[];
  /** Paths of incoming webhooks, and the channel of each: `/services/T000/B000/secret`. */
  readonly webhooks?: Readonly<Record<string, string>>;
  /** Of what is posted or changed, as people would see it. */
  readonly shown?: (message: SlackMessage, channel: string) => void;
}

export interface SlackStore {
  readonly clock: Pick<Clock, 'now'>;
  readonly bots: ReadonlyMap<string, Bot>;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly webhooks: ReadonlyMap<string, string>;
  readonly shown: (message: SlackMessage, channel: string) => void;
  /** Times of the calls of the last minute, by what they are counted together as. */
  readonly calls: Map<string, number[]>;
  posted: number;
}

export const createSlackStore = (settings: SlackSettings): SlackStore => {
  const bots = Object.entries(settings.tokens).map(([token, scopes], index): [string, Bot] => [
    token,
    { token, id: `B${String(index + 1).padStart(9, '0')}`, scopes, revoked: false },
  ]);
  const members = () => new Set(bots.map(([, { id }]) => id));
  return {
    clock: settings.clock,
    bots: new Map(bots),
    channels: new Map(settings.channels.map((id) => [id, { id, members: members(), messages: new Map(), archived: false }])),
    webhooks: new Map(Object.entries(settings.webhooks ?? {})),
    shown: settings.shown ?? (() => undefined),
    calls: new Map(),
    posted: 0,
  };
};

/** `1405894322.002768`: seconds, and a number that no other message of the workspace has. */
export const newTs = (store: SlackStore): string => {
  store.posted += 1;
  return `${Math.floor(store.clock.now() / 1000)}.${String(store.posted % 1_000_000).padStart(6, '0')}`;
};

const MINUTE = 60_000;

/** So many calls in a minute, counted together; the next is told when there is room again. */
export const count = (store: SlackStore, key: string, most: number): void => {
  const now = store.clock.now();
  const recent = (store.calls.get(key) ?? []).filter((at) => at > now - MINUTE);
  const [first] = recent;
  if (recent.length >= most && first !== undefined) throw new SlackLimit(Math.max(1, Math.ceil((first + MINUTE - now) / 1000)));
  store.calls.set(key, [...recent, now]);
};

/** A channel that the bot may do something in ("chat.postMessage", "conversations.history", errors). */
export const channelFor = (store: SlackStore, bot: Bot, id: unknown, { writes }: { readonly writes: boolean }): Channel => {
  const channel = store.channels.get(String(id ?? ''));
  if (channel === undefined) throw new SlackRefusal('channel_not_found');
  if (writes && channel.archived) throw new SlackRefusal('is_archived');
  if (!channel.members.has(bot.id)) throw new SlackRefusal('not_in_channel');
  return channel;
};
