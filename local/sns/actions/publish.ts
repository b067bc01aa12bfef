import type { Action } from '../../service.ts';
import { findTopic, invalidParameter, newId, onlyKnows, type SnsStore } from '../store.ts';

/** Bytes of a message (API reference, Publish, Message). */
const LONGEST = 262_144;

/** Up to 100 ASCII characters that begin with a letter, number or punctuation mark; no line breaks or control characters (Publish, Subject). */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,99}$/;

/** API reference, Publish: to a topic. Whoever has not confirmed gets nothing. */
export const publish: Action<SnsStore> = (store, input) => {
  onlyKnows(input, ['TopicArn', 'Message', 'Subject']);
  const topic = findTopic(store, input['TopicArn']);
  const message = String(input['Message'] ?? '');
  if (message === '') throw invalidParameter('Empty message');
  if (Buffer.byteLength(message) > LONGEST) throw invalidParameter('Message too long');
  const { Subject: subject = 'AWS Notification Message' } = input;
  if (!SUBJECT.test(String(subject))) throw invalidParameter('Subject');
  const text = `${message}\n\n--\nIf you wish to stop receiving notifications from this topic, unsubscribe from:\n${topic.arn}\n`;
  for (const { address, confirmed } of topic.subscriptions.values())
    if (confirmed) store.post({ to: address, subject: String(subject), text });
  return { MessageId: newId(store) };
};
