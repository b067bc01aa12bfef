import type { Action } from '../../service.ts';
import { describeAlias } from '../describe.ts';
import { onlyMembers, pageOf, requiredText, textOf } from '../members.ts';
import { functionOf, type LambdaStore } from '../store.ts';

const MOST_PER_PAGE = 50;

/** `FunctionVersion`: those alone that point at it. */
export const listAliases: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'FunctionVersion', 'Marker', 'MaxItems']);
  const version = textOf(input, 'FunctionVersion');
  const all = [...functionOf(store, requiredText(input, 'FunctionName')).aliases.values()];
  const asked = all.filter((alias) => version === undefined || alias.version === version || alias.weights.has(version));
  const { page, ...next } = pageOf(asked, ({ name }) => name, input, MOST_PER_PAGE);
  return { Aliases: page.map(describeAlias), ...next };
};
