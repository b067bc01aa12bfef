import type { Action } from '../../service.ts';
import { invalid, onlyKnown, projectName, text } from '../lookup.ts';
import type { CodeBuildStore } from '../model.ts';

/** "When you delete a project, its builds are not deleted" (API reference, DeleteProject). */
export const deleteProject: Action<CodeBuildStore> = (store, input) => {
  onlyKnown(input, ['name'], 'DeleteProject');
  const name = text(input, 'name');
  if (name === undefined) throw invalid('Project name is required');
  store.projects.delete(projectName(name));
  return {};
};
