import { createVerify } from 'node:crypto';
import type { App, Permissions, Repository, Token } from './model.ts';
import { GitHubRefusal, notFound } from './refusal.ts';
import type { GitHubStore } from './store.ts';

/** Who asks: an App by its own JWT, or whoever has a token; `undefined`: nobody said. */
export type Caller =
  | { readonly kind: 'app'; readonly app: App }
  | { readonly kind: 'token'; readonly text: string; readonly token: Token };

const SCHEME = /^(?:bearer|token) +(\S+)$/i;

const badCredentials = (): GitHubRefusal => new GitHubRefusal(401, 'Bad credentials');

/** `Authorization: Bearer …` or `token …` ("Authenticating to the REST API"). Throws 401 for what is known to nobody any more. */
export const callerOf = (store: GitHubStore, authorization: string | undefined): Caller | undefined => {
  if (authorization === undefined) return undefined;
  const [, text] = SCHEME.exec(authorization) ?? [];
  if (text === undefined) throw badCredentials();
  if (text.split('.').length === 3) return { kind: 'app', app: appOf(store, text) };
  const token = store.tokens.get(text);
  if (token === undefined || token.expiresAt <= store.clock.now()) throw badCredentials();
  return { kind: 'token', text, token };
};

const undecodable = (): GitHubRefusal => new GitHubRefusal(401, 'A JSON web token could not be decoded');

const decoded = (part: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    throw undecodable();
  }
  throw undecodable();
};

/** The least that clocks may differ, in seconds. */
const DRIFT = 60;
/** "The time must be no more than 10 minutes into the future." */
const LONGEST = 600;

/** "Generating a JSON Web Token (JWT) for a GitHub App": RS256, `iss` the App's id, `iat` not in the future, `exp` within ten minutes. */
const appOf = (store: GitHubStore, jwt: string): App => {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const { iat, exp, iss } = decoded(payload);
  if (decoded(header)['alg'] !== 'RS256') throw undecodable();
  const app = store.apps.get(Number(iss));
  if (app === undefined) throw new GitHubRefusal(404, 'Integration not found');
  const isSigned = createVerify('RSA-SHA256').update(`${header}.${payload}`).verify(app.publicKey, signature, 'base64url');
  if (!isSigned) throw undecodable();
  const now = store.clock.now() / 1000;
  if (typeof exp !== 'number' || exp <= now)
    throw new GitHubRefusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (exp > now + LONGEST + DRIFT) throw new GitHubRefusal(401, "'Expiration time' claim ('exp') is too far in the future");
  if (typeof iat !== 'number' || iat > now + DRIFT)
    throw new GitHubRefusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  return app;
};

/** What an operation asks for: one of these sets is enough. */
export type Needs = readonly Permissions[];

const holds = (permissions: Permissions, needs: Permissions): boolean =>
  Object.entries(needs).every(([name, level]) => permissions[name] === 'write' || permissions[name] === level);

const shownNeeds = (needs: Needs): string =>
  needs
    .map((set) =>
      Object.entries(set)
        .map(([name, level]) => `${name}=${level}`)
        .join(','),
    )
    .join('; ');

/**
 * The repository, for who may know of it: to others it is not there. Every repository is private. A permission that lacks is a 403
 * ("Troubleshooting the REST API", "404 Not Found for an existing resource" and "Resource not accessible").
 */
export const admitted = (repository: Repository, caller: Caller | undefined, needs: Needs): Token => {
  if (caller?.kind !== 'token' || !caller.token.repositories.has(repository.id)) throw notFound();
  const { token } = caller;
  if (!needs.some((set) => holds(token.permissions, set)))
    throw new GitHubRefusal(
      403,
      `Resource not accessible by ${token.app === undefined ? 'personal access token' : 'integration'}`,
      {
        headers: { 'x-accepted-github-permissions': shownNeeds(needs) },
      },
    );
  return token;
};
