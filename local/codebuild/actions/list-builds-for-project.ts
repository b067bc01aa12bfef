import type { Action } from '../../service.ts';
import { invalid, onlyKnown, projectOf, text } from '../lookup.ts';
import type { CodeBuildStore } from '../model.ts';

const PAGE = 100;

/** The newest first, unless told otherwise. */
export const listBuildsForProject: Action<CodeBuildStore> = (store, input) => {
  onlyKnown(input, ['projectName', 'sortOrder', 'nextToken'], 'ListBuildsForProject');
  const { name } = projectOf(store, text(input, 'projectName'));
  const order = text(input, 'sortOrder') ?? 'DESCENDING';
  if (order !== 'ASCENDING' && order !== 'DESCENDING') throw invalid(`Invalid sort order: ${order}`);
  const oldest = [...store.builds.values()].filter(({ project }) => project === name).map(({ id }) => id);
  const sorted = order === 'ASCENDING' ? oldest : oldest.reverse();
  const from = Number(text(input, 'nextToken') ?? 0);
  if (!Number.isInteger(from) || from < 0) throw invalid('Invalid next token');
  return { ids: sorted.slice(from, from + PAGE), ...(sorted.length > from + PAGE ? { nextToken: String(from + PAGE) } : {}) };
};
