import type { Action } from '../../service.ts';
import { onlyKnown, text } from '../lookup.ts';
import type { EcsStore } from '../model.ts';
import { pageOf } from '../pages.ts';

/** By family, then by revision; `familyPrefix` is the whole name of a family (API reference, ListTaskDefinitions). */
export const listTaskDefinitions: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['familyPrefix', 'status', 'sort', 'maxResults', 'nextToken'], 'ListTaskDefinitions');
  const family = text(input, 'familyPrefix');
  const status = text(input, 'status') ?? 'ACTIVE';
  const arns = [...store.definitions.keys()]
    .sort()
    .flatMap((name) => store.definitions.get(name) ?? [])
    .filter((definition) => (family === undefined || definition.family === family) && definition.status === status)
    .map(({ arn }) => arn);
  const { page, token } = pageOf(text(input, 'sort') === 'DESC' ? arns.reverse() : arns, (arn) => arn, input, { usual: 100 });
  return { taskDefinitionArns: page, ...token };
};
