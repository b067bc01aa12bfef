import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { uuid } from '../../wire/uuid.ts';
import { onlyKnown, type Secret, type SecretsStore, secretArn } from '../store.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export const createSecret: Action<SecretsStore> = (store, input) => {
  onlyKnown(input, ['Name', 'SecretString', 'Description', 'ClientRequestToken'], 'CreateSecret');
  const name = String(input['Name'] ?? '');
  if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name))
    throw new AwsError(
      'ValidationException',
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
  if (store.secrets.has(name))
    throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
  const value = input['SecretString'];
  if (typeof value !== 'string')
    throw new AwsError('InvalidParameterException', 'the local cloud keeps texts alone: give SecretString');
  const suffix = Array.from({ length: 6 }, () => LETTERS[Math.floor(store.random() * LETTERS.length)]).join('');
  const secret: Secret = { name, suffix, value, versionId: uuid(store.random), createdAt: store.clock.now() };
  store.secrets.set(name, secret);
  return { ARN: secretArn(store.place, secret), Name: name, VersionId: secret.versionId };
};
