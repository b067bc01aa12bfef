import type { Action } from '../../service.ts';
import { serviceAnswer } from '../answers.ts';
import { activeDefinitionOf, onlyKnown, serviceOf, text } from '../lookup.ts';
import type { EcsStore } from '../model.ts';
import { checkNetwork } from '../network-settings.ts';
import { beginDeployment, reconcile } from '../scheduler.ts';
import { checkConfiguration } from '../settings.ts';

const KEPT = [
  'networkConfiguration',
  'healthCheckGracePeriodSeconds',
  'platformVersion',
  'loadBalancers',
  'enableExecuteCommand',
  'propagateTags',
  'enableECSManagedTags',
];

/** A task definition or `forceNewDeployment` begins a rollout; a desired count or a configuration alone does not. */
export const updateService: Action<EcsStore> = (store, input) => {
  onlyKnown(
    input,
    [
      'cluster',
      'service',
      'desiredCount',
      'taskDefinition',
      'forceNewDeployment',
      'deploymentConfiguration',
      'deploymentController',
      ...KEPT,
    ],
    'UpdateService',
  );
  const service = serviceOf(store, input);
  checkConfiguration(input, service.body);
  const name = text(input, 'taskDefinition');
  const definition = name === undefined ? service.definition : activeDefinitionOf(store, name);
  checkNetwork(definition, { ...service.body, ...input });
  const configuration = {
    ...(service.body['deploymentConfiguration'] as object),
    ...((input['deploymentConfiguration'] as object | undefined) ?? {}),
  };
  service.body = {
    ...service.body,
    ...Object.fromEntries(KEPT.flatMap((member) => (input[member] === undefined ? [] : [[member, input[member]]]))),
    deploymentConfiguration: configuration,
  };
  if (typeof input['desiredCount'] === 'number') service.desiredCount = input['desiredCount'];
  if (definition !== service.definition || input['forceNewDeployment'] === true) beginDeployment(store, service, definition);
  else reconcile(store, service);
  return { service: serviceAnswer(store, service) };
};
