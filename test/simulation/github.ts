import { generateKeyPairSync } from 'node:crypto';
import { Octokit } from '@octokit/core';
import type { Clock } from '../../local/clock.ts';
import { createGitHub } from '../../local/github/github.ts';
import type { Limits } from '../../local/github/limits.ts';
import { PERMISSIONS } from '../../local/notified/github-here.ts';
import { randomFrom } from '../../local/random.ts';
import type { NotifyWord } from '../../shared/catalogue/catalogue.ts';
import { appFetch } from '../in-process/app-fetch.ts';
import { seenOn } from '../local/github/seen.ts';
import { chance } from './chance.ts';
import { GITHUB, type Receivers } from './receivers.ts';
import type { HeardByGitHub } from './seen.ts';

const TOKEN = 'github_pat_of_the_pipeline';
const PEOPLE = 'github_pat_of_people';
const [APP, INSTALLATION] = [4711, 42];

/** Made once: it takes long. */
const KEYS = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

/** Known by a token, and in prod as an App, which makes check runs instead of commit statuses. */
export const GITHUB_TOLD: readonly NotifyWord[] = [
  { notify: { github: { repository: 'acme/app', token: '${ssm:/switchyard/github}' } } },
  {
    environment: 'prod',
    notify: {
      github: {
        repository: 'acme/app',
        app: { id: APP, installation: INSTALLATION, key: '${ssm:/switchyard/github-key}' },
      },
    },
  },
];

/** Of what an image was built: by its tag. The repository has all of these commits but that of `late`; `fragile` names none. */
const BUILT_FROM: Readonly<Record<string, { readonly commit: string; readonly pullRequest?: string }>> = {
  good: { commit: '1'.repeat(40), pullRequest: '7' },
  better: { commit: '2'.repeat(40), pullRequest: '8' },
  slow: { commit: '3'.repeat(40), pullRequest: '7' },
  crashing: { commit: '4'.repeat(40), pullRequest: '7' },
  unhealthy: { commit: '5'.repeat(40), pullRequest: '8' },
  sick: { commit: '6'.repeat(40) },
  'not-there': { commit: '7'.repeat(40) },
  late: { commit: 'f'.repeat(40), pullRequest: '8' },
};

/** Members of a request of CI. */
export const builtFrom = (tag: string): { readonly commit?: string; readonly pullRequest?: string } => BUILT_FROM[tag] ?? {};

/** Those that the repository has. */
export const COMMITS: readonly string[] = Object.entries(BUILT_FROM).flatMap(([tag, { commit }]) =>
  tag === 'late' ? [] : [commit],
);

export const PULL_REQUESTS = [7, 8] as const;

/** In one schedule of three, GitHub is asked too much. */
const limitsOf = (seed: number): Partial<Limits> =>
  chance(seed, 'plan', 'limits') < 1 / 3 ? { pointsPerMinute: 60, contentPerMinute: 3 } : {};

/** GitHub's stand-in, with one repository. */
export const simulatedGitHub = (seed: number, clock: Clock) => {
  const repositories = ['acme/app'];
  const app = createGitHub({
    clock,
    random: randomFrom(seed),
    address: `https://${GITHUB}`,
    limits: limitsOf(seed),
    repositories: {
      'acme/app': {
        commits: Object.fromEntries(COMMITS.map((sha) => [sha, 'Change a thing'])),
        pullRequests: Object.fromEntries(PULL_REQUESTS.map((number) => [number, 'Change things'])),
      },
    },
    tokens: {
      [TOKEN]: { login: 'pipeline', permissions: PERMISSIONS, repositories },
      [PEOPLE]: { login: 'octocat', permissions: PERMISSIONS, repositories },
    },
    apps: [
      {
        id: APP,
        slug: 'switchyard',
        publicKey: KEYS.publicKey,
        permissions: PERMISSIONS,
        installations: { [INSTALLATION]: repositories },
      },
    ],
  });
  const receivers: Receivers = {
    [GITHUB]: {
      fetch: appFetch(app),
      actionOf: (method, path) => `${method} ${path.replace(/^\/repos\/acme\/app/, '')}`,
      busy: () => new Response('{"message":"Please wait"}', { status: 403, headers: { 'retry-after': '7' } }),
      inTrouble: () => new Response('<html>Bad Gateway</html>', { status: 502, headers: { 'content-type': 'text/html' } }),
      isHalfDone: true,
    },
  };
  return {
    receivers,
    secrets: { '/switchyard/github': TOKEN, '/switchyard/github-key': KEYS.privateKey },
    heard: () => heardByGitHub(appFetch(app)),
  };
};

/** What people see there, as its API says. */
const heardByGitHub = async (fetch: typeof globalThis.fetch): Promise<HeardByGitHub> => {
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const seen = seenOn({ octokit: new Octokit({ auth: PEOPLE, log: quiet, request: { fetch } }) });
  const of = <T>(read: (sha: string) => Promise<readonly T[]>) => Promise.all(COMMITS.map(read));
  const [deployments, statuses, checks, issues, pullRequests] = await Promise.all([
    seen.deployments({ per_page: 100 }),
    of(async (sha) => (await seen.statuses(sha)).map((status) => ({ ...status, sha }))),
    of((sha) => seen.checks(sha)),
    seen.issues(),
    Promise.all(PULL_REQUESTS.map(async (number) => ({ number, comments: await seen.comments(number) }))),
  ]);
  return {
    deployments: deployments.map(({ sha, environment, task, payload, statuses: all }) => ({
      deployment: (payload as { readonly switchyard: string }).switchyard,
      sha,
      environment,
      task,
      statuses: all.map(({ state, description }) => ({ state, description })),
    })),
    statuses: statuses.flat().map(({ sha, context, state, description }) => ({ sha, context, state, description })),
    checks: checks.flat().map(({ external_id: deployment, head_sha: sha, name, conclusion }) => ({
      deployment: deployment ?? '',
      sha,
      name,
      conclusion,
    })),
    issues: await Promise.all(
      issues.map(async ({ number, title, state, body }) => ({
        number,
        title,
        state,
        texts: [body ?? '', ...(await seen.comments(number))],
      })),
    ),
    pullRequests,
  };
};
