import type { GlobalAction } from '../action.ts';
import { GitHubRefusal, notFound } from '../refusal.ts';

/** apps/suspend-installation: by the App's JWT. Its tokens end, and it gets no more. */
export const suspendInstallation: GlobalAction = {
  method: 'PUT',
  path: '/app/installations/{}/suspended',
  run({ store, caller, parameters: [id] }) {
    if (caller?.kind !== 'app') throw new GitHubRefusal(401, 'A JSON web token could not be decoded');
    const installation = caller.app.installations.get(Number(id));
    if (installation === undefined) throw notFound();
    installation.suspended = true;
    for (const [text, { app }] of store.tokens) if (app?.id === caller.app.id) store.tokens.delete(text);
    return { status: 204 };
  },
};
