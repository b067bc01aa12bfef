import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Runtime } from './runtime.ts';

const REFERENCE = /^\$\{(ssm|secretsmanager):([^}]+)\}$/;

/** An answer of AWS that will be the same next time. */
export const isFinalAnswer = (error: unknown): error is Error =>
  error instanceof Error &&
  /^(AccessDenied|ParameterNotFound|ResourceNotFound|InvalidParameter|ValidationException)/.test(error.name);

/**
 * Reads what the catalogue refers to by `${ssm:…}` or `${secretsmanager:…}`. `refused` makes the error of an answer that will be the same
 * next time; `whose`: the function that asks, as its role is named.
 */
export const secretReader =
  ({ aws }: Pick<Runtime, 'aws'>, whose: string, refused: (message: string) => Error) =>
  async (reference: string): Promise<string> => {
    const [, kind, name = ''] = REFERENCE.exec(reference) ?? [];
    try {
      if (kind === 'ssm') {
        const { Parameter } = await new SSMClient(aws).send(new GetParameterCommand({ Name: name, WithDecryption: true }));
        return Parameter?.Value ?? '';
      }
      const { SecretString } = await new SecretsManagerClient(aws).send(new GetSecretValueCommand({ SecretId: name }));
      return SecretString ?? '';
    } catch (error) {
      if (!isFinalAnswer(error)) throw error;
      throw refused(
        `cannot read ${reference} of the catalogue: ${error.message}; create it, or allow the ${whose} function's role to read it`,
      );
    }
  };
