import type { Action } from '../../service.ts';
import { serviceAnswer } from '../answers.ts';
import { invalid, onlyKnown, serviceOf } from '../lookup.ts';
import type { EcsStore } from '../model.ts';
import { drained } from '../scheduler.ts';
import { serve, stopTask } from '../tasks.ts';

/** It is DRAINING while tasks of it run, and then INACTIVE (API reference, DeleteService). */
export const deleteService: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['cluster', 'service', 'force'], 'DeleteService');
  const service = serviceOf(store, input);
  if (service.desiredCount > 0 && input['force'] !== true)
    throw invalid('The service cannot be stopped while it is scaled above 0.');
  service.status = 'DRAINING';
  service.desiredCount = 0;
  service.deployments = [];
  for (const task of store.tasks.values())
    if (task.service === service) stopTask(store, task, 'ServiceSchedulerInitiated', 'Service deleted');
  serve(store, service);
  drained(store, service);
  return { service: serviceAnswer(store, service) };
};
