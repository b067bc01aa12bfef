import type { Action } from '../../service.ts';
import { buildAnswer } from '../answers.ts';
import { findBuild, invalid, onlyKnown } from '../lookup.ts';
import type { CodeBuildStore } from '../model.ts';

/** Ids that there are not are listed (API reference, BatchGetBuilds). */
export const batchGetBuilds: Action<CodeBuildStore> = (store, input) => {
  onlyKnown(input, ['ids'], 'BatchGetBuilds');
  const ids = (input['ids'] ?? []) as readonly string[];
  if (ids.length === 0 || ids.length > 100) throw invalid('The IDs of 1 to 100 builds are required');
  const found = ids.flatMap((id) => findBuild(store, id) ?? []);
  return { builds: found.map(buildAnswer), buildsNotFound: ids.filter((id) => findBuild(store, id) === undefined) };
};
