import type { Message } from './message.ts';

/** A send that later ones may be duplicates of. */
export interface Accepted {
  readonly messageId: string;
  readonly sequenceNumber: string | undefined;
  /** Milliseconds since the epoch: the end of the de-duplication interval. */
  readonly until: number;
}

/** What a receive with a ReceiveRequestAttemptId gave. */
interface Attempt {
  readonly until: number;
  readonly messages: readonly { readonly id: string; readonly handle: string; readonly turn: number }[];
}

/** A long poll; answers whether it got something. */
export interface Waiter {
  tryAgain(): boolean;
  /** The queue has been deleted. */
  abandon(): void;
}

export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  modifiedAt: number;
  /** The attributes that can be set, each in AWS's spelling of its value; those never set and without a default are absent. */
  readonly attributes: Map<string, string>;
  readonly tags: Map<string, string>;
  /** By id, in the order in which they came. */
  readonly messages: Map<string, Message>;
  readonly accepted: Map<string, Accepted>;
  readonly attempts: Map<string, Attempt>;
  readonly waiters: Set<Waiter>;
  /** DeduplicationScope before the last change of it, which takes effect at `until` only. */
  earlierScope: { readonly scope: string; readonly until: number } | undefined;
  purgedAt: number | undefined;
  turns: number;
  /** The one timer: the next moment at which a message may appear or expire. */
  alarm: { readonly at: number; readonly cancel: () => void } | undefined;
  cancelAnnouncement: (() => void) | undefined;
}

interface QueueIdentity {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly createdAt: number;
}

export const newQueue = (identity: QueueIdentity, attributes: Map<string, string>): Queue => ({
  ...identity,
  modifiedAt: identity.createdAt,
  attributes,
  tags: new Map(),
  messages: new Map(),
  accepted: new Map(),
  attempts: new Map(),
  waiters: new Set(),
  earlierScope: undefined,
  purgedAt: undefined,
  turns: 0,
  alarm: undefined,
  cancelAnnouncement: undefined,
});

/** An attribute that is a number, and always there. */
export const numberOf = (queue: Queue, attribute: string): number => Number(queue.attributes.get(attribute));

/** When a message can be received again, or for the first time. */
export const visibleAt = (queue: Queue, message: Message): number =>
  message.hiddenUntil ?? message.sentAt + (message.delaySeconds ?? numberOf(queue, 'DelaySeconds')) * 1000;

export const isVisible = (queue: Queue, message: Message, now: number): boolean => visibleAt(queue, message) <= now;

/** Retention counts from the sending, whatever became of the message since. */
export const expiresAt = (queue: Queue, message: Message): number =>
  message.sentAt + numberOf(queue, 'MessageRetentionPeriod') * 1000;

export const nextTurn = (queue: Queue): number => {
  queue.turns += 1;
  return queue.turns;
};

/** What GetQueueAttributes tells of the messages; a message behind another of its group counts as visible, as on AWS. */
export const countsOf = (queue: Queue, now: number): Readonly<Record<string, string>> => {
  const messages = [...queue.messages.values()];
  const hidden = messages.filter((message) => !isVisible(queue, message, now));
  const inFlight = hidden.filter((message) => message.hiddenUntil !== undefined);
  return {
    ApproximateNumberOfMessages: String(messages.length - hidden.length),
    ApproximateNumberOfMessagesDelayed: String(hidden.length - inFlight.length),
    ApproximateNumberOfMessagesNotVisible: String(inFlight.length),
  };
};
