import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Parsed } from './command.ts';
import { doing } from './errors.ts';
import type { Io } from './io.ts';

/** The installation that a command speaks with. Clients are loaded when they are first needed: help and completion are quick. */
export interface Connection {
  /** Prefix of every name: bus, table, queues. */
  readonly name: string;
  /** For sentences: `switchyard in eu-west-1`, `switchyard at http://127.0.0.1:4566`. */
  readonly place: string;
  readonly dynamodb: () => Promise<DynamoDBClient>;
  readonly events: () => Promise<EventBridgeClient>;
  readonly sqs: () => Promise<SQSClient>;
  /** Account and ARN of whoever asks. */
  readonly whoAmI: () => Promise<{ readonly account: string; readonly arn: string }>;
}

export const connect = (parsed: Parsed, io: Io): Connection => {
  const name = parsed.text('name') ?? 'switchyard';
  const endpoint = parsed.text('endpoint') ?? io.env['AWS_ENDPOINT_URL'];
  const region = parsed.text('region') ?? io.env['AWS_REGION'] ?? io.env['AWS_DEFAULT_REGION'];
  const profile = parsed.text('profile');
  const config = {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...io.aws,
  };
  const place = `${name} ${endpoint === undefined ? `in ${region ?? 'the configured region'}` : `at ${endpoint}`}`;
  return {
    name,
    place,
    dynamodb: once(async () => new (await import('@aws-sdk/client-dynamodb')).DynamoDBClient(config)),
    events: once(async () => new (await import('@aws-sdk/client-eventbridge')).EventBridgeClient(config)),
    sqs: once(async () => new (await import('@aws-sdk/client-sqs')).SQSClient(config)),
    whoAmI: once(() =>
      doing('ask AWS who you are', async () => {
        const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
        const { Account = '', Arn = '' } = await new STSClient(config).send(new GetCallerIdentityCommand({}));
        return { account: Account, arn: Arn };
      }),
    ),
  };
};

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
