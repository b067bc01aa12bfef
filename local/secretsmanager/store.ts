import { AwsError, refuseOthers } from '../errors.ts';
import type { Basics } from '../ports.ts';
import { ACCOUNT, REGION } from '../service.ts';

/** One secret, of which the current version alone is kept. */
export interface Secret {
  readonly name: string;
  /** Six characters that Secrets Manager adds to the name in the ARN. */
  readonly suffix: string;
  readonly value: string;
  readonly versionId: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export interface SecretsStore {
  readonly clock: Basics['clock'];
  readonly random: Basics['random'];
  /** By name. */
  readonly secrets: Map<string, Secret>;
}

export const createSecretsStore = ({ clock, random }: Basics): SecretsStore => ({ clock, random, secrets: new Map() });

export const secretArn = ({ name, suffix }: Pick<Secret, 'name' | 'suffix'>): string =>
  `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-${suffix}`;

/** By name, by ARN, or by the part of it without the suffix (API reference, GetSecretValue: SecretId). */
export const findSecret = ({ secrets }: Pick<SecretsStore, 'secrets'>, id: string): Secret | undefined =>
  secrets.get(id) ?? [...secrets.values()].find((secret) => secretArn(secret) === id || secretArn(secret).slice(0, -7) === id);

export const requiredSecret = (store: SecretsStore, id: unknown): Secret => {
  const found = findSecret(store, String(id));
  if (found === undefined) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  return found;
};

/** Refuses members that would be taken and ignored, by name. */
export const onlyKnown = refuseOthers('InvalidParameterException');
