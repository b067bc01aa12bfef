import { createHash } from 'node:crypto';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Endpoint, eventually, leftOut, openEndpoint } from './endpoint.ts';
import { bodies, openSqs, type Sqs } from './sqs.ts';

/**
 * Standard queues. Sources: SQS API reference, SendMessage, ReceiveMessage, ChangeMessageVisibility and their batches; developer guide,
 * "Amazon SQS visibility timeout", "Amazon SQS message metadata", "Amazon SQS message quotas".
 */
describe.skipIf(leftOut('sqs'))('standard queues (skipped where CONFORMANCE_SKIP names sqs)', { concurrent: true }, () => {
  let endpoint: Endpoint;
  let sqs: Sqs;

  beforeAll(async () => {
    endpoint = await openEndpoint();
    sqs = openSqs(endpoint);
  });
  afterAll(async () => {
    await sqs.clean();
    await endpoint.close();
  });

  const hide = (QueueUrl: string, ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
    sqs.client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  const seconds = (milliseconds: string | undefined) => Math.abs(Date.now() - Number(milliseconds)) / 1000;

  describe('a message that was received', () => {
    it('is hidden for as long as the queue says, and comes back with a count', async () => {
      const url = await sqs.queue({ VisibilityTimeout: '1' });
      await sqs.send(url, 'x');
      const [first] = await sqs.receiveAll(url, 1);
      expect(await sqs.receive(url, { WaitTimeSeconds: 0 })).toEqual([]);
      const [again] = await sqs.receiveAll(url, 1);
      expect(again?.MessageId).toBe(first?.MessageId);
      expect(again?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
      const counts = [first, again].map((message) => message?.Attributes?.ApproximateReceiveCount);
      expect(counts).toEqual(['1', '2']);
      expect(again?.Attributes?.ApproximateFirstReceiveTimestamp).toBe(first?.Attributes?.ApproximateFirstReceiveTimestamp);
    });

    it('is hidden for as long as the receive says', async () => {
      const url = await sqs.queue({ VisibilityTimeout: '60' });
      await sqs.send(url, 'x');
      expect(await sqs.receiveAll(url, 1, { VisibilityTimeout: 1 })).toHaveLength(1);
      expect(await sqs.receiveAll(url, 1, { VisibilityTimeout: 60 })).toHaveLength(1);
      expect(await sqs.receive(url, { WaitTimeSeconds: 2 })).toEqual([]);
    });

    it('is shown at once by a visibility timeout of nothing', async () => {
      const url = await sqs.queue({ VisibilityTimeout: '60' });
      await sqs.send(url, 'x');
      const [message] = await sqs.receiveAll(url, 1);
      await hide(url, message?.ReceiptHandle, 0);
      expect(bodies(await sqs.receiveAll(url, 1))).toEqual(['x']);
    });

    it('is hidden for longer', async () => {
      const url = await sqs.queue({ VisibilityTimeout: '1' });
      await sqs.send(url, 'x');
      const [message] = await sqs.receiveAll(url, 1);
      await hide(url, message?.ReceiptHandle, 60);
      expect(await sqs.receive(url, { WaitTimeSeconds: 2 })).toEqual([]);
    });

    // "the maximum is 12 hours … from the time SQS receives the ReceiveMessage request"
    it('is hidden for no more than twelve hours', async () => {
      const url = await sqs.queue();
      await sqs.send(url, 'x');
      const [message] = await sqs.receiveAll(url, 1);
      const asked = { QueueUrl: url, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 43_201 };
      expect(await sqs.refusal('ChangeMessageVisibility', asked)).toMatchObject({ code: 'InvalidParameterValueException' });
      // All twelve hours from now on are more than twelve hours since it was received.
      const whole = { ...asked, VisibilityTimeout: 43_200 };
      await eventually(async () => {
        expect(await sqs.refusal('ChangeMessageVisibility', whole)).toMatchObject({ code: 'InvalidParameterValueException' });
      });
    });

    it('is gone when it was deleted, and deleting it again is no error', async () => {
      const url = await sqs.queue({ VisibilityTimeout: '1' });
      await sqs.send(url, 'x');
      const [message] = await sqs.receiveAll(url, 1);
      await sqs.delete(url, message);
      await sqs.delete(url, message);
      expect(await sqs.receive(url, { WaitTimeSeconds: 2 })).toEqual([]);
    });

    it('says when it was sent, when it was received first, and by whom it was sent', async () => {
      const url = await sqs.queue();
      await sqs.send(url, 'x');
      const [message] = await sqs.receiveAll(url, 1);
      const { SentTimestamp, ApproximateFirstReceiveTimestamp, SenderId, ApproximateReceiveCount } = message?.Attributes ?? {};
      expect([seconds(SentTimestamp) < 120, seconds(ApproximateFirstReceiveTimestamp) < 120]).toEqual([true, true]);
      expect(SenderId).toMatch(/^[A-Z0-9:.a-z-]+$/);
      expect(ApproximateReceiveCount).toBe('1');
    });

    it('carries the header of its trace', async () => {
      const url = await sqs.queue();
      // API reference, SendMessage: AWSTraceHeader, "a correctly formatted AWS X-Ray trace header string"
      const StringValue = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
      await sqs.send(url, 'x', { MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue } } });
      const [message] = await sqs.receiveAll(url, 1);
      expect(message?.Attributes?.AWSTraceHeader).toBe(StringValue);
    });

    it('has the group that it was sent with, as in a fair queue', async () => {
      const url = await sqs.queue();
      await sqs.send(url, 'x', { MessageGroupId: 'tenant-1' });
      const [message] = await sqs.receiveAll(url, 1);
      expect(message?.Attributes?.MessageGroupId).toBe('tenant-1');
    });
  });

  describe('a delay', () => {
    it('of one message', async () => {
      const url = await sqs.queue();
      await sqs.send(url, 'later', { DelaySeconds: 1 });
      await sqs.send(url, 'now');
      expect(bodies(await sqs.receiveAll(url, 1, { VisibilityTimeout: 60 }))).toEqual(['now']);
      expect(bodies(await sqs.receiveAll(url, 1))).toEqual(['later']);
    });

    it('of a queue, that a message may do without', async () => {
      const url = await sqs.queue({ DelaySeconds: '1' });
      await sqs.send(url, 'later');
      await sqs.send(url, 'now', { DelaySeconds: 0 });
      expect(bodies(await sqs.receiveAll(url, 1, { VisibilityTimeout: 60 }))).toEqual(['now']);
      expect(bodies(await sqs.receiveAll(url, 1))).toEqual(['later']);
    });

    it('of more than a quarter of an hour is refused', async () => {
      const asked = { QueueUrl: await sqs.queue(), MessageBody: 'x', DelaySeconds: 901 };
      expect(await sqs.refusal('SendMessage', asked)).toMatchObject({ code: 'InvalidParameterValueException' });
    });
  });

  describe('a receive that waits', () => {
    it('answers as soon as there is something', async () => {
      const url = await sqs.queue();
      const began = performance.now();
      const waiting = sqs.receive(url, { WaitTimeSeconds: 20 });
      await sqs.send(url, 'x');
      expect(bodies(await waiting)).toEqual(['x']);
      expect(performance.now() - began).toBeLessThan(15_000);
    });

    it('answers nothing when nothing came', async () => {
      expect(await sqs.receive(await sqs.queue(), { WaitTimeSeconds: 1 })).toEqual([]);
    });

    it.each([
      { MaxNumberOfMessages: 0 },
      { MaxNumberOfMessages: 11 },
      { WaitTimeSeconds: -1 },
      { WaitTimeSeconds: 21 },
      { VisibilityTimeout: -1 },
      { VisibilityTimeout: 43_201 },
    ])('is refused for %j', async (asked) => {
      const refusal = await sqs.refusal('ReceiveMessage', { QueueUrl: await sqs.queue(), ...asked });
      expect(refusal).toMatchObject({ status: 400, code: 'InvalidParameterValueException' });
    });
  });

  describe('message attributes', () => {
    const textOf = (StringValue: string) => ({ DataType: 'String', StringValue });
    const ATTRIBUTES = { one: textOf('1'), 'two.a': textOf('a'), 'two.b': textOf('b') };

    it.each<[readonly string[], readonly string[]]>([
      [['All'], ['one', 'two.a', 'two.b']],
      [['.*'], ['one', 'two.a', 'two.b']],
      [['two.*'], ['two.a', 'two.b']],
      [['one', 'nothing'], ['one']],
      [[], []],
    ])('named %j are given', async (names, given) => {
      const url = await sqs.queue();
      await sqs.send(url, 'x', { MessageAttributes: ATTRIBUTES });
      const [message] = await sqs.receiveAll(url, 1, { MessageAttributeNames: [...names] });
      expect(Object.keys(message?.MessageAttributes ?? {}).toSorted()).toEqual(given);
    });

    /** Developer guide, "Calculating the MD5 message digest for message attributes". */
    const digestOf = (attributes: Readonly<Record<string, { DataType: string; StringValue: string }>>): string => {
      const text = (value: string) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(Buffer.byteLength(value));
        return [length, Buffer.from(value)];
      };
      const parts = Object.entries(attributes)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([name, { DataType, StringValue }]) => [
          ...text(name),
          ...text(DataType),
          Buffer.from([1]),
          ...text(StringValue),
        ]);
      return createHash('md5').update(Buffer.concat(parts)).digest('hex');
    };

    it('have the digest that the documentation calculates', async () => {
      const url = await sqs.queue();
      await sqs.send(url, 'x', { MessageAttributes: { ...ATTRIBUTES, n: { DataType: 'Number.int', StringValue: '5' } } });
      const [message] = await sqs.receiveAll(url, 1);
      const n = { DataType: 'Number.int', StringValue: '5' };
      expect(message?.MD5OfMessageAttributes).toBe(digestOf({ ...ATTRIBUTES, n }));
    });

    it.each<[string, object]>([
      ['a name that begins with AWS.', { 'AWS.x': textOf('1') }],
      ['a name with a space', { 'a b': textOf('1') }],
      ['a name that ends with a period', { 'a.': textOf('1') }],
      ['an unknown type', { a: { DataType: 'Text', StringValue: '1' } }],
      ['no value', { a: { DataType: 'String' } }],
      ['an empty value', { a: textOf('') }],
      ['a number that is none', { a: { DataType: 'Number', StringValue: 'x' } }],
      ['more than ten', Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, textOf('1')]))],
    ])('are refused for %s', async (_, MessageAttributes) => {
      const refusal = await sqs.refusal('SendMessage', { QueueUrl: await sqs.queue(), MessageBody: 'x', MessageAttributes });
      expect(refusal).toMatchObject({ status: 400, code: 'InvalidParameterValueException' });
    });
  });

  describe('a body', () => {
    // "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
    it.each(['\u0000', '\u0008', '\u000b', '\u001f', '\uffff'])('with the character %j is refused', async (character) => {
      const refusal = await sqs.refusal('SendMessage', { QueueUrl: await sqs.queue(), MessageBody: `a${character}b` });
      expect(refusal).toMatchObject({ status: 400, code: 'InvalidMessageContents' });
    });

    it('with every other character arrives as it is', async () => {
      const url = await sqs.queue();
      const body = '\t\n\r \u0020\ud7ff\ue000\ufffd\u{10000}\u{10ffff} <&>"\'é';
      await sqs.send(url, body);
      expect(bodies(await sqs.receiveAll(url, 1))).toEqual([body]);
    });

    it('has to be there', async () => {
      const refusal = await sqs.refusal('SendMessage', { QueueUrl: await sqs.queue(), MessageBody: '' });
      expect(refusal).toMatchObject({ status: 400, code: 'MissingRequiredParameterException' });
    });

    it('has up to as many bytes as the queue allows, with its attributes', async () => {
      const url = await sqs.queue({ MaximumMessageSize: '1024' });
      await sqs.send(url, 'é'.repeat(512));
      const longer = { QueueUrl: url, MessageBody: 'é'.repeat(512) };
      const MessageAttributes = { a: { DataType: 'String', StringValue: '1' } };
      for (const asked of [
        { ...longer, MessageBody: `${longer.MessageBody}x` },
        { ...longer, MessageAttributes },
      ])
        expect(await sqs.refusal('SendMessage', asked)).toMatchObject({ code: 'InvalidParameterValueException' });
    });
  });

  describe('a batch', () => {
    const entries = (count: number, body = 'x') =>
      Array.from({ length: count }, (_, index) => ({ Id: `m${index}`, MessageBody: body }));

    it('answers for each of its entries', async () => {
      const url = await sqs.queue();
      const Entries = [
        { Id: 'good', MessageBody: 'x' },
        { Id: 'late', MessageBody: 'x', DelaySeconds: 901 },
        { Id: 'odd', MessageBody: 'a\u0000b' },
      ];
      const { Successful = [], Failed = [] } = await sqs.client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
      expect(Successful.map(({ Id }) => Id)).toEqual(['good']);
      expect(Failed.map(({ Id, SenderFault }) => [Id, SenderFault]).toSorted()).toEqual([
        ['late', true],
        ['odd', true],
      ]);
      const codes = Object.fromEntries(Failed.map(({ Id = '', Code }) => [Id, Code]));
      expect(codes).toEqual({ late: 'InvalidParameterValue', odd: 'InvalidMessageContents' });
      expect(await sqs.receiveAll(url, 1)).toHaveLength(1);
    });

    it.each<[string, readonly object[], string]>([
      ['nothing', [], 'EmptyBatchRequest'],
      ['eleven messages', entries(11), 'TooManyEntriesInBatchRequest'],
      ['one id twice', [...entries(1), ...entries(1)], 'BatchEntryIdsNotDistinct'],
      ['an id with a space', [{ Id: 'a b', MessageBody: 'x' }], 'InvalidBatchEntryId'],
      ['an id of 81 characters', [{ Id: 'a'.repeat(81), MessageBody: 'x' }], 'InvalidBatchEntryId'],
      // "the total size of all messages that you send in a single SendMessageBatch call can't exceed 1,048,576 bytes"
      ['more than a mebibyte in all', entries(3, 'x'.repeat(400_000)), 'BatchRequestTooLong'],
    ])('of %s is refused', async (_, Entries, code) => {
      expect(await sqs.refusal('SendMessageBatch', { QueueUrl: await sqs.queue(), Entries })).toMatchObject({
        status: 400,
        code,
      });
    });

    it('hides and deletes several, each with its own answer', async () => {
      const url = await sqs.queue({ VisibilityTimeout: '60' });
      await sqs.client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries(2) }));
      const [first, second] = await sqs.receiveAll(url, 2);
      const handles = [
        { Id: 'first', ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 },
        { Id: 'nothing', ReceiptHandle: 'nothing', VisibilityTimeout: 0 },
      ];
      const changed = await sqs.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries: handles }));
      expect(changed.Successful?.map(({ Id }) => Id)).toEqual(['first']);
      expect(changed.Failed).toMatchObject([{ Id: 'nothing', SenderFault: true, Code: 'ReceiptHandleIsInvalid' }]);
      const [again] = await sqs.receiveAll(url, 1);
      expect(again?.MessageId).toBe(first?.MessageId);
      const Entries = [again, second].map((message, index) => ({ Id: `m${index}`, ReceiptHandle: message?.ReceiptHandle }));
      const deleted = await sqs.client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
      expect(deleted.Successful?.map(({ Id }) => Id)).toEqual(['m0', 'm1']);
      await eventually(async () => expect(await sqs.attribute(url, 'ApproximateNumberOfMessagesNotVisible')).toBe('0'));
    });
  });

  describe('a queue', () => {
    it('counts what is there, what is being worked on, and what is delayed', async () => {
      const url = await sqs.queue({ VisibilityTimeout: '60' });
      for (const body of ['1', '2', '3']) await sqs.send(url, body);
      await sqs.send(url, 'later', { DelaySeconds: 60 });
      await sqs.receiveAll(url, 1, { MaxNumberOfMessages: 1 });
      await eventually(async () => {
        expect([
          await sqs.attribute(url, 'ApproximateNumberOfMessages'),
          await sqs.attribute(url, 'ApproximateNumberOfMessagesNotVisible'),
          await sqs.attribute(url, 'ApproximateNumberOfMessagesDelayed'),
        ]).toEqual(['2', '1', '1']);
      });
    });

    it('is emptied once a minute', async () => {
      const url = await sqs.queue();
      await sqs.send(url, 'x');
      await sqs.client.send(new PurgeQueueCommand({ QueueUrl: url }));
      await eventually(async () => expect(await sqs.attribute(url, 'ApproximateNumberOfMessages')).toBe('0'), 60_000);
      // PurgeQueueInProgress: 403
      expect(await sqs.refusal('PurgeQueue', { QueueUrl: url })).toMatchObject({ status: 403, code: 'PurgeQueueInProgress' });
    });

    it('forgets a message after its retention', async () => {
      const asked = (MessageRetentionPeriod: string) => ({ QueueName: 'never-made', Attributes: { MessageRetentionPeriod } });
      for (const value of ['59', '1209601', 'long'])
        expect(await sqs.refusal('CreateQueue', asked(value))).toMatchObject({ code: 'InvalidAttributeValue' });
      expect(await sqs.attribute(await sqs.queue({ MessageRetentionPeriod: '60' }), 'MessageRetentionPeriod')).toBe('60');
    });
  });
});
