import type { RepositoryAction } from '../action.ts';
import { shownRepository } from '../shown.ts';

/** repos/get, with the members that say what the repository is. */
export const getRepository: RepositoryAction = {
  method: 'GET',
  path: '',
  needs: [{ metadata: 'read' }],
  run: (call) => ({ status: 200, body: shownRepository(call) }),
};
