import { ACCOUNT, REGION } from '../../service.ts';
import { type GroupOf, type Input, type NeedsOf, need, textOf, textsOf } from './need.ts';

const arn = (kind: string, name: string): string => `arn:aws:codedeploy:${REGION}:${ACCOUNT}:${kind}:${name}`;

const onApplication = (action: string) => (input: Input) => [
  need(`codedeploy:${action}`, arn('application', textOf(input, 'applicationName') || '*')),
];

const onGroup = (action: string) => (input: Input) => [
  need(
    `codedeploy:${action}`,
    arn('deploymentgroup', `${textOf(input, 'applicationName') || '*'}/${textOf(input, 'deploymentGroupName') || '*'}`),
  ),
];

/** A deployment's id does not tell its group: it is looked up. */
const onGroupOf = (action: string, idsIn: (input: Input) => readonly string[]) => (input: Input, _: unknown, groups: GroupOf) =>
  [...new Set(idsIn(input).map((id) => groups(id) ?? '*'))].map((name) =>
    need(`codedeploy:${action}`, arn('deploymentgroup', name)),
  );

const theOne = (input: Input) => [textOf(input, 'deploymentId')];

/**
 * Service Authorization Reference, "AWS CodeDeploy". CreateDeployment reads the deployment configuration and registers the revision too.
 */
export const codeDeployNeeds: NeedsOf = {
  BatchGetDeployments: onGroupOf('BatchGetDeployments', (input) => textsOf(input, 'deploymentIds')),
  CreateApplication: onApplication('CreateApplication'),
  CreateDeployment: (input) => [
    ...onGroup('CreateDeployment')(input),
    ...onApplication('RegisterApplicationRevision')(input),
    need('codedeploy:GetDeploymentConfig', arn('deploymentconfig', textOf(input, 'deploymentConfigName') || '*')),
  ],
  CreateDeploymentGroup: onGroup('CreateDeploymentGroup'),
  GetDeployment: onGroupOf('GetDeployment', theOne),
  GetDeploymentGroup: onGroup('GetDeploymentGroup'),
  ListDeployments: onGroup('ListDeployments'),
  StopDeployment: onGroupOf('StopDeployment', theOne),
};
