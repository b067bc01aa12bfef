import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { type EcrStore, onlyKnown } from '../store.ts';

/** Whether layers may be mounted from one repository to another (User Guide, "Blob mounting"); no other setting is known here. */
export const putAccountSetting: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['name', 'value'], 'PutAccountSetting');
  const { name, value } = input;
  if (name !== 'BLOB_MOUNTING' || (value !== 'ENABLED' && value !== 'DISABLED'))
    throw new AwsError(
      'InvalidParameterException',
      `the local cloud does not know the account setting ${String(name)} = ${String(value)}.`,
    );
  store.registry.mounting.enabled = value === 'ENABLED';
  return { name, value };
};
