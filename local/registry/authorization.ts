import type { Place } from '../place.ts';
import { RegistryError } from './errors.ts';

interface Password {
  readonly accessKeyId: string;
  /** Whose registry it is for. */
  readonly place: Place;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** What GetAuthorizationToken hands out: like access keys here, it says who it is, and nothing proves it. */
export const passwordFor = ({ accessKeyId, place: { account, region }, until }: Password): string =>
  Buffer.from(JSON.stringify({ accessKeyId, place: { account, region }, until } satisfies Password)).toString('base64url');

const parse = (password: string): Password | undefined => {
  try {
    const { accessKeyId, place, until }: Partial<Password> = JSON.parse(Buffer.from(password, 'base64url').toString('utf8'));
    const isWhole = typeof accessKeyId === 'string' && typeof place === 'object' && typeof until === 'number';
    return isWhole ? { accessKeyId, place, until } : undefined;
  } catch {
    return undefined;
  }
};

/** Basic authentication with what ECR hands out, however old; `undefined`: there is none. */
export const readPassword = (authorization: string | undefined): Password | undefined => {
  const [, encoded = ''] = /^basic\s+([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '') ?? [];
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return user === 'AWS' ? parse(password.join(':')) : undefined;
};

/** Whoever asks, and of which registry, by a password that is still good. Throws for anybody else, as Amazon ECR does. */
export const passwordIn = (authorization: string | undefined, now: number): Password => {
  const known = readPassword(authorization);
  if (known === undefined)
    throw new RegistryError(
      'UNAUTHORIZED',
      'no basic auth credentials: user AWS, and as password what `aws ecr get-login-password` says',
    );
  if (known.until <= now)
    throw new RegistryError('DENIED', 'Your authorization token has expired. Reauthenticate and try again.');
  return known;
};
