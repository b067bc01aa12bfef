import { expect } from 'vitest';
import { type ManualClock, manualClock } from '../../../local/clock.ts';
import { AwsError } from '../../../local/errors.ts';
import { HOME } from '../../../local/place.ts';
import { randomFrom } from '../../../local/random.ts';
import { ACCOUNT, type CallContext, loadActions, REGION } from '../../../local/service.ts';
import { createSqsStore, type SqsStore } from '../../../local/sqs/store.ts';

type Input = Readonly<Record<string, unknown>>;

/** An answer of SQS, as loosely typed as a client of the wire sees it. */
export interface Answer {
  readonly QueueUrl: string;
  readonly QueueUrls?: readonly string[];
  readonly queueUrls?: readonly string[];
  readonly NextToken?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly Tags?: Readonly<Record<string, string>>;
  readonly MessageId: string;
  readonly MD5OfMessageBody: string;
  readonly MD5OfMessageAttributes?: string;
  readonly MD5OfMessageSystemAttributes?: string;
  readonly SequenceNumber: string;
  readonly Messages?: readonly ReceivedMessage[];
  readonly Successful?: readonly Input[];
  readonly Failed?: readonly Input[];
  readonly TaskHandle: string;
  readonly Results: readonly Input[];
  readonly ApproximateNumberOfMessagesMoved: number;
}

export interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes: Readonly<Record<string, string>>;
  readonly MD5OfMessageAttributes?: string;
  readonly MessageAttributes?: Input;
}

const actions = await loadActions<SqsStore>(new URL('../../../local/sqs/actions/', import.meta.url));

export const context: CallContext = {
  caller: {
    account: ACCOUNT,
    region: REGION,
    accessKeyId: 'AKIDEXAMPLE',
    arn: `arn:aws:iam::${ACCOUNT}:user/local`,
  },
  requestId: '00000000-0000-4000-8000-000000000000',
  endpoint: 'http://127.0.0.1:4566',
};

export interface Cloud {
  readonly clock: ManualClock;
  readonly store: SqsStore;
  call(action: string, input?: Input): Promise<Answer>;
  /** Creates a queue; `fifo` adds the suffix and the attribute. Answers its URL. */
  queue(name: string, attributes?: Input): Promise<string>;
  fifo(name: string, attributes?: Input): Promise<string>;
  /** Bodies of one receive. */
  bodies(url: string, input?: Input): Promise<readonly string[]>;
  receive(url: string, input?: Input): Promise<readonly ReceivedMessage[]>;
  advance(seconds: number): Promise<void>;
}

export const newCloud = (): Cloud => {
  const clock = manualClock();
  const store = createSqsStore({ clock, place: HOME, random: randomFrom(42) });
  const call = async (name: string, input: Input = {}): Promise<Answer> => {
    const action = actions[name];
    if (action === undefined) throw new Error(`there is no action ${name}`);
    return (await action(store, input, context)) as Answer;
  };
  const queue = async (QueueName: string, Attributes: Input = {}) =>
    (await call('CreateQueue', { QueueName, Attributes })).QueueUrl;
  const receive = async (QueueUrl: string, input: Input = {}) =>
    (await call('ReceiveMessage', { QueueUrl, ...input })).Messages ?? [];
  return {
    clock,
    store,
    call,
    queue,
    fifo: (name, attributes = {}) => queue(`${name}.fifo`, { FifoQueue: 'true', ...attributes }),
    receive,
    bodies: async (url, input) => (await receive(url, input)).map(({ Body }) => Body),
    advance: (seconds) => clock.advance(seconds * 1000),
  };
};

/** The error that a call is refused with. */
export const refusal = async (call: Promise<unknown>): Promise<AwsError> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  return expect.fail('the call was not refused');
};

/** `arn:aws:sqs:eu-west-1:123456789012:<name>` of a URL's queue. */
export const arnOf = (url: string): string => `arn:aws:sqs:eu-west-1:123456789012:${url.slice(url.lastIndexOf('/') + 1)}`;

export const redriveTo = (dlqUrl: string, maxReceiveCount: number): string =>
  JSON.stringify({ deadLetterTargetArn: arnOf(dlqUrl), maxReceiveCount });

export const first = <T>(values: readonly T[]): T => values[0] ?? expect.fail('there is none');
