import type { Action } from '../../service.ts';
import { aliasOf, putAlias, requireRevision } from '../aliases.ts';
import { describeAlias } from '../describe.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import type { LambdaStore } from '../store.ts';

export const updateAlias: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'Name', 'FunctionVersion', 'Description', 'RoutingConfig', 'RevisionId']);
  const reference = requiredText(input, 'FunctionName');
  const before = aliasOf(store, reference, requiredText(input, 'Name'));
  requireRevision(textOf(input, 'RevisionId'), before.revisionId);
  return describeAlias(putAlias(store, reference, before.name, input, before));
};
