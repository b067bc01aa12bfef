import type { Action } from '../../service.ts';
import { describeFunction } from '../describe.ts';
import { onlyMembers, pageOf, requiredText } from '../members.ts';
import { functionOf, type LambdaStore } from '../store.ts';

const MOST_PER_PAGE = 50;

/** `$LATEST` first, then the published ones, the oldest first. */
export const listVersionsByFunction: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'Marker', 'MaxItems']);
  const { latest, versions } = functionOf(store, requiredText(input, 'FunctionName'));
  const all = [latest, ...versions.values()].map(({ configuration }) => configuration);
  const order = (version: string): string => (version === '$LATEST' ? '' : version.padStart(20, '0'));
  const { page, ...next } = pageOf(all, ({ version }) => order(version), input, MOST_PER_PAGE);
  return { Versions: page.map(describeFunction), ...next };
};
