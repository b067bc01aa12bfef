import type { Action } from '../../service.ts';
import { onlyKnown, requiredSecret, type SecretsStore, secretArn } from '../store.ts';

/** The current version; others are not kept. */
export const getSecretValue: Action<SecretsStore> = (store, input) => {
  onlyKnown(input, ['SecretId'], 'GetSecretValue');
  const secret = requiredSecret(store, input['SecretId']);
  const { name, value, versionId, createdAt } = secret;
  return {
    ARN: secretArn(store.place, secret),
    Name: name,
    VersionId: versionId,
    SecretString: value,
    VersionStages: ['AWSCURRENT'],
    CreatedDate: createdAt / 1000,
  };
};
