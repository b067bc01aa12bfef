import { AwsError } from '../../errors.ts';
import { listOf, textOf } from '../../iam/needs/need.ts';
import type { Action } from '../../service.ts';
import { commandAnswer, commandsIn, pageOf } from '../answers.ts';
import { type Command, overallOf } from '../commands.ts';
import { onlyKnown, type SsmStore } from '../store.ts';

const FILTERS: Readonly<Record<string, (command: Command, value: string) => boolean>> = {
  InvokedAfter: ({ requestedAt }, value) => requestedAt > Date.parse(value),
  InvokedBefore: ({ requestedAt }, value) => requestedAt < Date.parse(value),
  DocumentName: ({ document }, value) => document === value,
  Status: (command, value) => overallOf(command).status === value,
};

const fits = (command: Command, filter: Readonly<Record<string, unknown>>): boolean => {
  const key = textOf(filter, 'key');
  const test = FILTERS[key];
  if (test === undefined) throw new AwsError('InvalidFilterKey', `the local cloud does not know the filter "${key}".`);
  return test(command, textOf(filter, 'value'));
};

/** The newest first. */
export const listCommands: Action<SsmStore> = (store, input) => {
  onlyKnown(input, ['CommandId', 'InstanceId', 'MaxResults', 'NextToken', 'Filters'], 'ListCommands');
  const filters = listOf(input, 'Filters');
  const host = input['InstanceId'];
  const found = commandsIn(store, input).filter(
    (command) =>
      filters.every((filter) => fits(command, filter)) &&
      (host === undefined || command.invocations.some((invocation) => invocation.host === host)),
  );
  const { items, ...more } = pageOf(input, found);
  return { Commands: items.map(commandAnswer), ...more };
};
