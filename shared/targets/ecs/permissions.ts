import type { Permissions, Statement, Where } from '../target.ts';
import { clusterName, type EcsConfig } from './config.ts';

const NO_RESOURCE = 'AWS knows no resource for DescribeTaskDefinition (Service Authorization Reference, Amazon ECS)';
const NO_SERVICE =
  'ListTasks of a service is authorized on *, and narrowed by its cluster (Service Authorization Reference, Amazon ECS)';

/** A condition cannot hold the account's and the region's substitutions; a cluster of another account is out of reach anyway. */
const clusterPattern = (cluster: string): string => (cluster.startsWith('arn:') ? cluster : `arn:aws:ecs:*:*:cluster/${cluster}`);

/** Statements by what is done with them (Service Authorization Reference, "Actions, resources, and condition keys for Amazon ECS"). */
export const ecsStatements = ({ cluster, service, passRoles = [] }: EcsConfig, { account, region }: Where) => {
  const arn = (kind: string, rest: string) => `arn:aws:ecs:${region}:${account}:${kind}/${rest}`;
  const name = clusterName(cluster);
  const ours = arn('service', `${name}/${service}`);
  const deployments = [ours, arn('service-deployment', `${name}/${service}/*`)];
  return {
    look: [
      { actions: ['ecs:DescribeServices'], resources: [ours] },
      { actions: ['ecs:DescribeTaskDefinition'], resources: ['*'], why: NO_RESOURCE },
    ],
    // both the service and what belongs to it are required (Developer Guide, "Permissions required for viewing service deployments")
    trace: [
      { actions: ['ecs:ListServiceDeployments'], resources: [ours] },
      { actions: ['ecs:DescribeServiceDeployments'], resources: deployments },
      { actions: ['ecs:DescribeServiceRevisions'], resources: [ours, arn('service-revision', `${name}/${service}/*`)] },
    ],
    tasks: [
      {
        actions: ['ecs:ListTasks'],
        resources: ['*'],
        why: NO_SERVICE,
        conditions: { ArnLike: { 'ecs:cluster': clusterPattern(cluster) } },
      },
      { actions: ['ecs:DescribeTasks'], resources: [arn('task', `${name}/*`)] },
    ],
    register: [
      { actions: ['ecs:RegisterTaskDefinition'], resources: [arn('task-definition', '*')] },
      {
        actions: ['ecs:TagResource'],
        resources: [arn('task-definition', '*')],
        conditions: { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } },
      },
    ],
    update: [{ actions: ['ecs:UpdateService'], resources: [ours] }],
    pass: passing(passRoles),
    goOn: [{ actions: ['ecs:ContinueServiceDeployment'], resources: deployments }],
    stop: [{ actions: ['ecs:StopServiceDeployment'], resources: deployments }],
  } as const satisfies Readonly<Record<string, readonly Statement[]>>;
};

const passing = (passRoles: readonly string[]): readonly Statement[] =>
  passRoles.length === 0
    ? []
    : [
        {
          actions: ['iam:PassRole'],
          resources: passRoles,
          conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
        },
      ];

/** What each method of a rolling target calls, and on what. */
export const ecsPermissions = (config: EcsConfig, where: Where): Permissions => {
  const { look, trace, tasks, register, update, pass } = ecsStatements(config, where);
  const act = [...register, ...update, ...pass];
  return {
    current: look,
    start: [...look, ...trace, ...act],
    observe: [...look, ...trace, ...tasks],
    restore: [...look, ...trace, ...act],
  };
};

/** Beside that: what runs is told by service deployments; pauses are answered, and ECS is let go back. */
export const shiftPermissions = (config: EcsConfig, where: Where): Permissions => {
  const { trace, stop, goOn } = ecsStatements(config, where);
  const { current, restore, ...others } = ecsPermissions(config, where);
  return { ...others, current: [...current, ...trace], restore: [...restore, ...stop, ...goOn], proceed: goOn };
};
