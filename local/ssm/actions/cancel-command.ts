import { AwsError } from '../../errors.ts';
import { textOf, textsOf } from '../../iam/needs/need.ts';
import type { Action } from '../../service.ts';
import { cancel } from '../running.ts';
import { onlyKnown, type SsmStore } from '../store.ts';

/** No promise that what runs is ended (API reference, CancelCommand). */
export const cancelCommand: Action<SsmStore> = (store, input) => {
  onlyKnown(input, ['CommandId', 'InstanceIds'], 'CancelCommand');
  const command = store.commands.get(textOf(input, 'CommandId'));
  if (command === undefined) throw new AwsError('InvalidCommandId', '');
  const ids = textsOf(input, 'InstanceIds');
  for (const invocation of command.invocations)
    if (ids.length === 0 || ids.includes(invocation.host)) cancel(store, command, invocation);
  return {};
};
