import { allow, type Resource, type RoleStatement } from './statements.ts';

export const arnOf = (logicalId: string): Resource => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

export const logs = (name: string) =>
  allow(
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    [{ 'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/\${Bus}-${name}:*` }],
  );

export const reads = (queue: string) =>
  allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'], [arnOf(queue)]);

export const sends = (...queues: readonly string[]) => allow(['sqs:SendMessage'], queues.map(arnOf));

/** To read a secret that the catalogue refers to. Secrets Manager adds six characters to a secret's name in its ARN. */
export const readsSecret = (reference: string): RoleStatement => {
  const [, kind, name = ''] = /^\$\{(ssm|secretsmanager):([^}]+)\}$/.exec(reference) ?? [];
  if (kind === 'ssm')
    return allow(
      ['ssm:GetParameter'],
      [{ 'Fn::Sub': `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/${name.replace(/^\//, '')}` }],
    );
  const secret = name.startsWith('arn:')
    ? name
    : { 'Fn::Sub': `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${name}-??????` };
  return allow(['secretsmanager:GetSecretValue'], [secret]);
};

/** Lambda itself sends a function's traces, with the function's role (Lambda Developer Guide, "Visualize Lambda function invocations using AWS X-Ray"). */
export const TRACES: RoleStatement = allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']);

/** To put events of one source on the bus, and of no other. */
export const publishesAs = (source: string): RoleStatement =>
  allow(['events:PutEvents'], [arnOf('Bus')], { StringEquals: { 'events:source': source } });
