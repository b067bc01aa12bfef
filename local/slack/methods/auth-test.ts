import type { Method } from '../method.ts';

/** docs.slack.dev/reference/methods/auth.test */
export const authTest: Method = {
  name: 'auth.test',
  scopes: [],
  perMinute: 100,
  json: true,
  run: (_, { id }) => ({
    url: 'https://local.slack.com/',
    team: 'local',
    user: 'switchyard',
    team_id: 'T00000000',
    user_id: 'U00000000',
    bot_id: id,
  }),
};
