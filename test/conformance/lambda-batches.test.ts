import { ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Endpoint, eventually, leftOut, openEndpoint, uniqueName } from './endpoint.ts';
import { openLambda } from './lambda.ts';
import { openSqs, type Sqs } from './sqs.ts';

const REPORTS = { FunctionResponseTypes: ['ReportBatchItemFailures'] } as const;

/**
 * What a function gets of a queue, and what becomes of it. Sources: Lambda developer guide, "Using Lambda with Amazon SQS", "Handling
 * errors for an SQS event source in Lambda", "Using event filtering with an Amazon SQS event source".
 */
describe.skipIf(leftOut('lambda'))(
  'a function that reads a queue (skipped where CONFORMANCE_SKIP names lambda)',
  { concurrent: true, timeout: 120_000 },
  () => {
    let endpoint: Endpoint;
    let sqs: Sqs;
    let lambda: ReturnType<typeof openLambda>;
    let worker: string;

    beforeAll(async () => {
      endpoint = await openEndpoint();
      sqs = openSqs(endpoint);
      lambda = openLambda(endpoint, sqs);
      worker = await lambda.newFunction();
    }, 120_000);
    afterAll(async () => {
      await lambda.clean();
      await sqs.clean();
      await endpoint.close();
    }, 60_000);

    const town = (...[queue, mapping]: [queue?: object, mapping?: object]) => lambda.town(worker, queue, mapping);

    /** Neither to be received nor being worked on. */
    const empty = (url: string) =>
      eventually(async () => {
        const counts = await Promise.all([
          sqs.attribute(url, 'ApproximateNumberOfMessages'),
          sqs.attribute(url, 'ApproximateNumberOfMessagesNotVisible'),
        ]);
        expect(counts).toEqual(['0', '0']);
      }, 30_000);

    it('gets each message as a record, and it is deleted', async () => {
      const { url, order, messages, begin } = await town();
      await begin();
      const body = order('one');
      const MessageAttributes = { kind: { DataType: 'String', StringValue: 'test' } };
      const id = await sqs.send(url, body, { MessageAttributes });
      const [told] = await messages(1);
      expect(told?.records).toEqual([
        {
          messageId: id,
          receiptHandle: expect.stringMatching(/.{20,}/),
          body,
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: expect.stringMatching(/.+/),
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {
            kind: { stringValue: 'test', stringListValues: [], binaryListValues: [], dataType: 'String' },
          },
          // kind: name, type and value with their lengths, as the developer guide of SQS has it ("Calculating the MD5 message digest for
          // message attributes"): printf '\0\0\0\4kind\0\0\0\6String\1\0\0\0\4test' | md5sum
          md5OfMessageAttributes: 'b208efaf010247370cb046e6adfb8858',
          md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
          eventSource: 'aws:sqs',
          eventSourceARN: await sqs.arn(url),
          awsRegion: endpoint.config.region,
        },
      ]);
      await empty(url);
    });

    it('gets messages in batches of the size that was asked for, each once', async () => {
      const { url, order, messages, begin } = await town({}, { BatchSize: 3 });
      const ids = Array.from({ length: 10 }, (_, index) => `m${index}`);
      const Entries = ids.map((id) => ({ Id: id, MessageBody: order(id) }));
      await sqs.client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
      await begin();
      const told = await messages(10);
      expect(told.flatMap((one) => one.ids).toSorted()).toEqual(ids);
      expect(Math.max(...told.map((one) => one.ids.length))).toBeLessThanOrEqual(3);
      expect(new Set(told.map(({ requestId }) => requestId)).size).toBe(told.length);
      await empty(url);
    });

    it('gets what a window has collected', async () => {
      const { url, order, messages, begin } = await town({}, { BatchSize: 20, MaximumBatchingWindowInSeconds: 2 });
      await begin();
      for (const part of ['a', 'b']) {
        const Entries = Array.from({ length: 6 }, (_, index) => ({ Id: `m${index}`, MessageBody: order(`${part}${index}`) }));
        await sqs.client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
      }
      const told = await messages(12);
      // At most 20 at once and at least 2 seconds: twelve that come together are fewer invocations than messages.
      expect(told.length).toBeLessThan(12);
      await empty(url);
    });

    it('gets a whole batch again after it failed, once its visibility timeout is over', async () => {
      const { url, order, messages, begin } = await town({}, { BatchSize: 2, MaximumBatchingWindowInSeconds: 1 });
      await begin();
      const Entries = ['bad', 'good'].map((id) => ({
        Id: id,
        MessageBody: order(id, id === 'bad' ? { do: 'throw', until: 1 } : {}),
      }));
      await sqs.client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
      const told = await messages(3);
      const bad = told.flatMap(({ ids, counts }) => ids.flatMap((id, index) => (id === 'bad' ? [counts[index]] : [])));
      expect(bad.slice(0, 2)).toEqual([1, 2]);
      await empty(url);
    });

    it('that takes too long has failed, too', async () => {
      const { url, order, messages, begin } = await town();
      await begin();
      await sqs.send(url, order('slow', { do: 'hang', until: 1 }));
      const told = await messages(2);
      expect(told.map(({ counts }) => counts)).toEqual([[1], [2]]);
      await empty(url);
    });

    it('gets again only what it reported', async () => {
      const { url, order, messages, begin } = await town({}, { ...REPORTS, MaximumBatchingWindowInSeconds: 1 });
      await begin();
      const Entries = ['bad', 'good'].map((id) => ({
        Id: id,
        MessageBody: order(id, id === 'bad' ? { do: 'report', until: 1 } : {}),
      }));
      await sqs.client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
      const told = await messages(3);
      const handed = told.flatMap(({ ids, counts }) => ids.map((id, index) => `${id} ${counts[index]}`));
      expect(handed.toSorted()).toEqual(['bad 1', 'bad 2', 'good 1']);
      await empty(url);
    });

    it('that reports nothing by name, without being asked to, has done everything', async () => {
      const { url, order, messages, begin } = await town();
      await begin();
      await sqs.send(url, order('reported', { do: 'report' }));
      await messages(1);
      await empty(url);
    });

    // "Lambda treats a batch as a complete failure if …", "… as a complete success if …"
    it.each<[string, unknown, number]>([
      ['an empty answer', {}, 1],
      ['null', null, 1],
      ['null for the failures', { batchItemFailures: null }, 1],
      ['no failures', { batchItemFailures: [] }, 1],
      ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, 2],
      ['null for an identifier', { batchItemFailures: [{ itemIdentifier: null }] }, 2],
      ['another key', { batchItemFailures: [{ identifier: 'x' }] }, 2],
      ['the identifier of no message', { batchItemFailures: [{ itemIdentifier: 'x' }] }, 2],
      ['something that is no list', { batchItemFailures: 'x' }, 2],
    ])('that answers %j is judged by it', async (_, answer, times) => {
      const { url, order, messages, begin } = await town({}, REPORTS);
      await begin();
      await sqs.send(url, order('one', { answer, until: 1 }));
      const told = await messages(times);
      expect(told.map(({ counts }) => counts)).toEqual(times === 1 ? [[1]] : [[1], [2]]);
      await empty(url);
      expect(await messages(times)).toHaveLength(times);
    });

    it('gets the messages of a group in order, and none after one that failed', async () => {
      const { url, order, messages, begin } = await town({ FifoQueue: 'true' }, { BatchSize: 1 });
      for (const id of ['1', '2', '3'])
        for (const group of ['a', 'b'])
          await sqs.sendTo(url, group, order(`${group}${id}`, group === 'a' && id === '2' ? { do: 'throw', until: 1 } : {}));
      await begin();
      const told = await messages(7);
      const of = (group: string) => told.flatMap(({ ids }) => ids).filter((id) => id.startsWith(group));
      expect(of('a')).toEqual(['a1', 'a2', 'a2', 'a3']);
      expect(of('b')).toEqual(['b1', 'b2', 'b3']);
      expect(told[0]?.records[0]?.attributes).toMatchObject({
        MessageGroupId: expect.stringMatching(/^[ab]$/),
        MessageDeduplicationId: expect.stringMatching(/^message-/),
        SequenceNumber: expect.stringMatching(/^\d+$/),
      });
      await empty(url);
    });

    it('leaves to the dead-letter queue what failed as often as the queue allows', async () => {
      const dead = await sqs.queue();
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: await sqs.arn(dead), maxReceiveCount: 2 });
      const { url, order, messages, begin } = await town({ RedrivePolicy });
      await begin();
      const id = await sqs.send(url, order('poison', { do: 'throw' }));
      const told = await messages(2);
      expect(told.map(({ counts }) => counts)).toEqual([[1], [2]]);
      const [letter] = await sqs.receiveAll(dead, 1);
      expect(letter).toMatchObject({ MessageId: id, Attributes: { ApproximateReceiveCount: '3' } });
      await empty(url);
    });

    it('gets only what a filter lets through; the rest is deleted', async () => {
      const Filters = [{ id: [{ prefix: 'yes' }] }, { extra: [{ numeric: ['>', 5] }] }].map((body) => ({
        Pattern: JSON.stringify({ body }),
      }));
      const { url, order, messages, begin } = await town({}, { FilterCriteria: { Filters } });
      await begin();
      await sqs.send(url, order('no'));
      await sqs.send(url, 'no JSON at all');
      await sqs.send(url, JSON.stringify({ ...JSON.parse(order('five')), extra: 5 }));
      await sqs.send(url, JSON.stringify({ ...JSON.parse(order('six')), extra: 6 }));
      await sqs.send(url, order('yes'));
      const told = await messages(2);
      expect(told.flatMap(({ ids }) => ids).toSorted()).toEqual(['six', 'yes']);
      await empty(url);
      expect((await messages(2)).flatMap(({ ids }) => ids)).toHaveLength(2);
    });

    // developer guide, "Lambda quotas": 6 MB for an invocation's event; a message of SQS has up to 1 MiB.
    it('never gets more than 6 MB at once', async () => {
      const { url, order, messages, begin } = await town({ MaximumMessageSize: '1048576' }, { BatchSize: 10 });
      const padding = { padding: 'x'.repeat(1_000_000) };
      for (let index = 0; index < 9; index += 1)
        await sqs.send(url, JSON.stringify({ ...JSON.parse(order(`m${index}`)), ...padding }));
      await begin();
      const told = await messages(9);
      expect(Math.max(...told.map(({ ids }) => ids.length))).toBeLessThanOrEqual(6);
      await empty(url);
    });

    it('gets nothing while the mapping is disabled', async () => {
      const { url, order } = await town();
      await lambda.map(worker, await sqs.arn(url), { Enabled: false });
      await sqs.send(url, order(uniqueName('nobody')));
      const { Messages } = await sqs.client.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 2 }));
      expect(Messages).toHaveLength(1);
    });
  },
);
