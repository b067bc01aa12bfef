import type { Action } from '../../service.ts';
import type { SnsStore } from '../store.ts';

/** API reference, DeleteTopic: of one that is not there, no error. */
export const deleteTopic: Action<SnsStore> = ({ topics }, input) => {
  topics.delete(String(input['TopicArn'] ?? ''));
  return {};
};
