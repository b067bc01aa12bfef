import type { Arguments } from './method.ts';
import type { Channel, SlackMessage } from './store.ts';

/** A message as the methods that read tell it; its metadata only to who asks for all of it. */
export const told = ({ ts, by, thread, text, blocks, metadata, edited }: SlackMessage, all: boolean): Arguments => ({
  type: 'message',
  ts,
  bot_id: by,
  text,
  blocks,
  ...(thread === undefined ? {} : { thread_ts: thread }),
  ...(edited ? { edited: { user: by, ts } } : {}),
  ...(all && metadata !== undefined ? { metadata } : {}),
});

const isTrue = (value: unknown): boolean => value === true || value === 'true' || value === '1';

/** A page of messages in their order: 100 unless told otherwise, 999 at most ("conversations.history", "Pagination"). */
export const pageOf = (messages: readonly SlackMessage[], given: Arguments): Arguments => {
  const { oldest = '0', latest = '99999999999', limit = 100, cursor = '' } = given;
  const inclusive = isTrue(given['inclusive']);
  const [from, to] = [Number(oldest), Number(latest)];
  const within = messages.filter(({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= from && at <= to : at > from && at < to;
  });
  const begin = cursor === '' ? 0 : Number(Buffer.from(String(cursor), 'base64').toString().replace('next:', ''));
  const end = begin + Math.min(Math.max(1, Number(limit)), 999);
  const more = end < within.length;
  return {
    messages: within.slice(begin, end).map((message) => told(message, isTrue(given['include_all_metadata']))),
    has_more: more,
    response_metadata: { next_cursor: more ? Buffer.from(`next:${end}`).toString('base64') : '' },
  };
};

/** In the order in which they were posted. */
export const inThread = ({ messages }: Channel, ts: string): readonly SlackMessage[] =>
  [...messages.values()].filter((message) => message.ts === ts || message.thread === ts);
