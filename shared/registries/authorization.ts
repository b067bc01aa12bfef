/** How a registry wants to be asked (RFC 9110, "WWW-Authenticate"; Docker's token specification). */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly realm: string;
  readonly service?: string;
  readonly scope?: string;
}

/** User and password of a registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const PARAMETER = /([a-z_]+)="([^"]*)"/gi;

/** `undefined`: it says nothing of how. */
export const readChallenge = (header: string | null): Challenge | undefined => {
  const [, scheme = ''] = /^(basic|bearer)\b/i.exec(header ?? '') ?? [];
  if (scheme === '') return undefined;
  const parameters = Object.fromEntries(
    [...(header ?? '').matchAll(PARAMETER)].map(([, name = '', value]) => [name.toLowerCase(), value]),
  );
  const { realm = '', service, scope } = parameters as Readonly<Record<string, string | undefined>>;
  return {
    scheme: scheme.toLowerCase() === 'basic' ? 'basic' : 'bearer',
    realm,
    ...(service === undefined ? {} : { service }),
    ...(scope === undefined ? {} : { scope }),
  };
};

export const basic = ({ username, password }: Credentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** The address that hands out a token for that scope (distribution documentation, "Token Authentication Specification"). */
export const tokenAddress = ({ realm, service }: Challenge, scope: string): string => {
  const address = new URL(realm);
  if (service !== undefined) address.searchParams.set('service', service);
  address.searchParams.append('scope', scope);
  return address.href;
};

export interface Token {
  readonly header: string;
  /** Milliseconds since the epoch; from then on another one is asked for. */
  readonly until: number;
}

/** A token lives for a minute where it does not say how long (the same specification); the last ten seconds are not used. */
export const readToken = (body: unknown, now: number): Token | undefined => {
  const {
    token,
    access_token: other,
    expires_in: seconds,
  } = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  const text = typeof token === 'string' ? token : other;
  if (typeof text !== 'string' || text === '') return undefined;
  const lives = typeof seconds === 'number' && seconds > 20 ? seconds : 60;
  return { header: `Bearer ${text}`, until: now + (lives - 10) * 1000 };
};
