import type { EcsOptions, EcsStore } from './model.ts';
import { alarmRang, fail, reconcile, rolledBack, succeeded, taskFailed } from './scheduler.ts';

export type { EcsStore } from './model.ts';

/** ECS without clusters, services or tasks. Deployment alarms are heard of from CloudWatch. */
export const createEcsStore = (options: EcsOptions): EcsStore => {
  const store: EcsStore = {
    ...options,
    clusters: new Map(),
    definitions: new Map(),
    services: new Map(),
    tasks: new Map(),
    shifted: {},
    tasksChanged: (service) => reconcile(store, service),
    taskFailed: (service, deployment) => taskFailed(store, service, deployment),
    ends: {
      succeeded: (service, deployment) => succeeded(store, service, deployment),
      failed: (service, deployment, reason, why) => fail(store, service, deployment, reason, true, why),
      rolledBack: (service, deployment, to) => rolledBack(store, service, deployment, to),
    },
  };
  options.alarms.onChange((name, state) => {
    if (state === 'ALARM') alarmRang(store, name);
  });
  return store;
};
