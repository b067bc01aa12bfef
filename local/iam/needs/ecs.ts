import { ACCOUNT } from '../../service.ts';
import type { Need } from '../policy.ts';
import { arn, type Input, listOf, type NeedsOf, need, tagKeys, textOf, textsOf } from './need.ts';

/** The part of an ARN, or the name itself, after the kind: `service/prod/api` is `prod/api`. */
const nameIn = (text: string): string => (text.startsWith('arn:') ? text.slice(text.indexOf('/') + 1) : text);

const clusterName = (input: Input): string => nameIn(textOf(input, 'cluster')) || 'default';

const inCluster = (input: Input) => ({ 'ecs:cluster': arn('ecs', `cluster/${clusterName(input)}`) });

/** A name, an ARN with its cluster, or an old ARN without. */
const within = (input: Input, text: string): string => {
  const name = nameIn(text);
  return name.includes('/') ? name : `${clusterName(input)}/${name || '*'}`;
};

const service = (input: Input, member: string): string => arn('ecs', `service/${within(input, textOf(input, member))}`);

const onService =
  (action: string, member = 'service') =>
  (input: Input) => [need(`ecs:${action}`, service(input, member), inCluster(input))];

/** `service-deployment/prod/api/x` belongs to `service/prod/api`; both are needed ("Permissions required for viewing service deployments"). */
const ofService = (action: string, resource: string): readonly Need[] => {
  const [, cluster = '*', name = '*'] = resource.split('/');
  const keys = { 'ecs:cluster': arn('ecs', `cluster/${cluster}`) };
  return [need(`ecs:${action}`, arn('ecs', `service/${cluster}/${name}`), keys), need(`ecs:${action}`, resource, keys)];
};

const passes = (role: string): readonly Need[] =>
  role === ''
    ? []
    : [
        need('iam:PassRole', role.startsWith('arn:') ? role : `arn:aws:iam::${ACCOUNT}:role/${role}`, {
          'iam:PassedToService': 'ecs-tasks.amazonaws.com',
        }),
      ];

const tagsIn = (input: Input) => listOf(input, 'tags').map((tag) => [textOf(tag, 'key'), textOf(tag, 'value')] as const);

/** Tags at creation need ecs:TagResource too (Developer Guide, "Grant permission to tag resources on creation"). */
const created = (action: string, resource: string, input: Input, keys: Need['keys'] = {}): readonly Need[] => {
  const tags = tagKeys(tagsIn(input));
  return [
    need(`ecs:${action}`, resource, { ...keys, ...tags }),
    ...(tagsIn(input).length === 0 ? [] : [need('ecs:TagResource', resource, { ...keys, ...tags, 'ecs:CreateAction': action })]),
  ];
};

const tasks = (action: string, given: (input: Input) => readonly string[]) => (input: Input) =>
  given(input).map((task) => need(`ecs:${action}`, arn('ecs', `task/${within(input, task)}`), inCluster(input)));

/** Service Authorization Reference, "Amazon Elastic Container Service". */
export const ecsNeeds: NeedsOf = {
  CreateCluster: (input) => created('CreateCluster', arn('ecs', `cluster/${textOf(input, 'clusterName') || 'default'}`), input),
  CreateService: (input) => created('CreateService', service(input, 'serviceName'), input, inCluster(input)),
  DeleteService: onService('DeleteService'),
  DeregisterTaskDefinition: () => [need('ecs:DeregisterTaskDefinition', '*')],
  DescribeClusters: (input) =>
    (textsOf(input, 'clusters').length === 0 ? ['default'] : textsOf(input, 'clusters')).map((name) =>
      need('ecs:DescribeClusters', arn('ecs', `cluster/${nameIn(name)}`)),
    ),
  DescribeServiceDeployments: (input) =>
    textsOf(input, 'serviceDeploymentArns').flatMap((resource) => ofService('DescribeServiceDeployments', resource)),
  DescribeServiceRevisions: (input) =>
    textsOf(input, 'serviceRevisionArns').flatMap((resource) => ofService('DescribeServiceRevisions', resource)),
  DescribeServices: (input) =>
    textsOf(input, 'services').map((name) =>
      need('ecs:DescribeServices', arn('ecs', `service/${within(input, name)}`), inCluster(input)),
    ),
  DescribeTaskDefinition: () => [need('ecs:DescribeTaskDefinition', '*')],
  DescribeTasks: tasks('DescribeTasks', (input) => textsOf(input, 'tasks')),
  ListClusters: () => [need('ecs:ListClusters', '*')],
  ListServiceDeployments: onService('ListServiceDeployments'),
  ListServices: (input) => [need('ecs:ListServices', '*', inCluster(input))],
  ListTaskDefinitions: () => [need('ecs:ListTaskDefinitions', '*')],
  ListTasks: (input) => [need('ecs:ListTasks', '*', inCluster(input))],
  RegisterTaskDefinition: (input) => [
    ...created('RegisterTaskDefinition', arn('ecs', `task-definition/${textOf(input, 'family') || '*'}:*`), input),
    ...passes(textOf(input, 'taskRoleArn')),
    ...passes(textOf(input, 'executionRoleArn')),
  ],
  ContinueServiceDeployment: (input) => ofService('ContinueServiceDeployment', textOf(input, 'serviceDeploymentArn')),
  StopServiceDeployment: (input) => ofService('StopServiceDeployment', textOf(input, 'serviceDeploymentArn')),
  StopTask: tasks('StopTask', (input) => [textOf(input, 'task')]),
  UpdateService: (input) => [
    need('ecs:UpdateService', service(input, 'service'), {
      ...inCluster(input),
      ...(textOf(input, 'taskDefinition') === ''
        ? {}
        : { 'ecs:task-definition': taskDefinitionArn(textOf(input, 'taskDefinition')) }),
    }),
  ],
};

const taskDefinitionArn = (text: string): string => (text.startsWith('arn:') ? text : arn('ecs', `task-definition/${text}`));
