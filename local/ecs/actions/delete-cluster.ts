import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { clusterAnswer } from '../answers.ts';
import { clusterOf, onlyKnown } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

/** A cluster without services and tasks. It is gone at once: on AWS it may be told of as INACTIVE for a while. */
export const deleteCluster: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['cluster'], 'DeleteCluster');
  const cluster = clusterOf(store, input);
  if ([...store.services.values()].some((service) => service.cluster === cluster && service.status === 'ACTIVE'))
    throw new AwsError('ClusterContainsServicesException', 'The Cluster cannot be deleted while Services are active.');
  if ([...store.tasks.values()].some((task) => task.cluster === cluster && task.lastStatus !== 'STOPPED'))
    throw new AwsError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
  store.clusters.delete(cluster.name);
  return { cluster: { ...clusterAnswer(store, cluster), status: 'INACTIVE' } };
};
