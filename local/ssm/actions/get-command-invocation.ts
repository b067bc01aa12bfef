import type { Action } from '../../service.ts';
import { invocationAnswer, invocationIn } from '../answers.ts';
import { onlyKnown, type SsmStore } from '../store.ts';

/** A moment after SendCommand there is none (API reference, GetCommandInvocation: InvocationDoesNotExist). */
export const getCommandInvocation: Action<SsmStore> = (store, input) => {
  onlyKnown(input, ['CommandId', 'InstanceId'], 'GetCommandInvocation');
  return invocationAnswer(...invocationIn(store, input));
};
