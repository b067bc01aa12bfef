import { resumeHooks } from './hooks.ts';
import type { EcsStore, Task } from './model.ts';
import { resume, serve } from './tasks.ts';

/** What is kept of ECS: one graph, in which services, revisions and tasks refer to each other. */
export interface SavedEcs extends Pick<EcsStore, 'clusters' | 'definitions' | 'services'> {
  readonly tasks: readonly Omit<Task, 'timers'>[];
}

export const saveEcs = ({ clusters, definitions, services, tasks }: EcsStore): SavedEcs => ({
  clusters,
  definitions,
  services,
  tasks: [...tasks.values()].map(({ timers: _, ...task }) => task),
});

/** Brings everything back: listeners listen again, tasks go on where they were, the scheduler looks at every service. */
export const loadEcs = (store: EcsStore, { clusters, definitions, services, tasks }: SavedEcs): void => {
  for (const [name, cluster] of clusters) store.clusters.set(name, cluster);
  for (const [family, revisions] of definitions) store.definitions.set(family, revisions);
  for (const [key, service] of services) store.services.set(key, service);
  for (const saved of tasks) store.tasks.set(saved.arn, { ...saved, timers: [] });
  for (const task of store.tasks.values()) resume(store, task);
  for (const service of store.services.values()) {
    for (const { shift } of service.deployments) if (shift !== undefined) delete shift.armed;
    serve(store, service);
    resumeHooks(store, service);
    store.tasksChanged(service);
  }
};
