import type { Action } from '../../service.ts';
import { projectAnswer } from '../answers.ts';
import { invalid, onlyKnown, projectName } from '../lookup.ts';
import type { CodeBuildStore } from '../model.ts';

/** Names that there are not are listed (API reference, BatchGetProjects). */
export const batchGetProjects: Action<CodeBuildStore> = (store, input) => {
  onlyKnown(input, ['names'], 'BatchGetProjects');
  const names = (input['names'] ?? []) as readonly string[];
  if (names.length === 0 || names.length > 100) throw invalid('The names of 1 to 100 projects are required');
  const found = names.flatMap((name) => store.projects.get(projectName(name)) ?? []);
  const projectsNotFound = names.filter((name) => !store.projects.has(projectName(name)));
  return { projects: found.map(projectAnswer), projectsNotFound };
};
