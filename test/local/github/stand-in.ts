import { createSign, generateKeyPairSync } from 'node:crypto';
import { Octokit } from '@octokit/core';
import { type ManualClock, manualClock } from '../../../local/clock.ts';
import { createGitHub } from '../../../local/github/github.ts';
import type { Limits } from '../../../local/github/limits.ts';
import type { Permissions } from '../../../local/github/model.ts';
import type { RepositorySetting } from '../../../local/github/store.ts';
import { type VirtualNetwork, virtualNetwork } from '../../../local/network/virtual-network.ts';
import { PERMISSIONS } from '../../../local/notified/github-here.ts';
import { randomFrom } from '../../../local/random.ts';

export const SHA = '4f9c2d1e8b7a6053c4d5e6f708192a3b4c5d6e7f';
export const OTHER_SHA = 'aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd';
export const TOKEN = 'github_pat_everything';
export const APP = 4711;
export const INSTALLATION = 42;

/** Made once: it takes long. */
export const KEYS = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

export interface StandIn {
  readonly clock: ManualClock;
  readonly network: VirtualNetwork;
  readonly address: string;
  readonly as: (token: string) => Octokit;
  /** Of the App, by its key; in seconds from now. */
  readonly jwt: (claims?: { readonly issuedIn?: number; readonly expiresIn?: number; readonly alg?: string }) => string;
}

export interface StandInOptions {
  readonly limits?: Partial<Limits>;
  readonly repositories?: Readonly<Record<string, RepositorySetting>>;
  readonly permissions?: Permissions;
  readonly clock?: ManualClock;
  readonly network?: VirtualNetwork;
}

export const REPOSITORY: RepositorySetting = {
  commits: { [SHA]: 'Add a thing', [OTHER_SHA]: 'Add another' },
  refs: { main: SHA, 'v1.2.3': SHA, topic: { sha: OTHER_SHA, isBehind: true } },
  pullRequests: { 7: 'A thing' },
};

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** GitHub as it is for the repository `acme/app`, with a token for everything, and an App that is installed there. */
export const startStandIn = async ({
  limits = {},
  repositories = { 'acme/app': REPOSITORY },
  permissions = PERMISSIONS,
  clock = manualClock(Date.parse('2026-03-01T12:00:00Z')),
  network = virtualNetwork(clock),
}: StandInOptions = {}): Promise<StandIn> => {
  const address = await network.address('github', 'api');
  const names = Object.keys(repositories);
  network.serve(
    'github',
    'api',
    createGitHub({
      clock,
      random: randomFrom(7),
      address,
      limits,
      repositories,
      tokens: { [TOKEN]: { login: 'octocat', permissions: { ...permissions, administration: 'write' }, repositories: names } },
      apps: [{ id: APP, slug: 'switchyard', publicKey: KEYS.publicKey, permissions, installations: { [INSTALLATION]: names } }],
    }),
  );
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  return {
    clock,
    network,
    address,
    as: (auth) => new Octokit({ auth, baseUrl: address, log: quiet, request: { fetch: network.fetch } }),
    jwt({ issuedIn = 0, expiresIn = 600, alg = 'RS256' } = {}) {
      const now = Math.floor(clock.now() / 1000);
      const text = `${base64url({ alg, typ: 'JWT' })}.${base64url({ iat: now + issuedIn, exp: now + expiresIn, iss: String(APP) })}`;
      return `${text}.${createSign('RSA-SHA256').update(text).sign(KEYS.privateKey, 'base64url')}`;
    },
  };
};

/** What an answer said no with. */
export const refusalOf = async (
  work: Promise<unknown>,
): Promise<{ status: number; message: string; headers: Record<string, string> }> => {
  try {
    await work;
  } catch (error) {
    const { status, response } = error as {
      status: number;
      response: { data: { message: string }; headers: Record<string, string> };
    };
    return { status, message: response.data.message, headers: response.headers };
  }
  throw new Error('it was not refused');
};

export const AT = { owner: 'acme', repo: 'app' } as const;
