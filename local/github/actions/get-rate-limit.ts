import type { GlobalAction } from '../action.ts';
import { limitHeaders } from '../limits.ts';

/** rate-limit/get, of `core`. */
export const getRateLimit: GlobalAction = {
  method: 'GET',
  path: '/rate_limit',
  run({ store, caller }) {
    const headers = limitHeaders(store, caller?.kind === 'token' ? caller.text : '');
    const number = (name: string) => Number(headers[`x-ratelimit-${name}`]);
    const core = { limit: number('limit'), used: number('used'), remaining: number('remaining'), reset: number('reset') };
    return { status: 200, body: { resources: { core }, rate: core } };
  },
};
