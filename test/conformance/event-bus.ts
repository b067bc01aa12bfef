import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
  PutRuleCommand,
  type PutRuleCommandInput,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type Endpoint, eventually, uniqueName } from './endpoint.ts';

export interface TestQueue {
  readonly arn: string;
  /** The next `count` messages, each deleted as it is received. */
  readonly take: (count: number) => Promise<readonly Message[]>;
}

/** An endpoint's EventBridge and the queues that its events go to. What is made here is deleted by `close`. */
export const openEvents = (endpoint: Endpoint) => {
  const events = new EventBridgeClient(endpoint.config);
  const sqs = new SQSClient(endpoint.config);
  const iam = new IAMClient(endpoint.config);
  const made: (() => Promise<unknown>)[] = [];

  const newBus = async (more: { readonly Description?: string } = {}): Promise<string> => {
    const Name = uniqueName('conformance-bus');
    await events.send(new CreateEventBusCommand({ Name, ...more }));
    made.push(() => events.send(new DeleteEventBusCommand({ Name })));
    return Name;
  };

  const newQueue = async (suffix = ''): Promise<TestQueue> => {
    const fifo = suffix === '.fifo' ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {};
    const created = await sqs.send(
      new CreateQueueCommand({ QueueName: `${uniqueName('conformance-queue')}${suffix}`, Attributes: fifo }),
    );
    const { QueueUrl = '' } = created;
    made.push(() => sqs.send(new DeleteQueueCommand({ QueueUrl })));
    const { Attributes: { QueueArn: arn = '' } = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: JSON.stringify(sendingTo(arn)) } }));
    return { arn, take: (count) => take(sqs, QueueUrl, count) };
  };

  /** A role in which EventBridge sends to a bus (User Guide, "Sending and receiving events between event buses in the same account"). */
  const newRole = async (busArn: string): Promise<string> => {
    const RoleName = uniqueName('conformance');
    const trust = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(trust) }));
    const may = policy({ Effect: 'Allow', Action: 'events:PutEvents', Resource: busArn });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'may', PolicyDocument: may }));
    return Role?.Arn ?? '';
  };

  const newRule = async (EventBusName: string, EventPattern: object, more: Partial<PutRuleCommandInput> = {}) => {
    const Name = uniqueName('conformance-rule');
    const { RuleArn = '' } = await events.send(
      new PutRuleCommand({ Name, EventBusName, EventPattern: JSON.stringify(EventPattern), ...more }),
    );
    made.push(() => deleteRule(events, EventBusName, Name));
    return { name: Name, arn: RuleArn };
  };

  /** A rule of a bus with one target; without a pattern every event of the source `app`. */
  const subscribe = async (bus: string, target: Omit<Target, 'Id'>, pattern: object = { source: ['app'] }) => {
    const rule = await newRule(bus, pattern);
    await events.send(new PutTargetsCommand({ Rule: rule.name, EventBusName: bus, Targets: [{ Id: 'target', ...target }] }));
    return rule;
  };

  const put = async (EventBusName: string, detail: object, more: PutRequest = {}) => {
    const entry = { EventBusName, Source: 'app', DetailType: 'T', Detail: JSON.stringify(detail), ...more };
    const { Entries: [answer] = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }));
    return answer;
  };

  const close = async (): Promise<void> => {
    for (const undo of made.reverse()) await undo();
    events.destroy();
    sqs.destroy();
    iam.destroy();
    await endpoint.close();
  };

  return { events, newBus, newQueue, newRole, newRule, subscribe, put, close };
};

type PutRequest = Partial<PutEventsRequestEntry>;

const policy = (Statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement });

/** What lets EventBridge send (User Guide, "Amazon SQS permissions"). */
const sendingTo = (Resource: string) => ({
  Version: '2012-10-17',
  Statement: [
    { Sid: 'events', Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource },
  ],
});

const deleteRule = async (events: EventBridgeClient, EventBusName: string, Name: string): Promise<void> => {
  const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name, EventBusName }));
  const Ids = Targets.map(({ Id = '' }) => Id);
  if (Ids.length > 0) await events.send(new RemoveTargetsCommand({ Rule: Name, EventBusName, Ids }));
  await events.send(new DeleteRuleCommand({ Name, EventBusName }));
};

const take = async (sqs: SQSClient, QueueUrl: string, count: number): Promise<readonly Message[]> => {
  const taken: Message[] = [];
  await eventually(async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    taken.push(...Messages);
    if (taken.length < count) throw new Error(`${taken.length} of ${count} messages have arrived`);
  }, 20_000);
  return taken;
};
