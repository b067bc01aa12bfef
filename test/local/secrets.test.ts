import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { testCloud } from './cloud/cloud-builder.ts';

/** Answers and errors: AWS's API references of the actions. */
describe('SSM parameters', () => {
  const started = async () => {
    const cloud = await testCloud();
    return new SSMClient(cloud.access());
  };

  it('are put once, and again only where that is said', async () => {
    const ssm = await started();
    const put = (Value: string, more: object = {}) =>
      ssm.send(new PutParameterCommand({ Name: '/a/b', Value, Type: 'SecureString', ...more }));
    expect(await put('one')).toMatchObject({ Version: 1 });
    await expect(put('two')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect(await put('two', { Overwrite: true })).toMatchObject({ Version: 2 });
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/a/b', WithDecryption: true }));
    expect(Parameter).toMatchObject({ Value: 'two', Version: 2, ARN: 'arn:aws:ssm:eu-west-1:123456789012:parameter/a/b' });
  });

  it('that are secure are told in clear only when that is asked for', async () => {
    const ssm = await started();
    await ssm.send(new PutParameterCommand({ Name: 'p', Value: 'secret', Type: 'SecureString' }));
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: 'p' }));
    expect(Parameter?.Value).not.toContain('secret');
    await expect(ssm.send(new GetParameterCommand({ Name: 'q' }))).rejects.toMatchObject({ name: 'ParameterNotFound' });
    await expect(ssm.send(new PutParameterCommand({ Name: 'q', Value: 'x' }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe("Secrets Manager's secrets", () => {
  it('are found by name, by ARN, and by the ARN without its suffix', async () => {
    const cloud = await testCloud();
    const secrets = new SecretsManagerClient(cloud.access());
    const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name: 'ghcr', SecretString: 'one' }));
    expect(ARN).toMatch(/^arn:aws:secretsmanager:eu-west-1:123456789012:secret:ghcr-[A-Za-z0-9]{6}$/);
    for (const SecretId of ['ghcr', ARN, ARN.slice(0, -7)])
      expect(await secrets.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({ SecretString: 'one', Name: 'ghcr' });
    await secrets.send(new PutSecretValueCommand({ SecretId: 'ghcr', SecretString: 'two' }));
    expect(await secrets.send(new GetSecretValueCommand({ SecretId: ARN }))).toMatchObject({ SecretString: 'two' });
    await expect(secrets.send(new CreateSecretCommand({ Name: 'ghcr', SecretString: 'x' }))).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'other' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'ghcr', VersionStage: 'AWSPREVIOUS' }))).rejects.toThrow(
      'does not know the parameter "VersionStage"',
    );
  });
});
