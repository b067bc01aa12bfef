import type { Action } from '../../service.ts';
import { taskAnswer } from '../answers.ts';
import { ecsArn } from '../identifiers.ts';
import { clusterOf, invalid, onlyKnown, texts } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

/** At most a hundred tasks (API reference, DescribeTasks). */
const MOST = 100;

export const describeTasks: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['cluster', 'tasks', 'include'], 'DescribeTasks');
  const cluster = clusterOf(store, input);
  const asked = texts(input, 'tasks');
  if (asked.length === 0) throw invalid('Tasks cannot be empty.');
  if (asked.length > MOST) throw invalid(`Tasks cannot have more than ${MOST} entries.`);
  const arns = asked.map((task) => (task.startsWith('arn:') ? task : ecsArn(store, `task/${cluster.name}/${task}`)));
  return {
    tasks: arns.flatMap((arn) => {
      const task = store.tasks.get(arn);
      return task === undefined ? [] : [taskAnswer(task)];
    }),
    failures: arns.filter((arn) => !store.tasks.has(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
  };
};
