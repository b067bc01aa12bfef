import { createPrivateKey, createSign } from 'node:crypto';
import type { Octokit } from '@octokit/core';
import type { SourceGithubApp } from '../../catalogue/generated/types.ts';
import { FinalError } from '../../errors.ts';
import { GITHUB_REFUSALS } from './refusals.ts';

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * By which an App is known for nine minutes: RS256, issued a minute ago because clocks differ, and for less than ten ("Generating a JSON
 * Web Token (JWT) for a GitHub App"). `key` is PEM, as GitHub hands it out (PKCS #1) or as PKCS #8, also with its line breaks as `\n`.
 */
export const appToken = (id: number, key: string, now: number): string => {
  const seconds = Math.floor(now / 1000);
  const signed = `${base64url({ alg: 'RS256', typ: 'JWT' })}.${base64url({ iat: seconds - 60, exp: seconds + 540, iss: String(id) })}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey(key), 'base64url')}`;
};

const privateKey = (key: string) => {
  try {
    return createPrivateKey(key.replaceAll('\\n', '\n').trim());
  } catch {
    throw new FinalError(
      'github-credentials',
      `cannot sign as the App: what the catalogue refers to is no private key in PEM; ${GITHUB_REFUSALS['github-credentials']}`,
    );
  }
};

/** A token of an installation, for one repository, and until when it is used: in milliseconds since the epoch. */
interface Installed {
  readonly token: string;
  readonly until: number;
}

/** A token that is about to end is not used any more. */
const MARGIN_MILLISECONDS = 120_000;

/** Tokens of installations, kept for the function's life. `anonymous` speaks to the API with no credentials of its own. */
export const installationTokens = (now: () => number) => {
  const known = new Map<string, Installed>();
  return {
    async token(
      anonymous: Octokit,
      { id, installation }: SourceGithubApp,
      repo: string,
      key: () => Promise<string>,
    ): Promise<string> {
      const name = JSON.stringify([id, installation, repo]);
      const found = known.get(name);
      if (found !== undefined && found.until > now()) return found.token;
      const { data } = await anonymous.request('POST /app/installations/{installation_id}/access_tokens', {
        installation_id: installation,
        repositories: [repo],
        headers: { authorization: `Bearer ${appToken(id, await key(), now())}` },
      });
      known.set(name, { token: data.token, until: Date.parse(data.expires_at) - MARGIN_MILLISECONDS });
      return data.token;
    },
    /** After it was refused. */
    forget(token: string): void {
      for (const [name, installed] of known) if (installed.token === token) known.delete(name);
    },
  };
};
