import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type Endpoint, uniqueName } from './endpoint.ts';
import { callJson, jsonError, type RawError } from './signed-request.ts';

type Attributes = Partial<Record<QueueAttributeName, string>>;
type Sent = Omit<SendMessageCommandInput, 'QueueUrl' | 'MessageBody'>;
type Asked = Omit<ReceiveMessageCommandInput, 'QueueUrl'>;

/** SQS at an endpoint, with the few calls that nearly every test makes. */
export interface Sqs {
  readonly client: SQSClient;
  /** A new queue's URL; FIFO where the attributes say so. */
  readonly queue: (attributes?: Attributes, name?: string) => Promise<string>;
  readonly fifo: (attributes?: Attributes) => Promise<string>;
  readonly attribute: (QueueUrl: string, name: QueueAttributeName) => Promise<string | undefined>;
  readonly arn: (QueueUrl: string) => Promise<string>;
  readonly send: (QueueUrl: string, body: string, more?: Sent) => Promise<string>;
  /** To a group of a FIFO queue; every message is its own, unless told otherwise. */
  readonly sendTo: (QueueUrl: string, group: string, body: string, more?: Sent) => Promise<string>;
  /** One receive, of up to ten messages with all their attributes; it waits a second for the first. */
  readonly receive: (QueueUrl: string, asked?: Asked) => Promise<readonly Message[]>;
  /** Receives until there are so many: one receive need not give all that a queue has. */
  readonly receiveAll: (QueueUrl: string, count: number, asked?: Asked) => Promise<readonly Message[]>;
  readonly delete: (QueueUrl: string, message: Message | undefined) => Promise<void>;
  /** The refusal of a call over the JSON protocol, as it stands on the wire. Throws if it is not refused. */
  readonly refusal: (action: string, input: unknown) => Promise<RawError>;
  /** Deletes every queue that was made. */
  readonly clean: () => Promise<void>;
}

const FIFO: Attributes = { FifoQueue: 'true' };

/** Milliseconds until what was sent has to have come. */
const PATIENCE = 10_000;

export const openSqs = (endpoint: Endpoint): Sqs => {
  const client = new SQSClient(endpoint.config);
  const made = new Set<string>();

  const queue: Sqs['queue'] = async (attributes = {}, name = uniqueName('conformance')) => {
    const QueueName = attributes.FifoQueue === 'true' && !name.endsWith('.fifo') ? `${name}.fifo` : name;
    const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName, Attributes: attributes }));
    made.add(QueueUrl);
    return QueueUrl;
  };
  const attribute: Sqs['attribute'] = async (QueueUrl, name) => {
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }));
    return Attributes?.[name];
  };
  const send: Sqs['send'] = async (QueueUrl, MessageBody, more) => {
    const { MessageId = '' } = await client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
    return MessageId;
  };
  const receive: Sqs['receive'] = async (QueueUrl, asked) => {
    const all = { MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] } satisfies Asked;
    const most = { MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, ...all, ...most, ...asked }));
    return Messages;
  };
  return {
    client,
    queue,
    fifo: (attributes) => queue({ ...FIFO, ...attributes }),
    attribute,
    arn: async (QueueUrl) => (await attribute(QueueUrl, 'QueueArn')) ?? '',
    send,
    sendTo: (url, group, body, more) =>
      send(url, body, { MessageGroupId: group, MessageDeduplicationId: uniqueName('message'), ...more }),
    receive,
    async receiveAll(QueueUrl, count, asked) {
      const end = performance.now() + PATIENCE;
      const all: Message[] = [];
      while (all.length < count && performance.now() < end)
        all.push(...(await receive(QueueUrl, { WaitTimeSeconds: 2, ...asked })));
      return all;
    },
    async delete(QueueUrl, message) {
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
    },
    async refusal(action, input) {
      const answer = await callJson(endpoint, 'sqs', `AmazonSQS.${action}`, input);
      if (answer.status < 300) throw new Error(`${action} was not refused: ${answer.body}`);
      return jsonError(answer);
    },
    async clean() {
      await Promise.allSettled([...made].map((QueueUrl) => client.send(new DeleteQueueCommand({ QueueUrl }))));
      client.destroy();
    },
  };
};

export const bodies = (messages: readonly Message[]): readonly string[] => messages.map(({ Body = '' }) => Body);
