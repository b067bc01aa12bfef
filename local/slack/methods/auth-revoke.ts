import type { Method } from '../method.ts';

/** docs.slack.dev/reference/methods/auth.revoke: from then on the token is `token_revoked`. */
export const authRevoke: Method = {
  name: 'auth.revoke',
  scopes: [],
  perMinute: 50,
  json: false,
  run(_, bot) {
    bot.revoked = true;
    return { revoked: true };
  },
};
