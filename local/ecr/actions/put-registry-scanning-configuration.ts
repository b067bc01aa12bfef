import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { type EcrStore, onlyKnown } from '../store.ts';

/** Enhanced scanning (Amazon Inspector) of every repository, or basic; rules that name repositories are not known here. */
export const putRegistryScanningConfiguration: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['scanType'], 'PutRegistryScanningConfiguration');
  const type = input['scanType'] ?? 'BASIC';
  if (type !== 'BASIC' && type !== 'ENHANCED')
    throw new AwsError('InvalidParameterException', `Invalid parameter at 'scanType': ${String(type)}`);
  store.scanning.type = type;
  return { registryScanningConfiguration: { scanType: type, rules: [] } };
};
