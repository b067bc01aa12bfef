import { type Input, text } from '../../ecs/lookup.ts';
import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { uuid } from '../../wire/uuid.ts';
import { ALL_AT_ONCE, requireConfiguration, serviceOfGroup } from '../deployments.ts';
import { applicationOf, onlyKnown } from '../lookup.ts';
import type { CodeDeployStore } from '../model.ts';
import { requireRollbackAtAlarms, rollbackEventsOf } from '../rollbacks.ts';

const KEPT = [
  'deploymentConfigName',
  'serviceRoleArn',
  'alarmConfiguration',
  'autoRollbackConfiguration',
  'deploymentStyle',
  'blueGreenDeploymentConfiguration',
  'loadBalancerInfo',
  'ecsServices',
];

const required = (input: Input, member: string, code: string): void => {
  if (input[member] === undefined) throw new AwsError(code, `${member} is required for deployments to Amazon ECS`);
};

/** Of one service of Amazon ECS, with traffic control (API reference, CreateDeploymentGroup). */
export const createDeploymentGroup: Action<CodeDeployStore> = (store, input) => {
  onlyKnown(input, ['applicationName', 'deploymentGroupName', 'tags', ...KEPT], 'CreateDeploymentGroup');
  const application = applicationOf(store, input).name;
  const name = text(input, 'deploymentGroupName');
  if (name === undefined) throw new AwsError('DeploymentGroupNameRequiredException', 'Deployment group name is required');
  const key = `${application}/${name}`;
  if (store.groups.has(key))
    throw new AwsError('DeploymentGroupAlreadyExistsException', `Deployment group name: ${name} already exists`);
  required(input, 'serviceRoleArn', 'RoleRequiredException');
  required(input, 'ecsServices', 'InvalidECSServiceException');
  required(input, 'loadBalancerInfo', 'InvalidLoadBalancerInfoException');
  required(input, 'blueGreenDeploymentConfiguration', 'InvalidBlueGreenDeploymentConfigurationException');
  const { deploymentType, deploymentOption } = (input['deploymentStyle'] ?? {}) as Input;
  if (deploymentType !== 'BLUE_GREEN' || deploymentOption !== 'WITH_TRAFFIC_CONTROL')
    throw new AwsError(
      'InvalidDeploymentStyleException',
      'For ECS deployment groups the style has to be BLUE_GREEN, WITH_TRAFFIC_CONTROL',
    );
  requireConfiguration(text(input, 'deploymentConfigName') ?? ALL_AT_ONCE);
  requireRollbackAtAlarms(input, rollbackEventsOf(input['autoRollbackConfiguration']));
  const [{ clusterName: cluster = '', serviceName: service = '' } = {}] = input['ecsServices'] as readonly {
    clusterName?: string;
    serviceName?: string;
  }[];
  if (serviceOfGroup(store, { cluster, service }).controller !== 'CODE_DEPLOY')
    throw new AwsError(
      'InvalidECSServiceException',
      "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller.",
    );
  const body = Object.fromEntries(KEPT.flatMap((member) => (input[member] === undefined ? [] : [[member, input[member]]])));
  const group = { id: uuid(store.random), application, name, cluster, service, body };
  store.groups.set(key, group);
  return { deploymentGroupId: group.id };
};
