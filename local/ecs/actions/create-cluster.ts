import type { Action } from '../../service.ts';
import { clusterAnswer } from '../answers.ts';
import { ecsArn } from '../identifiers.ts';
import { invalid, onlyKnown, text } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

/** Asked for again, a cluster is answered as it is. */
export const createCluster: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['clusterName'], 'CreateCluster');
  const name = text(input, 'clusterName') ?? 'default';
  if (!/^[a-zA-Z][a-zA-Z0-9_-]{0,254}$/.test(name)) throw invalid('Invalid cluster name.');
  const cluster = store.clusters.get(name) ?? { name, arn: ecsArn(store, `cluster/${name}`) };
  store.clusters.set(name, cluster);
  return { cluster: clusterAnswer(store, cluster) };
};
