import { placeIn } from '../../place.ts';
import type { Need } from '../policy.ts';
import { arn, type Here, type Input, listOf, type NeedsOf, need, tagKeys, textOf, textsOf } from './need.ts';

/** The part of an ARN, or the name itself, after the kind: `service/prod/api` is `prod/api`. */
const nameIn = (text: string): string => (text.startsWith('arn:') ? text.slice(text.indexOf('/') + 1) : text);

/** Whose an ARN is: the first of them that is one tells it. */
const at = (here: Here, ...texts: readonly string[]): Pick<Here, 'place'> => {
  const given = texts.find((text) => text.startsWith('arn:'));
  return given === undefined ? here : { place: placeIn(given, here.place) };
};

const clusterName = (input: Input): string => nameIn(textOf(input, 'cluster')) || 'default';

const inCluster = (input: Input, here: Here) => ({
  'ecs:cluster': arn(at(here, textOf(input, 'cluster')), 'ecs', `cluster/${clusterName(input)}`),
});

/** A name, an ARN with its cluster, or an old ARN without. */
const within = (input: Input, text: string): string => {
  const name = nameIn(text);
  return name.includes('/') ? name : `${clusterName(input)}/${name || '*'}`;
};

const service = (input: Input, here: Here, member: string): string =>
  arn(at(here, textOf(input, member), textOf(input, 'cluster')), 'ecs', `service/${within(input, textOf(input, member))}`);

const onService =
  (action: string, member = 'service') =>
  (input: Input, here: Here) => [need(`ecs:${action}`, service(input, here, member), inCluster(input, here))];

/** `service-deployment/prod/api/x` belongs to `service/prod/api`; both are needed ("Permissions required for viewing service deployments"). */
const ofService = (here: Here, action: string, resource: string): readonly Need[] => {
  const [, cluster = '*', name = '*'] = resource.split('/');
  const keys = { 'ecs:cluster': arn(at(here, resource), 'ecs', `cluster/${cluster}`) };
  return [
    need(`ecs:${action}`, arn(at(here, resource), 'ecs', `service/${cluster}/${name}`), keys),
    need(`ecs:${action}`, resource, keys),
  ];
};

const passes = ({ place }: Here, role: string): readonly Need[] =>
  role === ''
    ? []
    : [
        need('iam:PassRole', role.startsWith('arn:') ? role : `arn:aws:iam::${place.account}:role/${role}`, {
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

const tasks = (action: string, given: (input: Input) => readonly string[]) => (input: Input, here: Here) =>
  given(input).map((task) =>
    need(
      `ecs:${action}`,
      arn(at(here, task, textOf(input, 'cluster')), 'ecs', `task/${within(input, task)}`),
      inCluster(input, here),
    ),
  );

/** Service Authorization Reference, "Amazon Elastic Container Service". */
export const ecsNeeds: NeedsOf = {
  CreateCluster: (input, here) =>
    created('CreateCluster', arn(here, 'ecs', `cluster/${textOf(input, 'clusterName') || 'default'}`), input),
  CreateService: (input, here) => created('CreateService', service(input, here, 'serviceName'), input, inCluster(input, here)),
  DeleteService: onService('DeleteService'),
  DeregisterTaskDefinition: () => [need('ecs:DeregisterTaskDefinition', '*')],
  DescribeClusters: (input, here) =>
    (textsOf(input, 'clusters').length === 0 ? ['default'] : textsOf(input, 'clusters')).map((name) =>
      need('ecs:DescribeClusters', arn(at(here, name), 'ecs', `cluster/${nameIn(name)}`)),
    ),
  DescribeServiceDeployments: (input, here) =>
    textsOf(input, 'serviceDeploymentArns').flatMap((resource) => ofService(here, 'DescribeServiceDeployments', resource)),
  DescribeServiceRevisions: (input, here) =>
    textsOf(input, 'serviceRevisionArns').flatMap((resource) => ofService(here, 'DescribeServiceRevisions', resource)),
  DescribeServices: (input, here) =>
    textsOf(input, 'services').map((name) =>
      need(
        'ecs:DescribeServices',
        arn(at(here, name, textOf(input, 'cluster')), 'ecs', `service/${within(input, name)}`),
        inCluster(input, here),
      ),
    ),
  DescribeTaskDefinition: () => [need('ecs:DescribeTaskDefinition', '*')],
  DescribeTasks: tasks('DescribeTasks', (input) => textsOf(input, 'tasks')),
  ListClusters: () => [need('ecs:ListClusters', '*')],
  ListServiceDeployments: onService('ListServiceDeployments'),
  ListServices: (input, here) => [need('ecs:ListServices', '*', inCluster(input, here))],
  ListTaskDefinitions: () => [need('ecs:ListTaskDefinitions', '*')],
  ListTasks: (input, here) => [need('ecs:ListTasks', '*', inCluster(input, here))],
  RegisterTaskDefinition: (input, here) => [
    ...created('RegisterTaskDefinition', arn(here, 'ecs', `task-definition/${textOf(input, 'family') || '*'}:*`), input),
    ...passes(here, textOf(input, 'taskRoleArn')),
    ...passes(here, textOf(input, 'executionRoleArn')),
  ],
  ContinueServiceDeployment: (input, here) => ofService(here, 'ContinueServiceDeployment', textOf(input, 'serviceDeploymentArn')),
  StopServiceDeployment: (input, here) => ofService(here, 'StopServiceDeployment', textOf(input, 'serviceDeploymentArn')),
  StopTask: tasks('StopTask', (input) => [textOf(input, 'task')]),
  UpdateService: (input, here) => [
    need('ecs:UpdateService', service(input, here, 'service'), {
      ...inCluster(input, here),
      ...(textOf(input, 'taskDefinition') === ''
        ? {}
        : { 'ecs:task-definition': taskDefinitionArn(here, textOf(input, 'taskDefinition')) }),
    }),
  ],
};

const taskDefinitionArn = (here: Here, text: string): string =>
  text.startsWith('arn:') ? text : arn(here, 'ecs', `task-definition/${text}`);
