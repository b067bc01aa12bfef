import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { targets } from '../../shared/targets/registry.ts';
import type { Statement, TargetMethod } from '../../shared/targets/target.ts';
import { allow, lengthOf, merged, type Resource, type RoleStatement } from './statements.ts';

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

/** Of all inline policies of a role together (IAM User Guide, "IAM and AWS STS quotas"). */
const MOST_POLICY_CHARACTERS = 10_240;

const role = (name: string, statements: readonly RoleStatement[]) => {
  const length = lengthOf(statements);
  if (length > MOST_POLICY_CHARACTERS) {
    throw new Error(
      `the policy of ${name} may have ${length} characters, and IAM takes ${MOST_POLICY_CHARACTERS}: the catalogue has too many services for one stack; divide it between two`,
    );
  }
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [{ PolicyName: 'calls', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
    },
  };
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

/** Each function may do what it does, and no more (I10). Throws where the catalogue's services do not fit into a role. */
export const rolesFor = (catalogue: Catalogue) => ({
  Resources: Object.fromEntries(
    Object.entries(statementsFor(catalogue)).map(([name, statements]) => [name, role(name, statements)]),
  ),
});
