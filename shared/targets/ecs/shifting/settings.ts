import type { DeploymentConfiguration, Service } from '@aws-sdk/client-ecs';
import type { Failure } from '../../../deployment/observations.ts';
import { placeOf } from '../config.ts';
import { refusal } from '../refusals.ts';
import { type Config, kind, schema } from './config.ts';

/** Why this target cannot deploy to the service; `undefined`: it can. */
export const notShifting = (config: Config, { deploymentController, loadBalancers = [] }: Service): Failure | undefined => {
  const controller = deploymentController?.type ?? 'ECS';
  const place = placeOf(config);
  if (controller !== 'ECS')
    return refusal(
      'service-not-ecs-blue-green',
      `cannot deploy to ${place}: it has the deployment controller ${controller}, and "${kind}" needs ECS; change the service, or use the target that fits it`,
    );
  for (const { targetGroupArn, advancedConfiguration = {} } of loadBalancers) {
    const { alternateTargetGroupArn, productionListenerRule, testListenerRule, roleArn } = advancedConfiguration;
    const needed = {
      alternateTargetGroupArn,
      productionListenerRule,
      roleArn,
      ...(config.pause?.stage === 'POST_TEST_TRAFFIC_SHIFT' ? { testListenerRule } : {}),
    };
    const missing = Object.entries(needed).flatMap(([member, value]) => (value === undefined ? [member] : []));
    if (missing.length > 0)
      return refusal(
        'shifting-impossible',
        `cannot deploy to ${place}: its load balancer ${targetGroupArn ?? ''} has no ${missing.join(', no ')} in its advancedConfiguration; add what is missing to the service`,
      );
  }
  return undefined;
};

/** A pause of somebody else at our stage serves as ours. */
const hooksOf = (
  { pause }: Config,
  { lifecycleHooks = [] }: DeploymentConfiguration,
): NonNullable<DeploymentConfiguration['lifecycleHooks']> => {
  if (pause === undefined) return lifecycleHooks;
  const there = lifecycleHooks.some(
    ({ targetType, lifecycleStages = [] }) => targetType === 'PAUSE' && lifecycleStages.includes(pause.stage),
  );
  if (there) return lifecycleHooks;
  const { minutes = schema.properties.pause.properties.minutes.default, stage } = pause;
  const timeoutConfiguration = { timeoutInMinutes: minutes, action: 'ROLLBACK' } as const;
  return [...lifecycleHooks, { targetType: 'PAUSE', lifecycleStages: [stage], timeoutConfiguration }];
};

const steps = ({ strategy, stepPercent, stepMinutes }: Config): Partial<DeploymentConfiguration> => {
  switch (strategy) {
    case 'CANARY':
      return { canaryConfiguration: { canaryPercent: stepPercent ?? 5, canaryBakeTimeInMinutes: stepMinutes ?? 10 } };
    case 'LINEAR':
      return { linearConfiguration: { stepPercent: stepPercent ?? 10, stepBakeTimeInMinutes: stepMinutes ?? 6 } };
    default:
      return {};
  }
};

/** What the service has, with the catalogue's word: alarms, percentages and other people's hooks stay as they are. */
export const forward = (config: Config, { deploymentConfiguration = {} }: Service): DeploymentConfiguration => {
  const { canaryConfiguration: _, linearConfiguration: __, ...kept } = deploymentConfiguration;
  return {
    ...kept,
    strategy: config.strategy ?? 'BLUE_GREEN',
    bakeTimeInMinutes: config.bakeMinutes ?? 0,
    lifecycleHooks: [...hooksOf(config, deploymentConfiguration)],
    ...steps(config),
  };
};

/**
 * What ECS waits by that plan: between the steps, of which the last one is followed by no wait (API reference, LinearConfiguration), and
 * while the old revision is kept.
 */
export const leastSeconds = (config: Config): number => {
  const { canaryConfiguration, linearConfiguration, bakeTimeInMinutes = 0 } = forward(config, {});
  const { canaryBakeTimeInMinutes = 0 } = canaryConfiguration ?? {};
  const { stepPercent = 100, stepBakeTimeInMinutes = 0 } = linearConfiguration ?? {};
  const waits = Math.ceil(100 / stepPercent) - 1;
  return (canaryBakeTimeInMinutes + waits * stepBakeTimeInMinutes + bakeTimeInMinutes) * 60;
};

/** Back at once: to what has proven itself before, nobody is asked. */
export const backward = ({ deploymentConfiguration = {} }: Service): DeploymentConfiguration => {
  const { canaryConfiguration: _, linearConfiguration: __, ...kept } = deploymentConfiguration;
  return { ...kept, strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: [] };
};
