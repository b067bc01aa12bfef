import type { GlobalAction } from '../action.ts';
import { GitHubRefusal } from '../refusal.ts';

/** apps/revoke-installation-access-token: the token that asks is worth nothing from then on. */
export const revokeInstallationAccessToken: GlobalAction = {
  method: 'DELETE',
  path: '/installation/token',
  run({ store, caller }) {
    if (caller?.kind !== 'token' || caller.token.app === undefined) throw new GitHubRefusal(401, 'Bad credentials');
    store.tokens.delete(caller.text);
    return { status: 204 };
  },
};
