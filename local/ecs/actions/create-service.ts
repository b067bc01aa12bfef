import type { Action } from '../../service.ts';
import { serviceAnswer } from '../answers.ts';
import { ecsArn, secondsNow } from '../identifiers.ts';
import { activeDefinitionOf, clusterOf, findService, invalid, onlyKnown, text } from '../lookup.ts';
import type { EcsStore, Service, Tag } from '../model.ts';
import { checkNetwork } from '../network-settings.ts';
import { beginDeployment } from '../scheduler.ts';
import { checkConfiguration } from '../settings.ts';
import { serve } from '../tasks.ts';

const KEPT = [
  'launchType',
  'loadBalancers',
  'networkConfiguration',
  'deploymentConfiguration',
  'healthCheckGracePeriodSeconds',
  'platformVersion',
  'propagateTags',
  'enableECSManagedTags',
  'enableExecuteCommand',
  'availabilityZoneRebalancing',
];

export const createService: Action<EcsStore> = (store, input) => {
  onlyKnown(
    input,
    [
      'cluster',
      'serviceName',
      'taskDefinition',
      'desiredCount',
      'deploymentController',
      'schedulingStrategy',
      'tags',
      'clientToken',
      ...KEPT,
    ],
    'CreateService',
  );
  checkConfiguration(input);
  const cluster = clusterOf(store, input);
  const name = text(input, 'serviceName') ?? '';
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name)) throw invalid('Invalid service name.');
  const former = findService(store, cluster, name);
  if (former?.status === 'ACTIVE') throw invalid('Creation of service was not idempotent.');
  if (former?.status === 'DRAINING') throw invalid('Unable to Start a service that is still Draining.');
  const definition = activeDefinitionOf(store, text(input, 'taskDefinition') ?? '');
  checkNetwork(definition, input);
  const { type: controller = 'ECS' } = (input['deploymentController'] ?? {}) as { readonly type?: Service['controller'] };
  if (controller === 'CODE_DEPLOY' && ((input['loadBalancers'] ?? []) as readonly unknown[]).length === 0)
    throw invalid('Load balancer is required for services with a CODE_DEPLOY deployment controller.');
  const service: Service = {
    name,
    controller,
    arn: ecsArn(store, `service/${cluster.name}/${name}`),
    cluster,
    body: {
      schedulingStrategy: 'REPLICA',
      loadBalancers: [],
      serviceRegistries: [],
      placementConstraints: [],
      placementStrategy: [],
      ...Object.fromEntries(KEPT.flatMap((member) => (input[member] === undefined ? [] : [[member, input[member]]]))),
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        strategy: 'ROLLING',
        ...((input['deploymentConfiguration'] as object | undefined) ?? {}),
      },
    },
    desiredCount: Number(input['desiredCount'] ?? 0),
    status: 'ACTIVE',
    definition,
    createdAt: secondsNow(store),
    deployments: [],
    records: [],
    revisions: [],
    messages: [],
    tags: (input['tags'] ?? []) as readonly Tag[],
  };
  store.services.set(`${cluster.name}/${name}`, service);
  serve(store, service);
  beginDeployment(store, service, definition);
  return { service: serviceAnswer(store, service, true) };
};
