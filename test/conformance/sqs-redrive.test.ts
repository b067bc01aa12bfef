import {
  CancelMessageMoveTaskCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Endpoint, eventually, leftOut, openEndpoint } from './endpoint.ts';
import { bodies, openSqs, type Sqs } from './sqs.ts';

/**
 * Dead-letter queues and the way back. Sources: SQS developer guide, "Using dead-letter queues in Amazon SQS", "Learn how to configure a
 * dead-letter queue redrive"; API reference, SetQueueAttributes, StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask.
 */
describe.skipIf(leftOut('sqs'))('dead letters (skipped where CONFORMANCE_SKIP names sqs)', { concurrent: true }, () => {
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

  const policy = (arn: string, maxReceiveCount: number | string = 1) =>
    JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount });

  /** A queue whose messages are visible again at once, and its dead-letter queue. */
  const town = async (maxReceiveCount = 1, attributes: Readonly<Record<string, string>> = {}) => {
    const dead = await sqs.queue(attributes);
    const deadArn = await sqs.arn(dead);
    const RedrivePolicy = policy(deadArn, maxReceiveCount);
    const source = await sqs.queue({ ...attributes, VisibilityTimeout: '0', RedrivePolicy });
    return { source, sourceArn: await sqs.arn(source), dead, deadArn };
  };

  /** Receives it as often as its queue allows, and once more, which finds nothing. */
  const giveUp = async (source: string, times: number): Promise<void> => {
    for (let turn = 0; turn < times; turn += 1) await sqs.receiveAll(source, 1, { MaxNumberOfMessages: 1 });
    await eventually(async () => expect(await sqs.receive(source, { WaitTimeSeconds: 0 })).toEqual([]));
  };

  it('is a message that was received as often as its queue allows, under its own id', async () => {
    const { source, sourceArn, dead } = await town(2);
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'x' } };
    const id = await sqs.send(source, 'poison', { MessageAttributes });
    await giveUp(source, 2);
    const [letter] = await sqs.receiveAll(dead, 1);
    expect(letter).toMatchObject({
      MessageId: id,
      Body: 'poison',
      MessageAttributes: { kind: { StringValue: 'x' } },
      Attributes: { DeadLetterQueueSourceArn: sourceArn },
    });
  });

  it('is one of a FIFO queue, too, and its group goes on', async () => {
    const { source, dead } = await town(1, { FifoQueue: 'true' });
    await sqs.sendTo(source, 'a', 'poison');
    await sqs.sendTo(source, 'a', 'next');
    await sqs.sendTo(source, 'b', 'other');
    expect(bodies(await sqs.receive(source, { MaxNumberOfMessages: 1 }))).toEqual(['poison']);
    const next = await sqs.receiveAll(source, 2, { VisibilityTimeout: 30 });
    expect(bodies(next).toSorted()).toEqual(['next', 'other']);
    const [letter] = await sqs.receiveAll(dead, 1);
    expect(letter).toMatchObject({ Body: 'poison', Attributes: { MessageGroupId: 'a' } });
  });

  it('are listed by the queues that they come from', async () => {
    const { source, dead } = await town();
    const listed = () => sqs.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));
    await eventually(async () => expect((await listed()).queueUrls).toEqual([source]));
    await sqs.client.send(new SetQueueAttributesCommand({ QueueUrl: source, Attributes: { RedrivePolicy: '' } }));
    await eventually(async () => expect((await listed()).queueUrls).toEqual([]));
  });

  describe('a redrive policy', () => {
    const refused = (source: string, RedrivePolicy: string) =>
      sqs.refusal('SetQueueAttributes', { QueueUrl: source, Attributes: { RedrivePolicy } });

    it.each<[string, (arn: string) => string]>([
      ['no queue that is there', (arn) => policy(`${arn}-that-is-not-there`)],
      ['no ARN', () => policy('somewhere')],
      ['no count', (arn) => JSON.stringify({ deadLetterTargetArn: arn })],
      ['no queue', () => JSON.stringify({ maxReceiveCount: 3 })],
      ['a count of nothing', (arn) => policy(arn, 0)],
      ['a count of more than a thousand', (arn) => policy(arn, 1001)],
      ['another member', (arn) => JSON.stringify({ ...JSON.parse(policy(arn)), more: 1 })],
    ])('names %s', async (_, text) => {
      const { source, deadArn } = await town();
      expect(await refused(source, text(deadArn))).toMatchObject({ status: 400, code: 'InvalidParameterValueException' });
    });

    it('is JSON', async () => {
      expect(await refused(await sqs.queue(), 'not JSON')).toMatchObject({ status: 400, code: 'InvalidAttributeValue' });
    });

    it('takes its count as a number and as a text', async () => {
      const { source, deadArn } = await town();
      const Attributes = { RedrivePolicy: policy(deadArn, '7') };
      await sqs.client.send(new SetQueueAttributesCommand({ QueueUrl: source, Attributes }));
      const kept = JSON.parse((await sqs.attribute(source, 'RedrivePolicy')) ?? '');
      expect([Number(kept.maxReceiveCount), kept.deadLetterTargetArn]).toEqual([7, deadArn]);
    });

    // "The dead-letter queue of a FIFO queue must also be a FIFO queue."
    it('names a queue of the same type', async () => {
      const standard = await sqs.arn(await sqs.queue());
      expect(await refused(await sqs.fifo(), policy(standard))).toMatchObject({ code: 'InvalidParameterValueException' });
      const fifo = await sqs.arn(await sqs.fifo());
      expect(await refused(await sqs.queue(), policy(fifo))).toMatchObject({ code: 'InvalidParameterValueException' });
    });

    it('is taken where the dead-letter queue allows it, and nowhere else', async () => {
      const source = await sqs.queue();
      const dead = await sqs.queue({ RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'denyAll' }) });
      const wanted = policy(await sqs.arn(dead));
      expect(await refused(source, wanted)).toMatchObject({ status: 400, code: 'InvalidParameterValueException' });
      const allow = async (value: object) => {
        const Attributes = { RedriveAllowPolicy: JSON.stringify(value) };
        await sqs.client.send(new SetQueueAttributesCommand({ QueueUrl: dead, Attributes }));
      };
      await allow({ redrivePermission: 'byQueue', sourceQueueArns: [`${await sqs.arn(source)}-other`] });
      expect(await refused(source, wanted)).toMatchObject({ code: 'InvalidParameterValueException' });
      await allow({ redrivePermission: 'byQueue', sourceQueueArns: [await sqs.arn(source)] });
      const set = () =>
        sqs.client.send(new SetQueueAttributesCommand({ QueueUrl: source, Attributes: { RedrivePolicy: wanted } }));
      await eventually(set, 60_000);
      expect(await sqs.attribute(source, 'RedrivePolicy')).toContain(await sqs.arn(dead));
    });

    it.each<[string, object]>([
      ['an unknown word', { redrivePermission: 'sometimes' }],
      ['no queues', { redrivePermission: 'byQueue', sourceQueueArns: [] }],
      ['queues without need', { redrivePermission: 'allowAll', sourceQueueArns: ['arn:aws:sqs:eu-west-1:123456789012:a'] }],
      [
        'more than ten queues',
        {
          redrivePermission: 'byQueue',
          sourceQueueArns: Array.from({ length: 11 }, (_, index) => `arn:aws:sqs:eu-west-1:123456789012:q${index}`),
        },
      ],
    ])('is not allowed by %s', async (_, value) => {
      const Attributes = { RedriveAllowPolicy: JSON.stringify(value) };
      const refusal = await sqs.refusal('SetQueueAttributes', { QueueUrl: await sqs.queue(), Attributes });
      expect(refusal.status).toBe(400);
      expect(['InvalidAttributeValue', 'InvalidParameterValueException']).toContain(refusal.code);
    });
  });

  describe('are moved', () => {
    const start = (SourceArn: string, more: object = {}) =>
      sqs.client.send(new StartMessageMoveTaskCommand({ SourceArn, ...more }));
    const tasks = async (SourceArn: string, MaxResults = 10) =>
      (await sqs.client.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults }))).Results ?? [];
    const ended = (arn: string) =>
      eventually(async () => {
        const [task] = await tasks(arn);
        if (task?.Status === 'RUNNING' || task === undefined) throw new Error(`the task is ${task?.Status}`);
        return task;
      }, 60_000);

    it('back to where they came from, as new messages', async () => {
      const { source, sourceArn, dead, deadArn } = await town();
      const ids = [await sqs.send(source, 'one'), await sqs.send(source, 'two')];
      await giveUp(source, 2);
      await eventually(async () => expect(await sqs.attribute(dead, 'ApproximateNumberOfMessages')).toBe('2'));
      expect((await start(deadArn)).TaskHandle).toMatch(/.+/);
      const task = await ended(deadArn);
      expect(task).toMatchObject({ Status: 'COMPLETED', SourceArn: deadArn, ApproximateNumberOfMessagesMoved: 2 });
      expect(task.TaskHandle).toBeUndefined();
      expect(task.StartedTimestamp).toBeGreaterThan(1_700_000_000_000);
      const back = await sqs.receiveAll(source, 2, { VisibilityTimeout: 30 });
      expect(bodies(back).toSorted()).toEqual(['one', 'two']);
      // "redriven messages are considered new messages with a new messageID and enqueueTime"
      expect(back.every(({ MessageId = '' }) => !ids.includes(MessageId))).toBe(true);
      expect(back.map(({ Attributes }) => Attributes?.ApproximateReceiveCount)).toEqual(['1', '1']);
      expect(sourceArn).toMatch(/^arn:aws:sqs:/);
    });

    it('to another queue of the same type', async () => {
      const { source, dead, deadArn } = await town();
      await sqs.send(source, 'one');
      await giveUp(source, 1);
      await eventually(async () => expect(await sqs.attribute(dead, 'ApproximateNumberOfMessages')).toBe('1'));
      const other = await sqs.queue();
      const DestinationArn = await sqs.arn(other);
      await start(deadArn, { DestinationArn });
      expect(await ended(deadArn)).toMatchObject({ Status: 'COMPLETED', DestinationArn });
      expect(bodies(await sqs.receiveAll(other, 1))).toEqual(['one']);
    });

    it('one task at a time, that can be cancelled', async () => {
      const { source, deadArn, dead } = await town();
      for (let index = 0; index < 5; index += 1) await sqs.send(source, `m${index}`);
      await giveUp(source, 5);
      await eventually(async () => expect(await sqs.attribute(dead, 'ApproximateNumberOfMessages')).toBe('5'));
      const { TaskHandle } = await start(deadArn, { MaxNumberOfMessagesPerSecond: 1 });
      expect(await sqs.refusal('StartMessageMoveTask', { SourceArn: deadArn })).toMatchObject({ status: 400 });
      const [running] = await tasks(deadArn);
      expect(running).toMatchObject({ Status: 'RUNNING', TaskHandle, MaxNumberOfMessagesPerSecond: 1 });
      const cancelled = await sqs.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
      expect(cancelled.ApproximateNumberOfMessagesMoved).toBeLessThan(5);
      const task = await ended(deadArn);
      expect(['CANCELLED', 'CANCELLING']).toContain(task.Status);
    });

    it.each<[string, (town: { deadArn: string; sourceArn: string }) => object, string]>([
      [
        'from a queue that is nobody’s dead-letter queue',
        ({ sourceArn }) => ({ SourceArn: sourceArn }),
        'InvalidParameterValueException',
      ],
      ['from a queue that is not there', ({ deadArn }) => ({ SourceArn: `${deadArn}-x` }), 'ResourceNotFoundException'],
      [
        'to the queue itself',
        ({ deadArn }) => ({ SourceArn: deadArn, DestinationArn: deadArn }),
        'InvalidParameterValueException',
      ],
      [
        'to a queue that is not there',
        ({ deadArn, sourceArn }) => ({ SourceArn: deadArn, DestinationArn: `${sourceArn}-x` }),
        'ResourceNotFoundException',
      ],
      [
        'faster than 500 a second',
        ({ deadArn }) => ({ SourceArn: deadArn, MaxNumberOfMessagesPerSecond: 501 }),
        'InvalidParameterValueException',
      ],
    ])('not %s', async (_, input, code) => {
      expect(await sqs.refusal('StartMessageMoveTask', input(await town()))).toMatchObject({ code });
    });

    it('not by a handle that is none', async () => {
      const refusal = await sqs.refusal('CancelMessageMoveTask', { TaskHandle: 'nothing' });
      expect(['InvalidParameterValueException', 'ResourceNotFoundException']).toContain(refusal.code);
    });
  });
});
