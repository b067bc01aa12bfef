import type { Action } from '../../service.ts';
import { onlyMembers, requiredText } from '../members.ts';
import { functionOf, type LambdaStore } from '../store.ts';

/** With its address and its policy; one that is not there is deleted all the same. */
export const deleteAlias: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'Name']);
  const name = requiredText(input, 'Name');
  const { aliases, urls, latest } = functionOf(store, requiredText(input, 'FunctionName'));
  const url = urls.get(name);
  if (url !== undefined) store.network.serve(...url.listener, undefined);
  urls.delete(name);
  aliases.delete(name);
  store.policies.delete(`${latest.configuration.name}:${name}`);
};
