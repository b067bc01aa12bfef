import type { Action } from '../../service.ts';
import { clusterOf, onlyKnown, text } from '../lookup.ts';
import type { EcsStore } from '../model.ts';
import { pageOf } from '../pages.ts';

export const listTasks: Action<EcsStore> = (store, input) => {
  onlyKnown(
    input,
    ['cluster', 'serviceName', 'family', 'launchType', 'desiredStatus', 'startedBy', 'maxResults', 'nextToken'],
    'ListTasks',
  );
  const cluster = clusterOf(store, input);
  const service = text(input, 'serviceName');
  const family = text(input, 'family');
  const launchType = text(input, 'launchType');
  const startedBy = text(input, 'startedBy');
  const status = text(input, 'desiredStatus') ?? 'RUNNING';
  const tasks = [...store.tasks.values()].filter(
    (task) =>
      task.cluster === cluster &&
      task.desiredStatus === status &&
      (service === undefined || task.service.name === service.slice(service.lastIndexOf('/') + 1)) &&
      (family === undefined || task.deployment.definition.family === family) &&
      (launchType === undefined || launchType === 'FARGATE') &&
      (startedBy === undefined || task.deployment.id === startedBy),
  );
  const { page, token } = pageOf(tasks, ({ arn }) => arn, input, { usual: 100 });
  return { taskArns: page.map(({ arn }) => arn), ...token };
};
