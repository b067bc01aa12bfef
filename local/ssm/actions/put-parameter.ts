import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { onlyKnown, type Parameter, type SsmStore } from '../store.ts';

/** API reference, PutParameter: letters, digits and . _ - /, up to 1,011 characters of a name; a standard value has 4 KB at most. */
const NAME = /^[A-Za-z0-9_.\-/]{1,1011}$/;
const LONGEST = 4096;
const TYPES = ['String', 'StringList', 'SecureString'] as const;

export const putParameter: Action<SsmStore> = (store, input) => {
  onlyKnown(input, ['Name', 'Value', 'Type', 'Overwrite', 'Description'], 'PutParameter');
  const { Name: name, Value: value, Type: type, Overwrite: overwrite = false } = input;
  if (typeof name !== 'string' || !NAME.test(name)) throw new AwsError('ValidationException', 'Parameter name is not valid.');
  if (typeof value !== 'string' || value === '' || Buffer.byteLength(value) > LONGEST)
    throw new AwsError('ValidationException', 'Standard tier parameters support a maximum parameter value of 4096 characters.');
  const known = store.parameters.get(name);
  if (known !== undefined && overwrite !== true)
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  const kind = TYPES.find((one) => one === (type ?? known?.type));
  if (kind === undefined) throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
  const version = (known?.version ?? 0) + 1;
  const parameter: Parameter = { name, type: kind, value, version, modifiedAt: store.clock.now() };
  store.parameters.set(name, parameter);
  return { Version: version, Tier: 'Standard' };
};
