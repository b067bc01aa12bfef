import type { Action } from '../../service.ts';
import { taskAnswer } from '../answers.ts';
import { ecsArn } from '../identifiers.ts';
import { clusterOf, invalid, onlyKnown, text } from '../lookup.ts';
import type { EcsStore } from '../model.ts';
import { stopTask as stop } from '../tasks.ts';

export const stopTask: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['cluster', 'task', 'reason'], 'StopTask');
  const cluster = clusterOf(store, input);
  const name = text(input, 'task') ?? '';
  const task = store.tasks.get(name.startsWith('arn:') ? name : ecsArn(store, `task/${cluster.name}/${name}`));
  if (task === undefined) throw invalid('The referenced task was not found.');
  stop(store, task, 'UserInitiated', text(input, 'reason') ?? 'Task stopped by user');
  return { task: taskAnswer(task) };
};
