import type { Action } from '../../service.ts';
import { clusterOf, onlyKnown, text } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

export const listTasks: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['cluster', 'serviceName', 'desiredStatus', 'startedBy'], 'ListTasks');
  const cluster = clusterOf(store, input);
  const service = text(input, 'serviceName');
  const startedBy = text(input, 'startedBy');
  const status = text(input, 'desiredStatus') ?? 'RUNNING';
  const tasks = [...store.tasks.values()].filter(
    (task) =>
      task.cluster === cluster &&
      task.desiredStatus === status &&
      (service === undefined || task.service.name === service.slice(service.lastIndexOf('/') + 1)) &&
      (startedBy === undefined || task.deployment.id === startedBy),
  );
  return { taskArns: tasks.map(({ arn }) => arn) };
};
