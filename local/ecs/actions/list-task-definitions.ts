import type { Action } from '../../service.ts';
import { onlyKnown, text } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

export const listTaskDefinitions: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['familyPrefix', 'status', 'sort'], 'ListTaskDefinitions');
  const family = text(input, 'familyPrefix');
  const status = text(input, 'status') ?? 'ACTIVE';
  const all = [...store.definitions.values()]
    .flat()
    .filter((definition) => (family === undefined || definition.family === family) && definition.status === status);
  const arns = all.map(({ arn }) => arn);
  return { taskDefinitionArns: text(input, 'sort') === 'DESC' ? arns.reverse() : arns };
};
