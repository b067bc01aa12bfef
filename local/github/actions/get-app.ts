import type { GlobalAction } from '../action.ts';
import { GitHubRefusal } from '../refusal.ts';
import { shownApp } from '../shown.ts';

/** apps/get-authenticated: by the App's JWT. */
export const getApp: GlobalAction = {
  method: 'GET',
  path: '/app',
  run(call) {
    if (call.caller?.kind !== 'app') throw new GitHubRefusal(401, 'A JSON web token could not be decoded');
    return { status: 200, body: shownApp(call, call.caller.app) };
  },
};
