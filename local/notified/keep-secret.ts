import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Access } from '../examples.ts';

/** Keeps it where `${ssm:…}` or `${secretsmanager:…}` leads, in the place of what was there. */
export const keepSecret = async (access: Access, reference: string, value: string): Promise<void> => {
  const [, kind, name = ''] = /^\$\{(ssm|secretsmanager):([^}]+)\}$/.exec(reference) ?? [];
  if (kind === 'ssm') {
    const parameter = { Name: name, Value: value, Type: 'SecureString', Overwrite: true } as const;
    await new SSMClient(access).send(new PutParameterCommand(parameter));
    return;
  }
  const client = new SecretsManagerClient(access);
  try {
    await client.send(new CreateSecretCommand({ Name: name, SecretString: value }));
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
  }
};
