import type { Action } from '../../service.ts';
import { onlyKnown } from '../lookup.ts';
import type { EcsStore } from '../model.ts';
import { pageOf } from '../pages.ts';

export const listClusters: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['maxResults', 'nextToken'], 'ListClusters');
  const arns = [...store.clusters.values()].map(({ arn }) => arn);
  const { page, token } = pageOf(arns, (arn) => arn, input, { usual: 100 });
  return { clusterArns: page, ...token };
};
