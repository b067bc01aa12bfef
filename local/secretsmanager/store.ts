import { AwsError, refuseOthers } from '../errors.ts';
import { arnAt, type Place } from '../place.ts';
import type { Basics } from '../ports.ts';

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

export interface SecretsStore extends Basics {
  /** By name. */
  readonly secrets: Map<string, Secret>;
}

export const createSecretsStore = ({ clock, random, place }: Basics): SecretsStore => ({
  clock,
  random,
  place,
  secrets: new Map(),
});

export const secretArn = (place: Place, { name, suffix }: Pick<Secret, 'name' | 'suffix'>): string =>
  arnAt(place, 'secretsmanager', `secret:${name}-${suffix}`);

/** By name, by ARN, or by the part of it without the suffix (API reference, GetSecretValue: SecretId). */
export const findSecret = ({ secrets, place }: Pick<SecretsStore, 'secrets' | 'place'>, id: string): Secret | undefined =>
  secrets.get(id) ??
  [...secrets.values()].find((secret) => [secretArn(place, secret), secretArn(place, secret).slice(0, -7)].includes(id));

export const requiredSecret = (store: SecretsStore, id: unknown): Secret => {
  const found = findSecret(store, String(id));
  if (found === undefined) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  return found;
};

/** Refuses members that would be taken and ignored, by name. */
export const onlyKnown = refuseOthers('InvalidParameterException');
