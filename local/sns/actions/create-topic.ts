import type { Action } from '../../service.ts';
import { invalidParameter, onlyKnows, type SnsStore, topicArn } from '../store.ts';

/** API reference, CreateTopic: the same again answers what is there. FIFO topics cannot mail, and are refused here. */
export const createTopic: Action<SnsStore> = (store, input) => {
  onlyKnows(input, ['Name']);
  const name = String(input['Name'] ?? '');
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw invalidParameter('Topic Name');
  const arn = topicArn(store, name);
  if (!store.topics.has(arn)) store.topics.set(arn, { arn, subscriptions: new Map() });
  return { TopicArn: arn };
};
