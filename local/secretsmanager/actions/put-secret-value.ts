import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { uuid } from '../../wire/uuid.ts';
import { onlyKnown, requiredSecret, type SecretsStore, secretArn } from '../store.ts';

export const putSecretValue: Action<SecretsStore> = (store, input) => {
  onlyKnown(input, ['SecretId', 'SecretString', 'ClientRequestToken'], 'PutSecretValue');
  const known = requiredSecret(store, input['SecretId']);
  const value = input['SecretString'];
  if (typeof value !== 'string')
    throw new AwsError('InvalidParameterException', 'the local cloud keeps texts alone: give SecretString');
  const secret = { ...known, value, versionId: uuid(store.random), createdAt: store.clock.now() };
  store.secrets.set(known.name, secret);
  return { ARN: secretArn(store.place, secret), Name: secret.name, VersionId: secret.versionId, VersionStages: ['AWSCURRENT'] };
};
