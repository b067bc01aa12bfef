import type { Deployment } from './model.ts';

const rollbackOf = ({ undoneBy, undoes }: Deployment) => {
  if (undoneBy !== undefined)
    return { rollbackInfo: { rollbackDeploymentId: undoneBy, rollbackMessage: 'Deployment was stopped, and is rolled back.' } };
  return undoes === undefined ? {} : { rollbackInfo: { rollbackTriggeringDeploymentId: undoes } };
};

/** As GetDeployment answers; times are seconds since the epoch. */
export const deploymentAnswer = (deployment: Deployment) => {
  const { id, application, group, config, description, creator, content, createdAt, startedAt, completedAt, status, error } =
    deployment;
  return {
    applicationName: application,
    deploymentGroupName: group,
    deploymentConfigName: config,
    deploymentId: id,
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
    status,
    ...(error === undefined ? {} : { errorInformation: error }),
    createTime: createdAt,
    startTime: startedAt,
    ...(completedAt === undefined ? {} : { completeTime: completedAt }),
    description,
    creator,
    ...rollbackOf(deployment),
    instanceTerminationWaitTimeStarted: deployment.terminating,
    computePlatform: 'ECS',
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
  };
};
