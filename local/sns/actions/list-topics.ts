import type { Action } from '../../service.ts';
import { onlyKnows, type SnsStore } from '../store.ts';

/** API reference, ListTopics; all in one page here. */
export const listTopics: Action<SnsStore> = ({ topics }, input) => {
  onlyKnows(input, []);
  return { Topics: [...topics.keys()].map((TopicArn) => ({ TopicArn })) };
};
