import { generateKeyPairSync } from 'node:crypto';
import { everyNotify } from '../../shared/catalogue/notify.ts';
import { createGitHub } from '../github/github.ts';
import type { Permissions } from '../github/model.ts';
import type { Change } from '../github/store.ts';
import { keepSecret } from './keep-secret.ts';
import { lineOf, type Making, type ToldHere } from './told-here.ts';

const TOKEN = 'github_pat_of_this_machine';

/** The commit that an image of `local/images.json` is tagged with. */
const COMMIT = '4f9c2d1e8b7a6053c4d5e6f708192a3b4c5d6e7f';

/** What the pipeline's App or token needs (docs/notifications.md). */
export const PERMISSIONS: Permissions = {
  metadata: 'read',
  contents: 'read',
  deployments: 'write',
  statuses: 'write',
  checks: 'write',
  issues: 'write',
  pull_requests: 'write',
};

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

const text = (body: unknown, name: string): string => lineOf(String(member(body, name) ?? ''));

/** What a comment says first: of a table its rows, without links. */
const commentOf = (body: unknown): string =>
  String(member(body, 'body') ?? '')
    .split('\n')
    .filter((line) => /^(?:\| `|- (?:Version|Rollback)|The next|A rollback)/.test(line))
    .map((line) => line.replace(/ \| [^|]* \|$/, ' |'))
    .join(' ');

const LINES: readonly (readonly [RegExp, (body: unknown, of: string) => string])[] = [
  [
    /^POST \/deployments$/,
    (body) => `deployment ${text(body, 'id')}: ${text(body, 'sha').slice(0, 7)} to ${text(body, 'environment')}`,
  ],
  [
    /^POST \/deployments\/(\d+)\/statuses$/,
    (body, of) => `deployment ${of} is ${text(body, 'state')}: ${text(body, 'description')}`,
  ],
  [/^POST \/statuses\/(\w{7})/, (body, of) => `commit ${of}, ${text(body, 'context')}: ${text(body, 'state')}`],
  [
    /^(?:POST|PATCH) \/check-runs/,
    (body) => `check ${text(body, 'name')}: ${text(member(body, 'output'), 'title') || text(body, 'status')}`,
  ],
  [/^POST \/issues$/, (body) => `issue ${text(body, 'number')} is opened: ${text(body, 'title')}`],
  [/^PATCH \/issues\/\d+$/, (body) => `issue ${text(body, 'number')} is ${text(body, 'state')}`],
  [/^POST \/issues\/(\d+)\/comments$/, (body, of) => `comment on ${of}: ${lineOf(commentOf(body))}`],
  [/^PATCH \/issues\/comments\/(\d+)$/, (body, of) => `comment ${of} is changed: ${lineOf(commentOf(body))}`],
];

/** What people would see of a change; `undefined`: nothing. */
const seenOf = ({ method, path, body }: Change): string | undefined => {
  for (const [pattern, line] of LINES) {
    const found = pattern.exec(`${method} ${path}`);
    if (found !== null) return line(body, found[1] ?? '');
  }
  return undefined;
};

/** GitHub, with the repositories that the catalogue names: each has one commit on `main`, and the pull request 1. */
export const gitHubHere = async ({ catalogue, network, clock, say }: Making): Promise<ToldHere> => {
  const github = everyNotify(catalogue, 'github').filter(({ apiUrl }) => apiUrl === undefined);
  if (github.length === 0) return { environment: {}, prepare: async () => undefined };
  const address = `${await network.address('github', 'api')}/api/v3`;
  const names = [...new Set(github.map(({ repository }) => repository))];
  const repository = { commits: { [COMMIT]: 'Answer faster' }, refs: { main: COMMIT }, pullRequests: { 1: 'Answer faster' } };
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const apps = new Map(github.flatMap(({ app }) => (app === undefined ? [] : [[app.id, app.installation] as const])));
  const shown = (change: Change) => {
    const seen = seenOf(change);
    if (seen !== undefined) say(`          github  ${change.repository}  ${seen}`);
  };
  const app = { slug: 'switchyard', publicKey: keys.publicKey, permissions: PERMISSIONS };
  network.serve(
    'github',
    'api',
    createGitHub({
      clock,
      random: Math.random,
      address,
      shown,
      repositories: Object.fromEntries(names.map((name) => [name, repository])),
      tokens: { [TOKEN]: { login: 'you', permissions: PERMISSIONS, repositories: names } },
      apps: [...apps].map(([id, installation]) => ({ ...app, id, installations: { [installation]: names } })),
    }),
  );
  return {
    environment: { SWITCHYARD_GITHUB_URL: address },
    async prepare(access) {
      for (const { app: known, token } of github) {
        if (known !== undefined) await keepSecret(access, known.key, keys.privateKey);
        if (token !== undefined) await keepSecret(access, token, TOKEN);
      }
    },
  };
};
