import { RegistryError } from './errors.ts';

interface Password {
  readonly accessKeyId: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** What GetAuthorizationToken hands out: like access keys here, it says who it is, and nothing proves it. */
export const passwordFor = (accessKeyId: string, until: number): string =>
  Buffer.from(JSON.stringify({ accessKeyId, until } satisfies Password)).toString('base64url');

const read = (password: string): Password | undefined => {
  try {
    const { accessKeyId, until }: Partial<Password> = JSON.parse(Buffer.from(password, 'base64url').toString('utf8'));
    return typeof accessKeyId === 'string' && typeof until === 'number' ? { accessKeyId, until } : undefined;
  } catch {
    return undefined;
  }
};

/** The access key of whoever asks, by Basic authentication with a password that is still good. Throws for anybody else, as Amazon ECR does. */
export const accessKeyIn = (authorization: string | undefined, now: number): string => {
  const [, encoded = ''] = /^basic\s+([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '') ?? [];
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const known = user === 'AWS' ? read(password.join(':')) : undefined;
  if (known === undefined)
    throw new RegistryError(
      'UNAUTHORIZED',
      'no basic auth credentials: user AWS, and as password what `aws ecr get-login-password` says',
    );
  if (known.until <= now)
    throw new RegistryError('DENIED', 'Your authorization token has expired. Reauthenticate and try again.');
  return known.accessKeyId;
};
