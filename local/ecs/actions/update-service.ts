import type { Action } from '../../service.ts';
import { serviceAnswer } from '../answers.ts';
import { activeDefinitionOf, invalid, onlyKnown, serviceOf, text } from '../lookup.ts';
import type { EcsStore, Service } from '../model.ts';
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

/** What CodeDeploy alone may change (API reference, UpdateService). */
const OF_CODE_DEPLOY = {
  taskDefinition: 'task definition',
  loadBalancers: 'load balancers',
  networkConfiguration: 'network configuration',
};

const refuseCodeDeploy = ({ controller }: Service, input: Readonly<Record<string, unknown>>): void => {
  const { type } = (input['deploymentController'] ?? { type: controller }) as { readonly type?: string };
  if (type !== controller) throw invalid('the local cloud does not change the deployment controller of a service.');
  if (controller !== 'CODE_DEPLOY') return;
  const wrong = Object.entries(OF_CODE_DEPLOY).find(([member]) => input[member] !== undefined);
  if (wrong !== undefined)
    throw invalid(
      `Unable to update ${wrong[1]} on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.`,
    );
  if (input['forceNewDeployment'] === true)
    throw invalid(
      'Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
    );
};

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
  refuseCodeDeploy(service, input);
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
