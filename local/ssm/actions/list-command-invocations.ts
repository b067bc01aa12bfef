import type { Action } from '../../service.ts';
import { commandsIn, isSeen, listedInvocation, pageOf } from '../answers.ts';
import { onlyKnown, type SsmStore } from '../store.ts';

/** Eventually consistent: a moment after SendCommand there are none. */
export const listCommandInvocations: Action<SsmStore> = (store, input) => {
  onlyKnown(input, ['CommandId', 'InstanceId', 'MaxResults', 'NextToken', 'Details'], 'ListCommandInvocations');
  const found = commandsIn(store, input)
    .filter((command) => isSeen(store, command))
    .flatMap((command) => command.invocations.map((invocation) => [command, invocation] as const))
    .filter(([, { host }]) => input['InstanceId'] === undefined || host === input['InstanceId']);
  const { items, ...more } = pageOf(input, found);
  const isDetailed = input['Details'] === true;
  return { CommandInvocations: items.map(([command, invocation]) => listedInvocation(command, invocation, isDetailed)), ...more };
};
