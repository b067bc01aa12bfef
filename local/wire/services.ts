import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as codebuild from '@aws-sdk/client-codebuild';
import * as codedeploy from '@aws-sdk/client-codedeploy';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as eventbridge from '@aws-sdk/client-eventbridge';
import * as iam from '@aws-sdk/client-iam';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import type { Model } from './shapes.ts';

export type ServiceName =
  | 'sqs'
  | 'dynamodb'
  | 'cloudwatch'
  | 'events'
  | 'ecs'
  | 'codebuild'
  | 'codedeploy'
  | 'ecr'
  | 'ssm'
  | 'secretsmanager'
  | 'sns'
  | 'sts'
  | 'iam'
  | 'lambda'
  | 's3';

/** How a service is reached and how it answers. */
export interface ServiceProtocol {
  readonly name: ServiceName;
  readonly signingName: string;
  /** What the operations' members are. DynamoDB has none here: it checks its input's types itself; Lambda's and S3's REST APIs have theirs with their routes. */
  readonly model: Model | undefined;
  readonly json?: {
    /** The part of `x-amz-target` before the operation. */
    readonly target: string;
    readonly version: '1.0' | '1.1';
    /** Stands before the error's name in `__type`: `com.amazonaws.sqs#`. */
    readonly errorNamespace: string;
    /** Whether errors carry their Query name in `x-amzn-query-error`. */
    readonly queryCompatible: boolean;
    /** Whether answers carry their CRC-32 in `x-amz-crc32`. */
    readonly checksum: boolean;
  };
  readonly query?: {
    readonly version: string;
    readonly xmlNamespace: string;
    /** Whether errors have an empty Detail element. */
    readonly errorDetail: boolean;
  };
}

const plainJson = { version: '1.1', errorNamespace: '', queryCompatible: false, checksum: false } as const;

/** Every service of the local cloud, with the protocols that AWS's SDKs and command lines speak to it. */
export const SERVICES: readonly ServiceProtocol[] = [
  {
    name: 'sqs',
    signingName: 'sqs',
    model: sqs,
    json: { target: 'AmazonSQS', version: '1.0', errorNamespace: 'com.amazonaws.sqs#', queryCompatible: true, checksum: false },
    query: { version: '2012-11-05', xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/', errorDetail: true },
  },
  {
    name: 'dynamodb',
    signingName: 'dynamodb',
    model: undefined,
    json: {
      target: 'DynamoDB_20120810',
      version: '1.0',
      errorNamespace: 'com.amazonaws.dynamodb.v20120810#',
      queryCompatible: false,
      checksum: true,
    },
  },
  {
    name: 'cloudwatch',
    signingName: 'monitoring',
    model: cloudwatch,
    json: {
      target: 'GraniteServiceVersion20100801',
      version: '1.0',
      errorNamespace: 'com.amazonaws.cloudwatch#',
      queryCompatible: true,
      checksum: false,
    },
    query: { version: '2010-08-01', xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/', errorDetail: false },
  },
  { name: 'events', signingName: 'events', model: eventbridge, json: { ...plainJson, target: 'AWSEvents' } },
  { name: 'ecs', signingName: 'ecs', model: ecs, json: { ...plainJson, target: 'AmazonEC2ContainerServiceV20141113' } },
  { name: 'codebuild', signingName: 'codebuild', model: codebuild, json: { ...plainJson, target: 'CodeBuild_20161006' } },
  {
    name: 'codedeploy',
    signingName: 'codedeploy',
    model: codedeploy,
    json: { ...plainJson, target: 'CodeDeploy_20141006' },
  },
  { name: 'ecr', signingName: 'ecr', model: ecr, json: { ...plainJson, target: 'AmazonEC2ContainerRegistry_V20150921' } },
  { name: 'ssm', signingName: 'ssm', model: ssm, json: { ...plainJson, target: 'AmazonSSM' } },
  {
    name: 'secretsmanager',
    signingName: 'secretsmanager',
    model: secretsmanager,
    json: { ...plainJson, target: 'secretsmanager' },
  },
  {
    name: 'sts',
    signingName: 'sts',
    model: sts,
    query: { version: '2011-06-15', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/', errorDetail: false },
  },
  {
    name: 'sns',
    signingName: 'sns',
    model: sns,
    query: { version: '2010-03-31', xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/', errorDetail: false },
  },
  {
    name: 'iam',
    signingName: 'iam',
    model: iam,
    query: { version: '2010-05-08', xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/', errorDetail: false },
  },
  { name: 'lambda', signingName: 'lambda', model: undefined },
  { name: 's3', signingName: 's3', model: undefined },
];
