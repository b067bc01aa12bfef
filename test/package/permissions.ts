import { parse } from 'yaml';
import { type Check, functions, named, ofType, problem, type Resource, type Template, text } from './template.ts';

/** One service of a catalogue, as far as permissions depend on it. */
export interface Place {
  readonly cluster: string;
  readonly service: string;
  readonly passRoles: readonly string[];
}

interface Catalogue {
  readonly environments: Readonly<Record<string, { readonly services: Readonly<Record<string, { readonly target: Place }>> }>>;
  readonly promotions: Readonly<Record<string, Readonly<Record<'from' | 'to', { readonly repository: string }>>>>;
}

/** The repositories between which images are promoted; every registry of the project's catalogue is one ECR. */
export const moves = (catalogue: string): readonly (readonly [from: string, to: string])[] => {
  const { promotions }: Catalogue = parse(catalogue);
  return Object.values(promotions).map(({ from, to }) => [from.repository, to.repository]);
};

/** Read from the file as it is written, without the code that is tested. */
export const placesIn = (catalogue: string): readonly Place[] => {
  const { environments }: Catalogue = parse(catalogue);
  return Object.values(environments).flatMap(({ services }) =>
    Object.entries(services).map(([service, { target }]) => ({ ...target, service })),
  );
};

const grant = (resource: string, action: string, condition?: unknown): string =>
  `${action} on ${resource}${condition === undefined ? '' : ` if ${text(condition)}`}`;

const on = (resource: string, actions: string, condition?: object): readonly string[] =>
  actions.split(' ').map((action) => grant(resource, action, condition));

const logOf = (name: string): readonly string[] =>
  on(
    `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/\${Bus}-${name}:*`,
    'logs:CreateLogStream logs:PutLogEvents',
  );

/** Lambda's own three calls (Developer Guide, "Using Lambda with Amazon SQS"), and the back-off of a message that failed. */
const READS = 'sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes sqs:ChangeMessageVisibility';

const IN_OUR_NAME = { StringEquals: { 'events:source': 'switchyard' } };

const REPOSITORIES = 'arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/*';

const repository = (name: string): string => `arn:\${AWS::Partition}:ecr:eu-west-1:123456789012:repository/${name}`;

/** What deploy, verify and rollback share: a queue, the inbox for wakes, the table, the bus, alarms. */
const deciding = (name: string, queue: string, deadLetters: string): readonly string[] => [
  ...logOf(name),
  ...on(queue, READS),
  ...on(deadLetters, 'sqs:SendMessage'),
  ...on('Inbox', 'sqs:SendMessage'),
  ...on('Bus', 'events:PutEvents', IN_OUR_NAME),
  ...on('Table', 'dynamodb:GetItem dynamodb:BatchGetItem dynamodb:Query'),
  ...on('Table', 'dynamodb:PutItem dynamodb:DeleteItem dynamodb:ConditionCheckItem'),
  ...on('*', 'cloudwatch:DescribeAlarms'),
];

const ecs = (kind: string, rest: string): string => `arn:aws:ecs:\${AWS::Region}:\${AWS::AccountId}:${kind}/${rest}`;

/** What an ECS service is looked at with. */
const looking = ({ cluster, service }: Place): readonly string[] => [
  ...on(ecs('service', `${cluster}/${service}`), 'ecs:DescribeServices ecs:ListServiceDeployments'),
  ...on(ecs('service', `${cluster}/${service}`), 'ecs:DescribeServiceDeployments ecs:DescribeServiceRevisions'),
  ...on(ecs('service-deployment', `${cluster}/${service}/*`), 'ecs:DescribeServiceDeployments'),
  ...on(ecs('service-revision', `${cluster}/${service}/*`), 'ecs:DescribeServiceRevisions'),
  ...on('*', 'ecs:DescribeTaskDefinition'),
];

/** What an ECS service is changed with: by deploy and by rollback, and by nobody else (S1.4). */
const changing = ({ cluster, service, passRoles }: Place): readonly string[] => [
  ...on(ecs('service', `${cluster}/${service}`), 'ecs:UpdateService'),
  ...on(ecs('task-definition', '*'), 'ecs:RegisterTaskDefinition'),
  ...on(ecs('task-definition', '*'), 'ecs:TagResource', { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } }),
  ...passRoles.flatMap((role) =>
    on(role, 'iam:PassRole', { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }),
  ),
];

/** Why tasks stopped. */
const stopped = ({ cluster }: Place): readonly string[] => [
  ...on('*', 'ecs:ListTasks', { ArnLike: { 'ecs:cluster': `arn:aws:ecs:*:*:cluster/${cluster}` } }),
  ...on(ecs('task', `${cluster}/*`), 'ecs:DescribeTasks'),
];

/** What each function calls, on what: worked by hand from its code. Nothing else may be in its role. */
const needs = (places: readonly Place[], promoted: ReturnType<typeof moves>): Readonly<Record<string, readonly string[]>> => ({
  RouteRole: [
    ...logOf('route'),
    ...on('Inbox', READS),
    ...on('InboxDeadLetters', 'sqs:SendMessage'),
    ...['DeployQueue', 'VerifyQueue', 'RollbackQueue', 'PromoteQueue'].flatMap((queue) => on(queue, 'sqs:SendMessage')),
    ...on('Bus', 'events:PutEvents', IN_OUR_NAME),
    ...on('Table', 'dynamodb:PutItem'),
  ],
  DeployRole: [
    ...deciding('deploy', 'DeployQueue', 'DeployDeadLetters'),
    ...on(REPOSITORIES, 'ecr:DescribeImages ecr:BatchGetImage'),
    ...places.flatMap((place) => [...looking(place), ...changing(place)]),
  ],
  VerifyRole: [
    ...deciding('verify', 'VerifyQueue', 'VerifyDeadLetters'),
    ...places.flatMap((place) => [...looking(place), ...stopped(place)]),
  ],
  RollbackRole: [
    ...deciding('rollback', 'RollbackQueue', 'RollbackDeadLetters'),
    ...on(REPOSITORIES, 'ecr:DescribeImages ecr:BatchGetImage'),
    ...places.flatMap((place) => [...looking(place), ...changing(place)]),
  ],
  PromoteRole: [
    ...logOf('promote'),
    ...on('PromoteQueue', READS),
    ...on('PromoteDeadLetters', 'sqs:SendMessage'),
    ...on('Inbox', 'sqs:SendMessage'),
    ...on('Bus', 'events:PutEvents', IN_OUR_NAME),
    ...on('Table', 'dynamodb:GetItem dynamodb:Query dynamodb:PutItem dynamodb:DeleteItem'),
    ...on('*', 'ecr:GetAuthorizationToken'),
    ...promoted.flatMap(([from, to]) => [
      ...on(repository(from), 'ecr:BatchGetImage ecr:GetDownloadUrlForLayer ecr:ListImageReferrers'),
      // To push: Amazon ECR User Guide, "IAM permissions for pushing an image".
      ...on(repository(to), 'ecr:BatchGetImage ecr:BatchCheckLayerAvailability ecr:InitiateLayerUpload'),
      ...on(repository(to), 'ecr:UploadLayerPart ecr:CompleteLayerUpload ecr:PutImage'),
    ]),
  ],
  SweepRole: [...logOf('sweep'), ...on('${Table.Arn}/index/due', 'dynamodb:Query'), ...on('Inbox', 'sqs:SendMessage')],
  TranslateRole: [
    ...logOf('translate'),
    ...on('TranslateQueue', READS),
    ...on('TranslateDeadLetters', 'sqs:SendMessage'),
    ...on('Table', 'dynamodb:GetItem dynamodb:PutItem', {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['translate#*'] },
    }),
    ...on('Bus', 'events:PutEvents', { StringEquals: { 'events:source': 'switchyard.cdevents' } }),
  ],
  MeasureRole: [
    ...logOf('measure'),
    ...on('MeasureQueue', READS),
    ...on('MeasureDeadLetters', 'sqs:SendMessage'),
    ...on('Table', 'dynamodb:Query dynamodb:BatchGetItem'),
    ...on('Table', 'dynamodb:PutItem', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['measure#*'] } }),
  ],
});

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

const statementsOf = ({ Properties }: Resource): readonly Statement[] =>
  (Properties['Policies'] ?? []).flatMap((policy: Resource['Properties']) => policy['PolicyDocument'].Statement);

const rolesIn = (template: Template) => ofType(template, 'AWS::IAM::Role');

const grantsOf = (role: Resource): ReadonlySet<string> =>
  new Set(
    statementsOf(role).flatMap(({ Action, Resource: resources, Condition }) =>
      list(resources).flatMap((resource) => list(Action).map((action) => grant(named(resource as string), action, Condition))),
    ),
  );

/** Lambda Developer Guide, "Visualize Lambda function invocations using AWS X-Ray": what active tracing takes. */
const TRACES = on('*', 'xray:PutTraceSegments xray:PutTelemetryRecords');

/** A role for each function, with its calls on its resources, and no others (I10). */
export const roles =
  (places: readonly Place[], promoted: ReturnType<typeof moves>): Check =>
  (template) => {
    const needed = needs(places, promoted);
    return [
      ...functions(template).flatMap(([id, { Properties }]) => {
        const role = named(Properties['Role']);
        return problem(role !== `${id.replace('LambdaFunction', '')}Role`, `${id} has not a role of its own, but ${role}`);
      }),
      ...Object.keys(needed).flatMap((role) => problem(template.Resources[role] === undefined, `there is no ${role}`)),
      ...rolesIn(template).flatMap(([id, role]) => {
        const allowed = grantsOf(role);
        const calls = [...(needed[id] ?? []), ...TRACES];
        return [
          ...calls.filter((call) => !allowed.has(call)).map((call) => `${id} lacks ${call}`),
          ...[...allowed].filter((call) => !calls.includes(call)).map((call) => `${id} may ${call}`),
          ...problem(role.Properties['ManagedPolicyArns'] !== undefined, `${id} has policies of others`),
          ...problem(
            statementsOf(role).some(({ Effect }) => Effect !== 'Allow'),
            `${id} has a statement that does not allow`,
          ),
        ];
      }),
    ];
  };

/** Only Lambda may take on a role. */
export const trust: Check = (template) =>
  rolesIn(template).flatMap(([id, { Properties }]) => {
    const statements = text(Properties['AssumeRolePolicyDocument']?.Statement);
    const lambda = '[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]';
    return problem(statements !== lambda, `others than Lambda may take on ${id}`);
  });

/** `reasons`: every action that AWS cannot narrow, and why. */
export const anyResource =
  (reasons: Readonly<Record<string, string>>): Check =>
  (template) =>
    rolesIn(template).flatMap(([id, role]) =>
      statementsOf(role).flatMap(({ Action, Resource }) => [
        ...list(Action)
          .filter((action) => action.includes('*'))
          .map((action) => `${id} may ${action}`),
        ...list(Action)
          .filter((action) => list(Resource).includes('*') && reasons[action] === undefined)
          .map((action) => `${id} may ${action} on anything`),
      ]),
    );

/** All inline policies of a role together: 10,240 characters (IAM quotas). */
export const policyLength: Check = (template) =>
  rolesIn(template).flatMap(([id, role]) => problem(text(statementsOf(role)).length > 10_240, `the policy of ${id} is too long`));

const REQUESTS = ['DeployRequested', 'RollbackRequested', 'DeploymentCancelRequested', 'PromotionRequested', 'EvidenceRecorded'];

/** CI may put requests with its own source on this bus, and do nothing else (S1.4). */
export const ciPolicy: Check = (template) => {
  const policies = ofType(template, 'AWS::IAM::ManagedPolicy')
    .filter(([id]) => id !== 'OperatorPolicy')
    .map(([, { Properties }]) => Properties['PolicyDocument']);
  const [statement, ...others] = list<Statement>(policies[0]?.Statement ?? []);
  const condition = { StringEquals: { 'events:source': 'ci', 'events:detail-type': REQUESTS } };
  return [
    ...problem(policies.length !== 1 || others.length > 0, 'there is not one statement for CI'),
    ...problem(statement?.Action !== 'events:PutEvents', 'CI may do something else than put events, or not even that'),
    ...problem(named(statement?.Resource as string) !== 'Bus', 'CI may put events on other buses'),
    ...problem(text(statement?.Condition) !== text(condition), 'CI may put other events than its own requests'),
  ];
};
