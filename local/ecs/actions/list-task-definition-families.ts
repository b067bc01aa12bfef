import type { Action } from '../../service.ts';
import { onlyKnown, text } from '../lookup.ts';
import type { EcsStore, TaskDefinition } from '../model.ts';
import { pageOf } from '../pages.ts';

/** Families with an active definition, without one (`INACTIVE`), or both (`ALL`, as when nothing is said). */
export const listTaskDefinitionFamilies: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['familyPrefix', 'status', 'maxResults', 'nextToken'], 'ListTaskDefinitionFamilies');
  const prefix = text(input, 'familyPrefix') ?? '';
  const status = text(input, 'status') ?? 'ALL';
  const isActive = (definitions: readonly TaskDefinition[]) => definitions.some((definition) => definition.status === 'ACTIVE');
  const families = [...store.definitions]
    .filter(
      ([name, definitions]) => name.startsWith(prefix) && (status === 'ALL' || (status === 'ACTIVE') === isActive(definitions)),
    )
    .map(([name]) => name)
    .sort();
  const { page, token } = pageOf(families, (name) => name, input, { usual: 100 });
  return { families: page, ...token };
};
