import { arn as arnOf, type Here, type Input, type NeedsOf, need, textOf, textsOf } from './need.ts';

const arn = (here: Here, kind: string, name: string): string => arnOf(here, 'codedeploy', `${kind}:${name}`);

const onApplication = (action: string) => (input: Input, here: Here) => [
  need(`codedeploy:${action}`, arn(here, 'application', textOf(input, 'applicationName') || '*')),
];

const onGroup = (action: string) => (input: Input, here: Here) => [
  need(
    `codedeploy:${action}`,
    arn(here, 'deploymentgroup', `${textOf(input, 'applicationName') || '*'}/${textOf(input, 'deploymentGroupName') || '*'}`),
  ),
];

/** A deployment's id does not tell its group: it is looked up. */
const onGroupOf = (action: string, idsIn: (input: Input) => readonly string[]) => (input: Input, here: Here) =>
  [...new Set(idsIn(input).map((id) => here.groupOf(id) ?? '*'))].map((name) =>
    need(`codedeploy:${action}`, arn(here, 'deploymentgroup', name)),
  );

const theOne = (input: Input) => [textOf(input, 'deploymentId')];

/**
 * Service Authorization Reference, "AWS CodeDeploy". CreateDeployment reads the deployment configuration and registers the revision too.
 */
export const codeDeployNeeds: NeedsOf = {
  BatchGetDeployments: onGroupOf('BatchGetDeployments', (input) => textsOf(input, 'deploymentIds')),
  CreateApplication: onApplication('CreateApplication'),
  CreateDeployment: (input, here) => [
    ...onGroup('CreateDeployment')(input, here),
    ...onApplication('RegisterApplicationRevision')(input, here),
    need('codedeploy:GetDeploymentConfig', arn(here, 'deploymentconfig', textOf(input, 'deploymentConfigName') || '*')),
  ],
  CreateDeploymentGroup: onGroup('CreateDeploymentGroup'),
  GetDeployment: onGroupOf('GetDeployment', theOne),
  GetDeploymentGroup: onGroup('GetDeploymentGroup'),
  ListDeployments: onGroup('ListDeployments'),
  PutLifecycleEventHookExecutionStatus: onGroupOf('PutLifecycleEventHookExecutionStatus', theOne),
  StopDeployment: onGroupOf('StopDeployment', theOne),
};
