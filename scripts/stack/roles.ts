import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { targets } from '../../shared/targets/registry.ts';
import type { Statement, TargetMethod } from '../../shared/targets/target.ts';
import { allow, divided, merged, type Resource, type RoleStatement } from './statements.ts';

/** Every `*` that is left, and why AWS cannot narrow it; a test compares the roles with this. */
export const REASONS_FOR_ANY_RESOURCE: Readonly<Record<string, string>> = {
  'ecs:DescribeTaskDefinition': 'AWS knows no resource for DescribeTaskDefinition (Service Authorization Reference, Amazon ECS)',
  'ecs:ListTasks':
    'ListTasks of a service is authorized on *, and narrowed by its cluster (Service Authorization Reference, Amazon ECS)',
  'cloudwatch:DescribeAlarms':
    'composite alarms are returned only where DescribeAlarms is allowed on * (API reference, DescribeAlarms)',
};

const arnOf = (logicalId: string): Resource => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

const logs = (name: string) =>
  allow(
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    [{ 'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/\${Bus}-${name}:*` }],
  );

const reads = (queue: string) =>
  allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'], [arnOf(queue)]);

const sends = (...queues: readonly string[]) => allow(['sqs:SendMessage'], queues.map(arnOf));

const publishes = allow(['events:PutEvents'], [arnOf('Bus')], { StringEquals: { 'events:source': 'switchyard' } });

/** TransactWriteItems needs the permission of each of its writes. */
const usesTable = allow(
  [
    'dynamodb:GetItem',
    'dynamodb:BatchGetItem',
    'dynamodb:Query',
    'dynamodb:PutItem',
    'dynamodb:DeleteItem',
    'dynamodb:ConditionCheckItem',
  ],
  [arnOf('Table')],
);

/** The router keeps the answers of requests that it refuses. */
const keepsRejections = allow(['dynamodb:PutItem'], [arnOf('Table')]);

const sweepsTable = allow(['dynamodb:Query'], [{ 'Fn::Sub': '${Table.Arn}/index/due' }]);

const readsAlarms = allow(['cloudwatch:DescribeAlarms'], ['*']);

/** A request may name any repository of the pipeline's own registry, and no other registry. */
const asksEcr = allow(
  ['ecr:DescribeImages', 'ecr:BatchGetImage'],
  [{ 'Fn::Sub': 'arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/*' }],
);

const HERE = { account: '${AWS::AccountId}', region: '${AWS::Region}' };

/** What the function's calls to the targets of this catalogue need. */
const callsTargets = ({ services }: Catalogue, methods: readonly TargetMethod[]): readonly RoleStatement[] =>
  merged(
    services.flatMap(({ settings: { target } }): readonly Statement[] => {
      const permissions = targets[target.kind]?.permissions(target, HERE);
      return permissions === undefined ? [] : methods.flatMap((method) => permissions[method]);
    }),
  );

/** Characters of all inline policies of a role together, and of a managed policy (IAM User Guide, "IAM and AWS STS quotas"). */
const INLINE = 10_240;
const MANAGED = 6144;
/** Managed policies of a role; AWS raises it on request (the same page). */
const MOST_MANAGED = 10;

const documentOf = (statements: readonly RoleStatement[]) => ({ Version: '2012-10-17', Statement: statements });

/** The role, with managed policies beside its own where that has no room for every service. */
const role = (name: string, statements: readonly RoleStatement[]): readonly (readonly [logicalId: string, object])[] => {
  const [own = [], ...others] = divided(statements, INLINE, MANAGED);
  if (others.length > MOST_MANAGED) {
    throw new Error(
      `${name} would need ${others.length} managed policies beside its own, and IAM attaches ${MOST_MANAGED}: the catalogue has too many services for one stack; divide it between two`,
    );
  }
  const itself = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [{ PolicyName: 'calls', PolicyDocument: documentOf(own) }],
    },
  };
  const managed = others.map((more, index) => {
    const Properties = { PolicyDocument: documentOf(more), Roles: [{ Ref: name }] };
    return [`${name}Policy${index + 1}`, { Type: 'AWS::IAM::ManagedPolicy', Properties }] as const;
  });
  return [[name, itself], ...managed];
};

const decides = (name: string, queue: string, deadLetters: string) => [
  logs(name),
  reads(queue),
  sends(deadLetters, 'Inbox'),
  publishes,
  usesTable,
  readsAlarms,
];

const statementsFor = (catalogue: Catalogue): Readonly<Record<string, readonly RoleStatement[]>> => ({
  RouteRole: [
    logs('route'),
    reads('Inbox'),
    sends('DeployQueue', 'VerifyQueue', 'RollbackQueue', 'InboxDeadLetters'),
    publishes,
    keepsRejections,
  ],
  DeployRole: [
    ...decides('deploy', 'DeployQueue', 'DeployDeadLetters'),
    asksEcr,
    ...callsTargets(catalogue, ['current', 'start']),
  ],
  VerifyRole: [...decides('verify', 'VerifyQueue', 'VerifyDeadLetters'), ...callsTargets(catalogue, ['observe'])],
  RollbackRole: [
    ...decides('rollback', 'RollbackQueue', 'RollbackDeadLetters'),
    asksEcr,
    ...callsTargets(catalogue, ['current', 'restore']),
  ],
  SweepRole: [logs('sweep'), sweepsTable, sends('Inbox')],
});

/** Each function may do what it does, and no more (I10). Throws where the catalogue's services do not fit into a role's policies. */
export const rolesFor = (catalogue: Catalogue): { readonly Resources: Readonly<Record<string, object>> } => ({
  Resources: Object.fromEntries(Object.entries(statementsFor(catalogue)).flatMap(([name, statements]) => role(name, statements))),
});
