import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { DynamoDBClient, ScanCommand, type ScanCommandInput } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { ACCOUNT, REGION } from '../../local/service.ts';
import type { Handle } from '../../local/wire/http.ts';
import { dispatchingHandler, inProcess } from '../in-process/sdk.ts';
import type { Item } from './seen.ts';

export const BUS = 'switchyard';
export const URL = `http://cloud.test/${ACCOUNT}/`;
const QUEUES = ['inbox', 'deploy.fifo', 'verify.fifo', 'rollback.fifo', 'promote.fifo'] as const;
const DEAD = ['inbox-dlq', 'deploy-dlq.fifo', 'verify-dlq.fifo', 'rollback-dlq.fifo', 'promote-dlq.fifo'] as const;

const SENDING = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: `arn:aws:sqs:${REGION}:${ACCOUNT}:subscriber`,
  },
});

/** The administrator's clients: people, CI, the alarms' cause, and whoever looks afterwards. One schedule at a time uses them. */
const createDesk = () => {
  const desk: { handle: Handle; notifiers: readonly string[] } = {
    handle: () => Promise.reject(new Error('no schedule runs')),
    /** Functions that tell others, where there are any. */
    notifiers: [],
  };
  const access = inProcess(
    dispatchingHandler(() => ({ handle: (request) => desk.handle(request) })),
    'admin',
  );
  const clients = {
    ecs: new ECSClient(access),
    codedeploy: new CodeDeployClient(access),
    ecr: new ECRClient(access),
    bus: new EventBridgeClient(access),
    sqs: new SQSClient(access),
    dynamodb: new DynamoDBClient(access),
    cloudwatch: new CloudWatchClient(access),
    lambda: new LambdaClient(access),
    ssm: new SSMClient(access),
    sns: new SNSClient(access),
  };
  const ecsAt = new Map([[REGION, clients.ecs]]);
  /** In another region of the account. */
  const ecsIn = (region: string): ECSClient => {
    const known = ecsAt.get(region) ?? new ECSClient({ ...access, region });
    ecsAt.set(region, known);
    return known;
  };
  return Object.assign(desk, { access, clients, ecsIn });
};

export const desk = createDesk();

const { bus, dynamodb, sqs } = desk.clients;

/** A queue that gets every event that the pipeline tells. Answers its address. */
export const subscribe = async (): Promise<string> => {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'subscriber', Attributes: { Policy: SENDING } }));
  await bus.send(new PutRuleCommand({ Name: 'all', EventBusName: BUS, EventPattern: JSON.stringify({ source: [BUS] }) }));
  const Targets = [{ Id: 'q', Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:subscriber` }];
  await bus.send(new PutTargetsCommand({ Rule: 'all', EventBusName: BUS, Targets }));
  return QueueUrl;
};

/** Takes everything that the queue holds. */
export const receiveAll = async (QueueUrl: string): Promise<readonly Message[]> => {
  const received: Message[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return received;
    received.push(...Messages);
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
};

/** What is asked of a table's items before they are sent. */
type Filter = Pick<ScanCommandInput, 'FilterExpression' | 'ExpressionAttributeValues'>;

/** The whole table, or what passes the filter. */
export const scan = async (filter: Filter = {}): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await dynamodb.send(
      new ScanCommand({
        TableName: BUS,
        ConsistentRead: true,
        ...filter,
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      }),
    );
    items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
};

/** The deployments that were asked for by this name: they are there as soon as they are accepted, before any event tells of them. */
export const askedBy = (request: string): Promise<readonly Item[]> =>
  scan({
    FilterExpression: 'sk = :state AND asked.requestId = :request',
    ExpressionAttributeValues: { ':state': { S: 'state' }, ':request': { S: request } },
  });

const deadQueues = (): readonly string[] => [...DEAD, ...desk.notifiers.map((name) => `${name}-dlq`)];

const arnOf = (name: string): string => `arn:aws:sqs:${REGION}:${ACCOUNT}:switchyard-${name}`;

/** Dead letters are sent back to where they came from; those of notifiers also where a function has put them aside. */
export const redrive = async (): Promise<void> => {
  const own = DEAD.map((name) => ({ SourceArn: arnOf(name) }));
  const notified = desk.notifiers.map((name) => ({ SourceArn: arnOf(`${name}-dlq`), DestinationArn: arnOf(name) }));
  for (const task of [...own, ...notified]) await sqs.send(new StartMessageMoveTaskCommand(task)).catch(() => undefined);
};

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** How many messages the queues hold, visible or not. */
const held = async (names: readonly string[]): Promise<number> => {
  let sum = 0;
  for (const name of names) {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: `${URL}switchyard-${name}`, AttributeNames: [...COUNTS] }),
    );
    for (const count of Object.values(Attributes)) sum += Number(count);
  }
  return sum;
};

/** Messages that were given up. */
export const deadLetters = (): Promise<number> => held(deadQueues());

/** Whether nothing is under way, and nothing is owed: to those who are told, not what was given up either. */
export const isQuiet = async (): Promise<boolean> =>
  (await held([...QUEUES, ...desk.notifiers, ...desk.notifiers.map((name) => `${name}-dlq`)])) === 0 &&
  (await scan({ FilterExpression: 'attribute_exists(dueAt)' })).length === 0;
