import type { Action } from '../../service.ts';
import { onlyKnown } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

export const listClusters: Action<EcsStore> = (store, input) => {
  onlyKnown(input, [], 'ListClusters');
  return { clusterArns: [...store.clusters.values()].map(({ arn }) => arn) };
};
