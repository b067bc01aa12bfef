import type { Action } from '../../service.ts';
import { describeFunction } from '../describe.ts';
import { invalid } from '../errors.ts';
import { onlyMembers, pageOf, textOf } from '../members.ts';
import type { LambdaStore } from '../store.ts';

const MOST_PER_PAGE = 50;

/** `FunctionVersion=ALL` tells of published versions too. */
export const listFunctions: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionVersion', 'Marker', 'MaxItems']);
  const version = textOf(input, 'FunctionVersion');
  if (version !== undefined && version !== 'ALL') throw invalid(`FunctionVersion must be ALL, not ${version}`);
  const functions = [...store.functions.values()].flatMap(({ latest, versions }) =>
    [latest, ...(version === 'ALL' ? versions.values() : [])].map(({ configuration }) => configuration),
  );
  const { page, ...next } = pageOf(functions, ({ arn }) => arn, input, MOST_PER_PAGE);
  return { Functions: page.map(describeFunction), ...next };
};
