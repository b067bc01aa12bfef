import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../../../local/clock.ts';
import { describeMapping } from '../../../local/lambda/describe.ts';
import {
  createMapping,
  type EventSourceMapping,
  type MappingSpecification,
  updateMapping,
} from '../../../local/lambda/event-source-mapping.ts';
import { HOME } from '../../../local/place.ts';
import { type Actions, type CallContext, loadActions } from '../../../local/service.ts';
import { createSqsStore, type SqsStore } from '../../../local/sqs/store.ts';
import { lambdaWith, type TestLambda, testRandom } from './lambda-builder.ts';

interface Record {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<globalThis.Record<string, string>>;
}

type Batch = { readonly Records: readonly Record[] };

const context: CallContext = {
  caller: { account: '123456789012', region: 'eu-west-1', accessKeyId: 'local', arn: 'arn:aws:iam::123456789012:user/local' },
  requestId: 'r',
  endpoint: 'http://local',
};

let actions: Actions<SqsStore>;
beforeAll(async () => {
  actions = await loadActions<SqsStore>(new URL('../../../local/sqs/actions/', import.meta.url));
});

interface Setup {
  readonly fifo?: boolean;
  readonly attributes?: Readonly<globalThis.Record<string, string>>;
  readonly mapping?: Partial<MappingSpecification>;
}

/** A queue with a dead-letter queue (three receives, 30 s hidden) and a function that handles it. */
const setUp = async (
  handle: (batch: Batch, clock: ManualClock) => unknown,
  { fifo = false, attributes, mapping }: Setup = {},
) => {
  const clock = manualClock();
  const sqs = createSqsStore({ clock, place: HOME, random: testRandom() });
  const call = (name: string, input: object) =>
    actions[name]?.(sqs, input as Readonly<globalThis.Record<string, unknown>>, context);
  const suffix = fifo ? '.fifo' : '';
  const type = fifo ? { FifoQueue: 'true' } : {};
  const arn = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:${name}${suffix}`;
  const url = (name: string) => `http://local/123456789012/${name}${suffix}`;
  call('CreateQueue', { QueueName: `dead${suffix}`, Attributes: type });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 3 });
  call('CreateQueue', {
    QueueName: `jobs${suffix}`,
    Attributes: { ...type, VisibilityTimeout: '30', RedrivePolicy, ...attributes },
  });
  const batches: { readonly at: number; readonly bodies: readonly string[]; readonly event: Batch }[] = [];
  const start = clock.now();
  const lambda: TestLambda = await lambdaWith(
    () => (event) => {
      const batch = event as Batch;
      batches.push({ at: (clock.now() - start) / 1000, bodies: batch.Records.map(({ body }) => body), event: batch });
      return handle(batch, clock);
    },
    { timeout: 20 },
    { clock, queues: sqs.queues },
  );
  let mapped: EventSourceMapping | undefined;
  const map = () => {
    mapped = createMapping(lambda.store, { functionName: 'worker', queueArn: arn('jobs'), ...mapping });
    return mapped;
  };
  const send = (body: string, group = 'g') =>
    call('SendMessage', {
      QueueUrl: url('jobs'),
      MessageBody: body,
      ...(fifo ? { MessageGroupId: group, MessageDeduplicationId: body } : {}),
    });
  const count = (name: string) => {
    const answer = call('GetQueueAttributes', { QueueUrl: url(name), AttributeNames: ['All'] }) as {
      Attributes: globalThis.Record<string, string>;
    };
    return (
      Number(answer.Attributes['ApproximateNumberOfMessages']) +
      Number(answer.Attributes['ApproximateNumberOfMessagesNotVisible'])
    );
  };
  return { clock, lambda, batches, map, send, count, call, url, arn, left: () => ({ jobs: count('jobs'), dead: count('dead') }) };
};

const bodiesOf = (batches: readonly { readonly bodies: readonly string[] }[]) => batches.map(({ bodies }) => bodies);

const failing = (bodies: readonly string[]) => (batch: Batch) => ({
  batchItemFailures: batch.Records.filter(({ body }) => bodies.includes(body)).map(({ messageId }) => ({
    itemIdentifier: messageId,
  })),
});

/** A handler that ends after `seconds` of the clock. */
const lasting = (seconds: number) => (_: Batch, clock: ManualClock) =>
  new Promise((resolve) => {
    const unpark = clock.park();
    clock.after(seconds * 1000, () => {
      unpark();
      resolve(undefined);
    });
  });

describe('an event source mapping', () => {
  it('hands messages that are sent later, or were there before, to the function, and deletes them', async () => {
    const { clock, batches, map, send, left } = await setUp(() => undefined);
    send('before');
    map();
    await clock.settle();
    send('after');
    await clock.settle();
    expect(bodiesOf(batches)).toEqual([['before'], ['after']]);
    expect(left()).toEqual({ jobs: 0, dead: 0 });
  });

  it('writes a record as Lambda does', async () => {
    const { clock, batches, map, call, url } = await setUp(() => undefined);
    map();
    call('SendMessage', {
      QueueUrl: url('jobs'),
      MessageBody: '{"a":1}',
      MessageAttributes: {
        // lambda-event-source-sqs.json, test_message_body_and_attributes_passed_correctly: these three, and their digest
        Title: { DataType: 'String', StringValue: 'The Whistler' },
        Author: { DataType: 'String', StringValue: 'John Grisham' },
        WeeksOn: { DataType: 'Number', StringValue: '6' },
      },
    });
    await clock.settle();
    expect(batches[0]?.event.Records[0]).toEqual({
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: '{"a":1}',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(Date.parse('2026-01-01T00:00:00Z')),
        SenderId: expect.any(String),
        ApproximateFirstReceiveTimestamp: String(Date.parse('2026-01-01T00:00:00Z')),
      },
      messageAttributes: {
        Title: { stringValue: 'The Whistler', stringListValues: [], binaryListValues: [], dataType: 'String' },
        Author: { stringValue: 'John Grisham', stringListValues: [], binaryListValues: [], dataType: 'String' },
        WeeksOn: { stringValue: '6', stringListValues: [], binaryListValues: [], dataType: 'Number' },
      },
      md5OfMessageAttributes: 'd25a6aea97eb8f585bfa92d314504a92',
      // printf '{"a":1}' | md5sum
      md5OfBody: 'bb6cb5c68df4652941caf652a366f2d8',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:jobs',
      awsRegion: 'eu-west-1',
    });
  });

  it('hands over at most ten messages, or as many as its batch size', async () => {
    const { clock, batches, map, send } = await setUp(() => undefined, { mapping: { batchSize: 3 } });
    for (const body of ['1', '2', '3', '4']) send(body);
    map();
    await clock.settle();
    expect(batches.map(({ bodies }) => bodies.length)).toEqual([3, 1]);
  });

  it('tries a batch that failed again after the visibility timeout, then leaves it to the dead-letter queue', async () => {
    const { clock, batches, map, send, left } = await setUp(() => {
      throw new Error('no');
    });
    map();
    send('poison');
    await clock.advance(29_999);
    expect(batches.map(({ at }) => at)).toEqual([0]);
    await clock.advance(200_000);
    expect(batches.map(({ at }) => at)).toEqual([0, 30, 60]);
    expect(batches.map(({ event }) => event.Records[0]?.attributes['ApproximateReceiveCount'])).toEqual(['1', '2', '3']);
    expect(left()).toEqual({ jobs: 0, dead: 1 });
  });

  it('lets a batch whose function times out come back', async () => {
    const { clock, batches, map, send, lambda } = await setUp(lasting(1000));
    map();
    send('slow');
    await clock.advance(20_000);
    expect(lambda.logged[0]).toMatch(/Task timed out after 20\.00 seconds/);
    await clock.advance(10_000);
    expect(batches.map(({ at }) => at)).toEqual([0, 30]);
  });

  it('keeps its hands off the visibility that the function set', async () => {
    const setup = await setUp((batch) => {
      setup.call('ChangeMessageVisibility', {
        QueueUrl: setup.url('jobs'),
        ReceiptHandle: (batch.Records[0] as unknown as { receiptHandle: string }).receiptHandle,
        VisibilityTimeout: 5,
      });
      throw new Error('again in 5 s');
    });
    setup.map();
    setup.send('a');
    await setup.clock.advance(12_000);
    expect(setup.batches.map(({ at }) => at)).toEqual([0, 5, 10]);
  });
});

// Developer guide, services-sqs-errorhandling, "Success and failure conditions"
describe('a function that reports the failures of its batch', () => {
  const mapping = { functionResponseTypes: ['ReportBatchItemFailures'] };

  it('has only these come back', async () => {
    const { clock, batches, map, send, left } = await setUp(failing(['2']), { mapping });
    for (const body of ['1', '2', '3']) send(body);
    map();
    await clock.settle();
    expect(left()).toEqual({ jobs: 1, dead: 0 });
    await clock.advance(30_000);
    expect(bodiesOf(batches).at(-1)).toEqual(['2']);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an empty list', { batchItemFailures: [] }],
    ['null for a list', { batchItemFailures: null }],
  ])('and answers %s has succeeded', async (_, answer) => {
    const { clock, map, send, left } = await setUp(() => answer, { mapping });
    send('1');
    map();
    await clock.settle();
    expect(left()).toEqual({ jobs: 0, dead: 0 });
  });

  it.each([
    ['an item with another key', { batchItemFailures: [{ foo: 'notvalid' }] }],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['an identifier of no message', { batchItemFailures: [{ itemIdentifier: '00000000-0000-4000-8000-000000000000' }] }],
    ['an item that is no object', { batchItemFailures: ['x'] }],
    ['a list that is none', { batchItemFailures: 'x' }],
    ['a text', 'done'],
    ['a list', []],
  ])('and answers %s has failed as a whole', async (_, answer) => {
    const { clock, map, send, left } = await setUp(() => answer, { mapping });
    for (const body of ['1', '2']) send(body);
    map();
    await clock.settle();
    expect(left().jobs).toBe(2);
  });

  it('is not asked where the mapping does not say so', async () => {
    const { clock, map, send, left } = await setUp(failing(['1']));
    send('1');
    map();
    await clock.settle();
    expect(left().jobs).toBe(0);
  });
});

describe('the mapping of a FIFO queue', () => {
  it('hands over a group in order, one batch at a time, and groups side by side', async () => {
    const { clock, batches, map, send } = await setUp(lasting(10), { fifo: true, mapping: { batchSize: 1 } });
    map();
    for (const body of ['a1', 'a2', 'a3']) send(body, 'a');
    for (const body of ['b1', 'b2']) send(body, 'b');
    await clock.advance(60_000);
    const times = Object.fromEntries(batches.map(({ at, bodies }) => [bodies[0], at]));
    expect(times).toEqual({ a1: 0, b1: 0, a2: 10, b2: 10, a3: 20 });
  });

  it('holds a group back behind a message that failed, and lets it on after the dead-letter queue took that', async () => {
    const { clock, batches, map, send, left } = await setUp(
      ({ Records }) => {
        if (Records[0]?.body === 'poison') throw new Error('no');
      },
      { fifo: true, mapping: { batchSize: 1 } },
    );
    map();
    send('poison', 'a');
    send('next', 'a');
    send('other', 'b');
    await clock.advance(120_000);
    expect(batches.map(({ at, bodies }) => `${bodies[0]} at ${at}`)).toEqual([
      'poison at 0',
      'other at 0',
      'poison at 30',
      'poison at 60',
      'next at 90',
    ]);
    expect(left()).toEqual({ jobs: 0, dead: 1 });
  });

  // lambda-event-source-sqs.json, test_report_batch_item_failures: 1 is done, 2 to 4 come back together in order, then 4
  it('has the failed rest of a batch come back in order', async () => {
    const attempts: string[] = [];
    const { clock, batches, map, send, left } = await setUp(
      ({ Records }) => {
        attempts.push(Records.map(({ body }) => body).join());
        const failed = Records.filter(({ body }) =>
          attempts.length === 1 ? body !== '1' : attempts.length === 2 && body === '4',
        );
        return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
      },
      { fifo: true, mapping: { batchSize: 10, functionResponseTypes: ['ReportBatchItemFailures'] } },
    );
    for (const body of ['1', '2', '3', '4']) send(body);
    map();
    await clock.advance(100_000);
    expect(attempts).toEqual(['1,2,3,4', '2,3,4', '4']);
    expect(batches[0]?.event.Records[0]?.attributes).toMatchObject({ MessageGroupId: 'g', MessageDeduplicationId: '1' });
    expect(left()).toEqual({ jobs: 0, dead: 0 });
  });
});

describe('a mapping that is limited', () => {
  it('has no more batches under way at once', async () => {
    const { clock, batches, map, send } = await setUp(lasting(10), { mapping: { batchSize: 1, maximumConcurrency: 2 } });
    map();
    for (const body of ['1', '2', '3', '4', '5']) send(body);
    await clock.advance(60_000);
    expect(batches.map(({ at }) => at)).toEqual([0, 0, 10, 10, 20]);
  });

  it('hands over nothing while it is disabled', async () => {
    const { clock, batches, map, send, lambda, left } = await setUp(() => undefined, { mapping: { enabled: false } });
    const { id } = map();
    send('1');
    await clock.advance(60_000);
    expect(left().jobs).toBe(1);
    updateMapping(lambda.store, id, { enabled: true });
    await clock.settle();
    expect(bodiesOf(batches)).toEqual([['1']]);
    updateMapping(lambda.store, id, { enabled: false });
    send('2');
    await clock.advance(60_000);
    expect(batches).toHaveLength(1);
  });
});

describe('a mapping with a batching window', () => {
  const mapping = { batchSize: 20, batchingWindow: 5 };

  it('collects until the window is over', async () => {
    const { clock, batches, map, send } = await setUp(() => undefined, { mapping });
    map();
    send('1');
    await clock.advance(3000);
    send('2');
    await clock.advance(1999);
    expect(batches).toEqual([]);
    await clock.advance(1);
    expect(batches.map(({ at, bodies }) => [at, bodies])).toEqual([[5, ['1', '2']]]);
    // Recorded so: null with a window where the message has no attributes, absent without
    expect(batches[0]?.event.Records[0]).toHaveProperty('md5OfMessageAttributes', null);
  });

  it('hands over a full batch at once', async () => {
    const { clock, batches, map, send } = await setUp(() => undefined, { mapping });
    map();
    for (let index = 0; index < 25; index += 1) send(String(index));
    await clock.settle();
    expect(batches.map(({ bodies }) => bodies.length)).toEqual([20]);
    await clock.advance(5000);
    expect(batches.map(({ bodies }) => bodies.length)).toEqual([20, 5]);
  });
});

describe('a mapping is refused', () => {
  it.each<[string, Setup, string]>([
    [
      'for a queue that is not there',
      { mapping: { queueArn: 'arn:aws:sqs:eu-west-1:123456789012:absent' } },
      'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.',
    ],
    [
      'for a function that is not there',
      { mapping: { functionName: 'absent' } },
      'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:absent',
    ],
    [
      'with batches of 11 without a window',
      { mapping: { batchSize: 11 } },
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    ],
    ['with batches of 10001', { mapping: { batchSize: 10_001, batchingWindow: 1 } }, "Value '10001' at 'batchSize'"],
    ['with batches of nothing', { mapping: { batchSize: 0 } }, "Value '0' at 'batchSize'"],
    ['with batches of 11 of a FIFO queue', { fifo: true, mapping: { batchSize: 11 } }, "Value '11' at 'batchSize'"],
    [
      'with a window on a FIFO queue',
      { fifo: true, mapping: { batchingWindow: 1 } },
      'Batching window is not supported for FIFO queues',
    ],
    [
      'with a window of more than five minutes',
      { mapping: { batchingWindow: 301 } },
      "Value '301' at 'maximumBatchingWindowInSeconds'",
    ],
    ['with a concurrency of 1', { mapping: { maximumConcurrency: 1 } }, "Value '1' at 'scalingConfig.maximumConcurrency'"],
    [
      'with a concurrency of 1001',
      { mapping: { maximumConcurrency: 1001 } },
      "Value '1001' at 'scalingConfig.maximumConcurrency'",
    ],
    [
      'with another response type',
      { mapping: { functionResponseTypes: ['Other'] } },
      "Value '[Other]' at 'functionResponseTypes'",
    ],
  ])('%s', async (_, setup, message) => {
    const { map } = await setUp(() => undefined, setup);
    expect(map).toThrow(message);
  });

  it('if queue and function have one already', async () => {
    const { map, arn } = await setUp(() => undefined);
    const { id } = map();
    expect(map).toThrow(
      `An event source mapping with SQS arn (" ${arn('jobs')} ") and function (" worker ") already exists. Please update or delete the existing mapping with UUID ${id}`,
    );
  });
});

const recordings = fileURLToPath(new URL('../../../../shared/recordings/lambda-event-source-sqs.json', import.meta.url));

describe.skipIf(!existsSync(recordings))('AWS’s recorded mappings (skipped: the recordings are not beside the project)', () => {
  it('have the members that ours have', async () => {
    const all = JSON.parse(readFileSync(recordings, 'utf8'));
    const name = Object.keys(all).find((key) => key.endsWith('test_fifo_message_group_parallelism')) ?? '';
    const { ResponseMetadata: _, ...recorded } = all[name]['recorded-content'].get_esm_enabled;
    const { map } = await setUp(() => undefined, { fifo: true, mapping: { batchSize: 1 } });
    const ours = describeMapping(map());
    expect(Object.keys(ours).sort()).toEqual(Object.keys(recorded).sort());
    expect(ours).toMatchObject({
      BatchSize: recorded.BatchSize,
      State: recorded.State,
      StateTransitionReason: recorded.StateTransitionReason,
      FunctionResponseTypes: recorded.FunctionResponseTypes,
      MaximumBatchingWindowInSeconds: recorded.MaximumBatchingWindowInSeconds,
    });
  });
});
