import type { GlobalAction } from '../action.ts';
import { randomHexadecimal } from '../identifiers.ts';
import type { Permissions } from '../model.ts';
import { GitHubRefusal, invalidRequest, notFound } from '../refusal.ts';
import type { GitHubStore } from '../store.ts';

const HOUR = 3_600_000;

/**
 * apps/create-installation-access-token: by the App's JWT, for an hour, for no more than the installation has. The App's own repositories and
 * permissions may be narrowed by `repositories` and `permissions`.
 */
export const createInstallationAccessToken: GlobalAction = {
  method: 'POST',
  path: '/app/installations/{}/access_tokens',
  run({ store, now, caller, parameters: [id], body }) {
    if (caller?.kind !== 'app') throw new GitHubRefusal(401, 'A JSON web token could not be decoded');
    const { app } = caller;
    const installation = app.installations.get(Number(id));
    if (installation === undefined) throw notFound();
    if (installation.suspended) throw new GitHubRefusal(403, 'This installation has been suspended');
    const repositories = chosen(store, installation.repositories, body.texts('repositories'));
    const permissions = narrowed(app.permissions, body.any('permissions'));
    body.end();
    const text = `ghs_${randomHexadecimal(store, 36)}`;
    const expiresAt = now + HOUR;
    const actor = { id: store.nextId(), login: `${app.slug}[bot]`, type: 'Bot' } as const;
    store.tokens.set(text, {
      actor,
      permissions,
      repositories,
      expiresAt,
      app,
    });
    return {
      status: 201,
      body: {
        token: text,
        expires_at: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
        permissions,
        repository_selection: 'selected',
      },
    };
  },
};

/** By their names alone: an installation is one owner's. */
const chosen = (store: GitHubStore, held: ReadonlySet<number>, names: readonly string[] | undefined): ReadonlySet<number> => {
  if (names === undefined) return held;
  const known = [...store.repositories.values()].filter(({ id }) => held.has(id));
  const found = names.map(
    (name) => known.find(({ fullName }) => fullName.split('/')[1]?.toLowerCase() === name.toLowerCase())?.id,
  );
  if (found.includes(undefined))
    throw new GitHubRefusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  return new Set(found.flatMap((id) => id ?? []));
};

const narrowed = (granted: Permissions, asked: unknown): Permissions => {
  if (asked === undefined) return granted;
  if (typeof asked !== 'object' || asked === null) throw invalidRequest("For 'properties/permissions', it is not an object.");
  const wanted: Record<string, 'read' | 'write'> = {};
  for (const [name, level] of Object.entries(asked)) {
    if (level !== 'read' && level !== 'write')
      throw invalidRequest(`For 'properties/permissions/${name}', it is not a member of ["read", "write"].`);
    if (granted[name] !== 'write' && granted[name] !== level)
      throw new GitHubRefusal(422, 'The permissions requested are not granted to this installation.');
    wanted[name] = level;
  }
  return wanted;
};
