import { ChangeMessageVisibilityBatchCommand, SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Endpoint, leftOut, openEndpoint, uniqueName } from './endpoint.ts';
import { bodies, openSqs, type Sqs } from './sqs.ts';

/**
 * FIFO queues. Sources: SQS developer guide, "FIFO queue delivery logic", "Exactly-once processing", "Using the message deduplication
 * ID", "High throughput for FIFO queues"; API reference, SendMessage and ReceiveMessage.
 */
describe.skipIf(leftOut('sqs'))('FIFO queues (skipped where CONFORMANCE_SKIP names sqs)', () => {
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

  describe.concurrent('order', () => {
    it('is that of sending, within a group', async () => {
      const url = await sqs.fifo();
      for (const body of ['1', '2', '3', '4', '5']) await sqs.sendTo(url, 'a', body);
      expect(bodies(await sqs.receiveAll(url, 5))).toEqual(['1', '2', '3', '4', '5']);
    });

    it('is kept within each of several groups', async () => {
      const url = await sqs.fifo();
      for (const body of ['1', '2', '3']) for (const group of ['a', 'b']) await sqs.sendTo(url, group, `${group}${body}`);
      const got = await sqs.receiveAll(url, 6);
      for (const group of ['a', 'b']) {
        const ofGroup = got.filter(({ Attributes }) => Attributes?.MessageGroupId === group);
        expect(bodies(ofGroup)).toEqual([`${group}1`, `${group}2`, `${group}3`]);
      }
    });

    it('is told by sequence numbers that increase', async () => {
      const url = await sqs.fifo();
      const sent: string[] = [];
      for (const group of ['a', 'b', 'a']) {
        const command = { QueueUrl: url, MessageBody: 'x', MessageGroupId: group, MessageDeduplicationId: uniqueName('m') };
        sent.push((await sqs.client.send(new SendMessageCommand(command))).SequenceNumber ?? '');
      }
      // API reference, SendMessage: "The length of SequenceNumber is 128 bits"; digits, so that BigInt compares them.
      const numbers = sent.map(BigInt);
      expect(numbers[0]).toBeLessThan(numbers[1] ?? 0n);
      expect(numbers[1]).toBeLessThan(numbers[2] ?? 0n);
      const got = await sqs.receiveAll(url, 3);
      expect(got.map(({ Attributes }) => Attributes?.SequenceNumber ?? '').sort()).toEqual([...sent].sort());
    });

    it('survives a failure: the message that comes back is first again', async () => {
      const url = await sqs.fifo({ VisibilityTimeout: '60' });
      for (const body of ['1', '2', '3']) await sqs.sendTo(url, 'a', body);
      const first = await sqs.receive(url, { MaxNumberOfMessages: 2 });
      expect(bodies(first)).toEqual(['1', '2']);
      // Both come back at once: a timeout each might let the first one be received alone, which locks the group.
      const Entries = first.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 }));
      await sqs.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
      const again = await sqs.receiveAll(url, 3);
      expect(bodies(again)).toEqual(['1', '2', '3']);
      expect(again.map(({ Attributes }) => Attributes?.ApproximateReceiveCount)).toEqual(['2', '2', '1']);
    });
  });

  describe.concurrent('a group with a message in flight', () => {
    it('gives no later message of it, while other groups go on', async () => {
      const url = await sqs.fifo();
      for (const body of ['1', '2']) await sqs.sendTo(url, 'a', `a${body}`);
      await sqs.sendTo(url, 'b', 'b1');
      const [first] = await sqs.receive(url, { MaxNumberOfMessages: 1 });
      expect(first?.Body).toBe('a1');
      expect(bodies(await sqs.receive(url))).toEqual(['b1']);
      expect(await sqs.receive(url)).toEqual([]);
    });

    it('goes on as soon as it is deleted', async () => {
      const url = await sqs.fifo();
      for (const body of ['1', '2']) await sqs.sendTo(url, 'a', body);
      const [first] = await sqs.receive(url, { MaxNumberOfMessages: 1 });
      const waiting = sqs.receive(url, { WaitTimeSeconds: 10 });
      await sqs.delete(url, first);
      expect(bodies(await waiting)).toEqual(['2']);
    });

    it('may have given several of its messages to one receive, and stays locked until all of them are done', async () => {
      const url = await sqs.fifo();
      for (const body of ['1', '2', '3']) await sqs.sendTo(url, 'a', body);
      const [first, second] = await sqs.receive(url, { MaxNumberOfMessages: 2 });
      await sqs.delete(url, first);
      expect(await sqs.receive(url)).toEqual([]);
      await sqs.delete(url, second);
      expect(bodies(await sqs.receiveAll(url, 1))).toEqual(['3']);
    });
  });

  describe.concurrent('a duplicate', () => {
    const send = (url: string, group: string, body: string, id?: string) =>
      sqs.client.send(
        new SendMessageCommand({ QueueUrl: url, MessageBody: body, MessageGroupId: group, MessageDeduplicationId: id }),
      );

    it('by its id is answered as the first, and not delivered', async () => {
      const url = await sqs.fifo();
      const first = await send(url, 'a', 'one', 'same');
      const second = await send(url, 'a', 'two', 'same');
      expect(second.MessageId).toBe(first.MessageId);
      expect(second.SequenceNumber).toBe(first.SequenceNumber);
      expect(bodies(await sqs.receiveAll(url, 1))).toEqual(['one']);
      expect(await sqs.attribute(url, 'ApproximateNumberOfMessages')).toBe('0');
    });

    it('by its content is one whatever its attributes are', async () => {
      const url = await sqs.fifo({ ContentBasedDeduplication: 'true' });
      const first = await send(url, 'a', 'same');
      // developer guide: "generates the message deduplication ID using the body of the message - but not the attributes"
      const attributes = { kind: { DataType: 'String', StringValue: 'other' } };
      const id = await sqs.send(url, 'same', { MessageGroupId: 'a', MessageAttributes: attributes });
      expect(id).toBe(first.MessageId);
      await send(url, 'a', 'another');
      expect(bodies(await sqs.receiveAll(url, 2))).toEqual(['same', 'another']);
    });

    it('by content is none where an id of one’s own differs', async () => {
      const url = await sqs.fifo({ ContentBasedDeduplication: 'true' });
      await send(url, 'a', 'same', 'first');
      await send(url, 'a', 'same', 'second');
      expect(bodies(await sqs.receiveAll(url, 2))).toEqual(['same', 'same']);
    });

    it('is one in another group too', async () => {
      const url = await sqs.fifo();
      const first = await send(url, 'a', 'one', 'same');
      expect((await send(url, 'b', 'two', 'same')).MessageId).toBe(first.MessageId);
    });

    it('is none in another group, where the scope is the group', async () => {
      const url = await sqs.fifo({ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' });
      await send(url, 'a', 'one', 'same');
      await send(url, 'b', 'two', 'same');
      await send(url, 'a', 'three', 'same');
      expect([...bodies(await sqs.receiveAll(url, 2))].sort()).toEqual(['one', 'two']);
    });

    it('is still one when the first has been deleted', async () => {
      const url = await sqs.fifo();
      const first = await send(url, 'a', 'one', 'same');
      const [message] = await sqs.receiveAll(url, 1);
      await sqs.delete(url, message);
      // developer guide: "SQS continues to keep track of the message deduplication ID even after the message is received and deleted"
      expect((await send(url, 'a', 'two', 'same')).MessageId).toBe(first.MessageId);
      expect(await sqs.receive(url)).toEqual([]);
    });

    it('has the id that was given, or the content’s SHA-256, in its attributes', async () => {
      const url = await sqs.fifo({ ContentBasedDeduplication: 'true' });
      await send(url, 'a', 'test', 'mine');
      await send(url, 'a', 'test');
      const got = await sqs.receiveAll(url, 2);
      expect(got.map(({ Attributes }) => Attributes?.MessageDeduplicationId)).toEqual([
        'mine',
        // printf test | sha256sum
        '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      ]);
    });
  });

  describe.concurrent('a FIFO queue', () => {
    it('refuses a delay for one message', async () => {
      const url = await sqs.fifo();
      const ids = { MessageGroupId: 'a', MessageDeduplicationId: 'b' };
      const refusal = await sqs.refusal('SendMessage', { QueueUrl: url, MessageBody: 'x', DelaySeconds: 1, ...ids });
      expect(refusal).toMatchObject({ code: 'InvalidParameterValueException', queryError: 'InvalidParameterValue;Sender' });
    });

    it('delays its messages as a queue', async () => {
      const url = await sqs.fifo({ DelaySeconds: '1' });
      await sqs.sendTo(url, 'a', 'x');
      expect(await sqs.receive(url, { WaitTimeSeconds: 0 })).toEqual([]);
      expect(bodies(await sqs.receiveAll(url, 1))).toEqual(['x']);
    });

    it('refuses a message without a group, and one without anything to tell duplicates by', async () => {
      const url = await sqs.fifo();
      const message = { QueueUrl: url, MessageBody: 'x' };
      expect(await sqs.refusal('SendMessage', { ...message, MessageDeduplicationId: 'b' })).toMatchObject({
        code: 'MissingRequiredParameterException',
        queryError: 'MissingParameter;Sender',
      });
      expect(await sqs.refusal('SendMessage', { ...message, MessageGroupId: 'a' })).toMatchObject({
        code: 'InvalidParameterValueException',
        queryError: 'InvalidParameterValue;Sender',
      });
    });

    it('refuses ids of more than 128 characters', async () => {
      const url = await sqs.fifo();
      const message = { QueueUrl: url, MessageBody: 'x', MessageGroupId: 'a', MessageDeduplicationId: 'b' };
      for (const name of ['MessageGroupId', 'MessageDeduplicationId'])
        expect(await sqs.refusal('SendMessage', { ...message, [name]: 'a'.repeat(129) }), name).toMatchObject({
          code: 'InvalidParameterValueException',
        });
      await sqs.send(url, 'x', { MessageGroupId: 'a'.repeat(128), MessageDeduplicationId: '!~'.repeat(64) });
    });

    it('is made with a name that ends in .fifo, and never becomes another', async () => {
      const name = uniqueName('conformance');
      expect(await sqs.refusal('CreateQueue', { QueueName: name, Attributes: { FifoQueue: 'true' } })).toMatchObject({
        code: 'InvalidParameterValueException',
      });
      expect(await sqs.refusal('CreateQueue', { QueueName: `${name}.fifo` })).toMatchObject({
        code: 'InvalidParameterValueException',
      });
      const url = await sqs.fifo();
      const change = { QueueUrl: url, Attributes: { FifoQueue: 'false' } };
      expect(await sqs.refusal('SetQueueAttributes', change)).toMatchObject({ code: 'InvalidAttributeValue' });
    });

    it('has a throughput per group only with duplicates per group', async () => {
      const url = await sqs.fifo();
      const FifoThroughputLimit = 'perMessageGroupId';
      expect(await sqs.refusal('SetQueueAttributes', { QueueUrl: url, Attributes: { FifoThroughputLimit } })).toMatchObject({
        code: 'InvalidAttributeValue',
      });
      const both = { FifoThroughputLimit, DeduplicationScope: 'messageGroup' };
      await sqs.client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: both }));
      expect(await sqs.attribute(url, 'FifoThroughputLimit')).toBe(FifoThroughputLimit);
    });

    it('gives the same messages to a receive that is repeated under its attempt id', async () => {
      const url = await sqs.fifo();
      for (const body of ['1', '2']) await sqs.sendTo(url, 'a', body);
      const asked = { ReceiveRequestAttemptId: uniqueName('attempt'), MaxNumberOfMessages: 1 };
      const first = await sqs.receive(url, asked);
      const again = await sqs.receive(url, asked);
      expect(bodies(first)).toEqual(['1']);
      // API reference, ReceiveMessage: "the same messages and receipt handles"
      expect(again.map(({ ReceiptHandle }) => ReceiptHandle)).toEqual(first.map(({ ReceiptHandle }) => ReceiptHandle));
    });
  });
});
