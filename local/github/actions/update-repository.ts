import type { RepositoryAction } from '../action.ts';
import { validationFailed } from '../refusal.ts';
import { shownRepository } from '../shown.ts';
import { nameKey } from '../store.ts';

/** repos/update: rename, archive, turn issues off. The old name leads to the new one from then on. */
export const updateRepository: RepositoryAction = {
  method: 'PATCH',
  path: '',
  needs: [{ administration: 'write' }],
  run(call) {
    const { store, repository, body } = call;
    const name = body.text('name');
    const archived = body.boolean('archived');
    const hasIssues = body.boolean('has_issues');
    body.end();
    if (name !== undefined) {
      const fullName = `${repository.fullName.split('/')[0]}/${name}`;
      const there = store.repositories.get(nameKey(fullName));
      if (there !== undefined && there !== repository)
        throw validationFailed({ resource: 'Repository', code: 'already_exists', field: 'name' });
      repository.fullName = fullName;
      store.repositories.set(nameKey(fullName), repository);
    }
    repository.archived = archived ?? repository.archived;
    repository.hasIssues = hasIssues ?? repository.hasIssues;
    return { status: 200, body: shownRepository(call) };
  },
};
