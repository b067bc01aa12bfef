import type { Permissions, Statement } from '../target.ts';
import { clusterName, type EcsConfig } from './config.ts';

interface Where {
  readonly account: string;
  readonly region: string;
}

const NO_RESOURCE = 'AWS knows no resource for DescribeTaskDefinition (Service Authorization Reference, Amazon ECS)';
const NO_SERVICE =
  'ListTasks of a service is authorized on *, and narrowed by its cluster (Service Authorization Reference, Amazon ECS)';

/** A condition cannot hold the account's and the region's substitutions; a cluster of another account is out of reach anyway. */
const clusterPattern = (cluster: string): string => (cluster.startsWith('arn:') ? cluster : `arn:aws:ecs:*:*:cluster/${cluster}`);

/** What each method calls, and on what (Service Authorization Reference, "Actions, resources, and condition keys for Amazon ECS"). */
export const ecsPermissions = ({ cluster, service, passRoles = [] }: EcsConfig, { account, region }: Where): Permissions => {
  const arn = (kind: string, rest: string) => `arn:aws:ecs:${region}:${account}:${kind}/${rest}`;
  const within = `${clusterName(cluster)}/${service}`;
  const ours = arn('service', within);
  const look: Statement = { actions: ['ecs:DescribeServices'], resources: [ours] };
  const read: Statement = { actions: ['ecs:DescribeTaskDefinition'], resources: ['*'], why: NO_RESOURCE };
  const trace = tracing({ cluster, service }, { account, region });
  const tasks: readonly Statement[] = [
    {
      actions: ['ecs:ListTasks'],
      resources: ['*'],
      why: NO_SERVICE,
      conditions: { ArnLike: { 'ecs:cluster': clusterPattern(cluster) } },
    },
    { actions: ['ecs:DescribeTasks'], resources: [arn('task', `${clusterName(cluster)}/*`)] },
  ];
  const act: readonly Statement[] = [
    { actions: ['ecs:RegisterTaskDefinition'], resources: [arn('task-definition', '*')] },
    {
      actions: ['ecs:TagResource'],
      resources: [arn('task-definition', '*')],
      conditions: { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } },
    },
    { actions: ['ecs:UpdateService'], resources: [ours] },
    ...passing(passRoles),
  ];
  return {
    current: [look, read],
    start: [look, read, ...trace, ...act],
    observe: [look, read, ...trace, ...tasks],
    restore: [look, read, ...trace, ...act],
  };
};

/** Both the service and what belongs to it are required (Developer Guide, "Permissions required for viewing service deployments"). */
const tracing = (
  { cluster, service }: Pick<EcsConfig, 'cluster' | 'service'>,
  { account, region }: Where,
): readonly Statement[] => {
  const within = `${clusterName(cluster)}/${service}`;
  const arn = (kind: string) => `arn:aws:ecs:${region}:${account}:${kind}/${within}`;
  return [
    { actions: ['ecs:ListServiceDeployments'], resources: [arn('service')] },
    { actions: ['ecs:DescribeServiceDeployments'], resources: [arn('service'), `${arn('service-deployment')}/*`] },
    { actions: ['ecs:DescribeServiceRevisions'], resources: [arn('service'), `${arn('service-revision')}/*`] },
  ];
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

/** Beside that: what runs is told by service deployments; pauses are answered, and ECS is let go back . */
export const shiftPermissions = (config: EcsConfig, where: Where): Permissions => {
  const { current, restore, ...others } = ecsPermissions(config, where);
  const { cluster, service } = config;
  const arn = (kind: string) => `arn:aws:ecs:${where.region}:${where.account}:${kind}/${clusterName(cluster)}/${service}`;
  const resources = [arn('service'), `${arn('service-deployment')}/*`];
  const goOn: Statement = { actions: ['ecs:ContinueServiceDeployment'], resources };
  return {
    ...others,
    current: [...current, ...tracing(config, where)],
    restore: [...restore, { actions: ['ecs:StopServiceDeployment'], resources }, goOn],
    proceed: [goOn],
  };
};
