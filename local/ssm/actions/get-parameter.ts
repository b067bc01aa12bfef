import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { onlyKnown, parameterArn, type SsmStore } from '../store.ts';

/** Without WithDecryption a SecureString's value is not in clear (API reference, GetParameter). */
export const getParameter: Action<SsmStore> = (store, input) => {
  onlyKnown(input, ['Name', 'WithDecryption'], 'GetParameter');
  const found = store.parameters.get(String(input['Name']));
  if (found === undefined) throw new AwsError('ParameterNotFound', '');
  const { name, type, value, version, modifiedAt } = found;
  const isHidden = type === 'SecureString' && input['WithDecryption'] !== true;
  return {
    Parameter: {
      Name: name,
      Type: type,
      Value: isHidden ? Buffer.from(`encrypted ${value.length}`).toString('base64') : value,
      Version: version,
      LastModifiedDate: modifiedAt / 1000,
      ARN: parameterArn(store.place, name),
      DataType: 'text',
    },
  };
};
