import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { testCloud } from '../cloud/cloud-builder.ts';
import { lambda, queue, type Resources, role, stackOf } from './stack-builder.ts';

const bucket = (properties: Readonly<Record<string, unknown>>) => ({ Type: 'AWS::S3::Bucket', Properties: properties });

type Rest = Readonly<Record<string, unknown>>;

/** A schema of a registry, as EventBridge takes it but for what is given. */
const schema = (properties: object) => ({
  S: {
    Type: 'AWS::EventSchemas::Schema',
    Properties: {
      RegistryName: 'r',
      Type: 'JSONSchemaDraft4',
      Content: '{"$schema": "http://json-schema.org/draft-04/schema#"}',
      ...properties,
    },
  },
});

const named = (value: unknown): Resources => ({ Q: queue({ QueueName: value }) });
const mapping = (properties: Rest) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { EventSourceArn: { 'Fn::GetAtt': ['Q', 'Arn'] }, FunctionName: { Ref: 'F' }, ...properties },
});
const table = (properties: Rest): Resources => ({ T: { Type: 'AWS::DynamoDB::Table', Properties: properties } });
const alarm = (properties: Rest): Resources => ({ A: { Type: 'AWS::CloudWatch::Alarm', Properties: properties } });
const rule = (properties: Rest): Resources => ({ R: { Type: 'AWS::Events::Rule', Properties: properties } });

type Refused = [what: string, resources: Resources, message: string, rest?: Rest];

const refused: Refused[] = [
  [
    'a section',
    {},
    "the template's section Parameters is not supported by the local cloud",
    { Parameters: { A: { Type: 'String' } } },
  ],
  [
    'a transform',
    {},
    "the template's section Transform is not supported by the local cloud",
    { Transform: 'AWS::Serverless-2016-10-31' },
  ],
  ['a resource without a type', { X: {} }, 'X has no Type'],
  [
    'an attribute',
    { Q: { ...queue(), CreationPolicy: {} } },
    'Q (AWS::SQS::Queue): the attribute CreationPolicy is not supported by the local cloud',
  ],
  ['a type', { T: { Type: 'AWS::SNS::Topic' } }, 'T (AWS::SNS::Topic): the local cloud does not know resources of this type'],
  [
    'versions',
    { V: { Type: 'AWS::Lambda::Version' } },
    'V (AWS::Lambda::Version): the local cloud does not know resources of this type',
  ],
  ['a property', { Q: queue({ Colour: 'red' }) }, 'Q (AWS::SQS::Queue): the property Colour is not supported by the local cloud'],
  [
    'filters',
    { Q: queue(), F: lambda(), M: mapping({ FilterCriteria: {} }) },
    'M (AWS::Lambda::EventSourceMapping): the property FilterCriteria is not supported by the local cloud',
  ],
  [
    'a member of a property',
    { F: lambda({ Environment: { Secrets: {} } }) },
    'F (AWS::Lambda::Function): the property Environment.Secrets is not supported by the local cloud',
  ],
  [
    'code in the template',
    { F: lambda({ Code: { ZipFile: 'x' } }) },
    'F (AWS::Lambda::Function): the property Code.ZipFile is not supported by the local cloud',
  ],
  [
    'a bucket with keys of KMS',
    {
      B: bucket({
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] },
      }),
    },
    'B (AWS::S3::Bucket), BucketEncryption: the local cloud encrypts with AES256 alone',
  ],
  [
    'a public bucket',
    { B: bucket({ PublicAccessBlockConfiguration: { BlockPublicPolicy: false } }) },
    'B (AWS::S3::Bucket), PublicAccessBlockConfiguration.BlockPublicPolicy: the local cloud has no public buckets',
  ],
  [
    'a bucket of a name that S3 refuses',
    { B: bucket({ BucketName: 'A_b' }) },
    'B (AWS::S3::Bucket) cannot be created: InvalidBucketName: The specified bucket is not valid.',
  ],
  ['no code', { F: lambda({ Code: {} }) }, 'F (AWS::Lambda::Function), Code.S3Key is required'],
  [
    'another runtime',
    { F: lambda({ Runtime: 'python3.13' }) },
    'F (AWS::Lambda::Function), Runtime can only be Node.js on the local cloud, not python3.13',
  ],
  [
    'another architecture',
    { F: lambda({ Architectures: ['mips'] }) },
    'F (AWS::Lambda::Function), Architectures must be [x86_64] or [arm64]',
  ],
  [
    'images as code',
    { F: lambda({ PackageType: 'Image' }) },
    'F (AWS::Lambda::Function), PackageType can only be Zip on the local cloud',
  ],
  [
    'logs in JSON',
    { F: lambda({ LoggingConfig: { LogFormat: 'JSON' } }) },
    'F (AWS::Lambda::Function), LoggingConfig.LogFormat can only be Text on the local cloud',
  ],
  [
    'variables that are none',
    { F: lambda({ Environment: { Variables: 'x' } }) },
    'F (AWS::Lambda::Function), Environment.Variables must be an object',
  ],
  [
    'a function that Lambda refuses',
    { F: lambda({ Timeout: 901 }) },
    "F (AWS::Lambda::Function) cannot be created: ValidationException: 1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
  ],
  ['a text for a number', { F: lambda({ Timeout: 'long' }) }, 'F (AWS::Lambda::Function), Timeout must be a number'],
  ['a number for a text', { F: lambda({ Handler: 5 }) }, 'F (AWS::Lambda::Function), Handler must be a string'],
  ['a missing property', { F: lambda({ Handler: { Ref: 'AWS::NoValue' } }) }, 'F (AWS::Lambda::Function), Handler is required'],
  [
    'a queue that hides messages too shortly',
    { Q: queue({ VisibilityTimeout: 30 }), F: lambda({ Timeout: 60 }), M: mapping({}) },
    'M (AWS::Lambda::EventSourceMapping) cannot be created: InvalidParameterValueException: Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds',
  ],
  [
    'a boolean that is none',
    { Q: queue(), F: lambda(), M: mapping({ Enabled: 'perhaps' }) },
    'M (AWS::Lambda::EventSourceMapping), Enabled must be a boolean',
  ],
  [
    'a permission for no function',
    { P: { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: 'f', Action: 'a', Principal: 'p' } } },
    'P (AWS::Lambda::Permission) cannot be created: ResourceNotFoundException: Function not found: arn:aws:lambda:eu-west-1:123456789012:function:f',
  ],
  [
    'a queue that SQS refuses',
    { Q: queue({ DelaySeconds: 901 }) },
    'Q (AWS::SQS::Queue) cannot be created: InvalidAttributeValue: ',
  ],
  ['tags that are none', { Q: queue({ Tags: {} }) }, 'Q (AWS::SQS::Queue), Tags must be a list'],
  ['a tag that is none', { Q: queue({ Tags: ['a'] }) }, 'Q (AWS::SQS::Queue), Tags must be a list of objects'],
  [
    'another encryption',
    table({ SSESpecification: { Algorithm: 'x' } }),
    'T (AWS::DynamoDB::Table): the property SSESpecification.Algorithm is not supported by the local cloud',
  ],
  ['a structure that is none', table({ SSESpecification: true }), 'T (AWS::DynamoDB::Table), SSESpecification must be an object'],
  [
    'an alarm that acts',
    alarm({ AlarmActions: ['arn:aws:sns:eu-west-1:123456789012:t'] }),
    'A (AWS::CloudWatch::Alarm), AlarmActions must be empty on the local cloud',
  ],
  [
    'a schema of another kind',
    schema({ Type: 'Avro' }),
    'S (AWS::EventSchemas::Schema), Type must be OpenApi3 or JSONSchemaDraft4, not Avro',
  ],
  [
    'a schema of another draft',
    schema({ Content: '{"$schema": "https://json-schema.org/draft/2020-12/schema"}' }),
    'S (AWS::EventSchemas::Schema), Content is no JSONSchemaDraft4',
  ],
  [
    'a schema that is no JSON',
    schema({ Content: 'type: object' }),
    'S (AWS::EventSchemas::Schema), Content must be a JSON object',
  ],
  [
    'a registry with a name that EventBridge refuses',
    { R: { Type: 'AWS::EventSchemas::Registry', Properties: { RegistryName: 'a b' } } },
    'R (AWS::EventSchemas::Registry), RegistryName takes 1 to 64 letters, digits and . - _ @',
  ],
  [
    'a dashboard without widgets',
    { D: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: '{}' } } },
    'D (AWS::CloudWatch::Dashboard), DashboardBody must be JSON with a list of widgets, each with a type and properties',
  ],
  [
    'a dashboard with dots in its name',
    { D: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: '{"widgets": []}', DashboardName: 'a.b' } } },
    'D (AWS::CloudWatch::Dashboard), DashboardName takes 1 to 255 letters, digits, - and _',
  ],
  [
    'a query of nothing',
    { Q: { Type: 'AWS::Logs::QueryDefinition', Properties: { Name: 'q' } } },
    'Q (AWS::Logs::QueryDefinition), QueryString is required',
  ],
  [
    'a sampling rule that leaves something open',
    { X: { Type: 'AWS::XRay::SamplingRule', Properties: { SamplingRule: { RuleName: 'r' } } } },
    'X (AWS::XRay::SamplingRule), SamplingRule.FixedRate is required',
  ],
  [
    'a function that is traced in another way',
    { F: lambda({ TracingConfig: { Mode: 'Always' } }) },
    'F (AWS::Lambda::Function), TracingConfig.Mode must be Active or PassThrough',
  ],
  [
    'a rule that EventBridge refuses',
    rule({ EventPattern: { source: 'ci' } }),
    'R (AWS::Events::Rule) cannot be created: InvalidEventPatternException: ',
  ],
  [
    'a role that nobody can take',
    { R: { ...role, Properties: {} } },
    'R (AWS::IAM::Role), AssumeRolePolicyDocument must be an object',
  ],
  [
    'an unknown function',
    named({ 'Fn::GetAZs': '' }),
    'Q (AWS::SQS::Queue), QueueName: the function Fn::GetAZs is not supported by the local cloud',
  ],
  [
    'values of other stacks',
    named({ 'Fn::ImportValue': 'x' }),
    'Q (AWS::SQS::Queue), QueueName: the function Fn::ImportValue is not supported by the local cloud',
  ],
  ['a function with wrong arguments', named({ 'Fn::Join': 'x' }), 'Q (AWS::SQS::Queue), QueueName: Fn::Join cannot be given "x"'],
  [
    'an item that is not in the list',
    named({ 'Fn::Select': [3, ['a']] }),
    'Q (AWS::SQS::Queue), QueueName: Fn::Select cannot be given [3,["a"]]',
  ],
  ['a reference to nothing', named({ Ref: 'Absent' }), 'Q (AWS::SQS::Queue) refers to Absent, which is not in the template'],
  [
    'a placeholder for nothing',
    named({ 'Fn::Sub': 'a-${Absent.Arn}' }),
    'Q (AWS::SQS::Queue) refers to Absent, which is not in the template',
  ],
  [
    'a dependency on nothing',
    { Q: { ...queue(), DependsOn: 'Absent' } },
    'Q (AWS::SQS::Queue) refers to Absent, which is not in the template',
  ],
  [
    'an attribute of a resource that it has not',
    { ...named({ 'Fn::GetAtt': ['D', 'Colour'] }), D: queue() },
    'Q (AWS::SQS::Queue), QueueName: the local cloud does not know the attribute Colour of D',
  ],
  [
    'a circle',
    {
      A: queue({ QueueName: { Ref: 'B' } }),
      B: { ...queue(), DependsOn: ['C'] },
      C: queue({ QueueName: { 'Fn::Sub': '${A}' } }),
    },
    'circular dependency: A -> B -> C -> A',
  ],
  ['an unknown condition', { Q: { ...queue(), Condition: 'Absent' } }, 'there is no condition Absent in the template'],
  [
    'conditions in a circle',
    { Q: { ...queue(), Condition: 'A' } },
    'the conditions A -> B -> A refer to each other',
    { Conditions: { A: { Condition: 'B' }, B: { Condition: 'A' } } },
  ],
  [
    'a condition of another kind',
    { Q: { ...queue(), Condition: 'A' } },
    'condition A: the function Fn::Contains is not supported by the local cloud',
    { Conditions: { A: { 'Fn::Contains': [] } } },
  ],
  [
    'a condition that is none',
    { Q: { ...queue(), Condition: 'A' } },
    'condition A is not a condition',
    { Conditions: { A: 'yes' } },
  ],
  [
    'a reference to what is not created',
    { Q: queue({ QueueName: { Ref: 'D' } }), D: { ...queue(), Condition: 'Never' } },
    'D is not created: its condition does not hold, or it is not in the template',
    { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } },
  ],
  ['an output that is none', {}, 'output A is not an object', { Outputs: { A: 'x' } }],
];

describe('a template is refused, by name, with', () => {
  it.each<Refused>(refused)('%s', async (_, resources, message, rest = {}) => {
    const error = await Promise.resolve()
      .then(async () => stackOf(await testCloud(), resources, rest))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'StackError' });
    expect(String(error)).toContain(message);
  });
});

it('creates nothing of a template with an unknown type or property', async () => {
  const cloud = await testCloud();
  await expect(stackOf(cloud, { A: queue(), B: { Type: 'AWS::SNS::Topic' } })).rejects.toThrow('AWS::SNS::Topic');
  await expect(stackOf(cloud, { A: queue(), B: queue({ Colour: 'red' }) })).rejects.toThrow('Colour');
  expect((await new SQSClient(cloud.access()).send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
});
