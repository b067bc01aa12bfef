import { describe, expect, it } from 'vitest';
import { arnOf, type Cloud, first, newCloud, redriveTo, refusal } from './cloud.ts';

const CONTENT = { ContentBasedDeduplication: 'true' };

/** How often a queue has been announced since the last look, after everything due has run. */
const announcements = ({ store, clock }: Cloud, url: string) => {
  let count = 0;
  store.queues.onAvailable(arnOf(url), () => {
    count += 1;
  });
  return async () => {
    await clock.settle();
    const seen = count;
    count = 0;
    return seen;
  };
};

describe('a long poll', () => {
  it('answers as soon as a message is sent', async () => {
    const { queue, call, bodies, advance } = newCloud();
    const QueueUrl = await queue('q');
    const polled = bodies(QueueUrl, { WaitTimeSeconds: 20 });
    await advance(5);
    await call('SendMessage', { QueueUrl, MessageBody: 'late' });
    expect(await polled).toEqual(['late']);
  });

  it('answers without messages when its time is over, not before', async () => {
    const { queue, bodies, advance } = newCloud();
    let answer: readonly string[] | undefined;
    const polled = bodies(await queue('q', { ReceiveMessageWaitTimeSeconds: '10' })).then((received) => {
      answer = received;
    });
    await advance(9.999);
    expect(answer).toBeUndefined();
    await advance(0.001);
    await polled;
    expect(answer).toEqual([]);
  });

  it('answers when a delay or a visibility timeout ends', async () => {
    const { queue, call, bodies, advance } = newCloud();
    const QueueUrl = await queue('q', { VisibilityTimeout: '3' });
    await call('SendMessage', { QueueUrl, MessageBody: 'm', DelaySeconds: 2 });
    const delayed = bodies(QueueUrl, { WaitTimeSeconds: 20 });
    await advance(2);
    expect(await delayed).toEqual(['m']);
    const hidden = bodies(QueueUrl, { WaitTimeSeconds: 20 });
    await advance(3);
    expect(await hidden).toEqual(['m']);
  });

  it('leaves one message to one of two that wait, the first', async () => {
    const { queue, call, bodies, advance } = newCloud();
    const QueueUrl = await queue('q');
    const one = bodies(QueueUrl, { WaitTimeSeconds: 20 });
    const two = bodies(QueueUrl, { WaitTimeSeconds: 20 });
    await advance(1);
    await call('SendMessage', { QueueUrl, MessageBody: 'm' });
    expect(await one).toEqual(['m']);
    await advance(20);
    expect(await two).toEqual([]);
  });

  it('takes the next of a group when the one before it is deleted', async () => {
    const { fifo, call, bodies, receive, advance } = newCloud();
    const QueueUrl = await fifo('q', CONTENT);
    for (const MessageBody of ['one', 'two']) await call('SendMessage', { QueueUrl, MessageBody, MessageGroupId: 'g' });
    const { ReceiptHandle } = first(await receive(QueueUrl));
    const polled = bodies(QueueUrl, { WaitTimeSeconds: 20 });
    await advance(1);
    await call('DeleteMessage', { QueueUrl, ReceiptHandle });
    expect(await polled).toEqual(['two']);
  });

  it('is refused when its queue is deleted meanwhile', async () => {
    const { queue, call, bodies, advance } = newCloud();
    const QueueUrl = await queue('q');
    const polled = refusal(bodies(QueueUrl, { WaitTimeSeconds: 20 }));
    await advance(1);
    await call('DeleteQueue', { QueueUrl });
    expect((await polled).code).toBe('QueueDoesNotExist');
  });
});

describe('the port’s onAvailable', () => {
  it('tells of a send, never from inside it, and once for a batch', async () => {
    const cloud = newCloud();
    const QueueUrl = await cloud.queue('q');
    let told = 0;
    cloud.store.queues.onAvailable(arnOf(QueueUrl), () => {
      told += 1;
    });
    const Entries = ['1', '2', '3'].map((Id) => ({ Id, MessageBody: Id }));
    await cloud.call('SendMessageBatch', { QueueUrl, Entries });
    expect(told).toBe(0);
    await cloud.clock.settle();
    expect(told).toBe(1);
  });

  it('tells of the end of a delay and of a visibility timeout, and not before', async () => {
    const cloud = newCloud();
    const QueueUrl = await cloud.queue('q', { VisibilityTimeout: '30' });
    const told = announcements(cloud, QueueUrl);
    await cloud.call('SendMessage', { QueueUrl, MessageBody: 'm', DelaySeconds: 10 });
    await told();
    await cloud.advance(9.999);
    expect(await told()).toBe(0);
    await cloud.advance(0.001);
    expect(await told()).toBe(1);
    await cloud.receive(QueueUrl);
    await cloud.advance(29.999);
    expect(await told()).toBe(0);
    await cloud.advance(0.001);
    expect(await told()).toBe(1);
  });

  it('tells of a group’s next message, of an ended timeout and of a dead letter', async () => {
    const cloud = newCloud();
    const dlq = await cloud.fifo('dlq', CONTENT);
    const QueueUrl = await cloud.fifo('q', { ...CONTENT, RedrivePolicy: redriveTo(dlq, 1) });
    for (const MessageBody of ['one', 'two']) await cloud.call('SendMessage', { QueueUrl, MessageBody, MessageGroupId: 'g' });
    const { ReceiptHandle } = first(await cloud.receive(QueueUrl));
    await cloud.clock.settle();
    const told = announcements(cloud, QueueUrl);
    const toldOfDead = announcements(cloud, dlq);
    expect(await told()).toBe(0);
    await cloud.call('DeleteMessage', { QueueUrl, ReceiptHandle });
    expect(await told()).toBe(1);
    const two = first(await cloud.receive(QueueUrl));
    await cloud.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: two.ReceiptHandle, VisibilityTimeout: 0 });
    expect([await told(), await toldOfDead()]).toEqual([1, 0]);
    await cloud.receive(QueueUrl);
    expect(await toldOfDead()).toBe(1);
  });

  it('tells a new listener of what is there already, and a departed one of nothing', async () => {
    const cloud = newCloud();
    const url = await cloud.queue('q');
    cloud.store.queues.send(arnOf(url), { body: 'm' });
    await cloud.clock.settle();
    expect(await announcements(cloud, url)()).toBe(1);
    let told = 0;
    const leave = cloud.store.queues.onAvailable(arnOf(url), () => {
      told += 1;
    });
    leave();
    cloud.store.queues.send(arnOf(url), { body: 'm' });
    await cloud.clock.settle();
    expect(told).toBe(0);
  });

  it('tells nothing of a deleted queue', async () => {
    const cloud = newCloud();
    const QueueUrl = await cloud.queue('q');
    const told = announcements(cloud, QueueUrl);
    await cloud.call('SendMessage', { QueueUrl, MessageBody: 'm', DelaySeconds: 10 });
    await cloud.call('DeleteQueue', { QueueUrl });
    await cloud.advance(60);
    expect(await told()).toBe(0);
  });
});

describe('the port', () => {
  it('receives several of one group in order, as Lambda’s records, and deletes them', async () => {
    const { fifo, store, call } = newCloud();
    const QueueUrl = await fifo('q', CONTENT);
    const arn = arnOf(QueueUrl);
    const { messageId } = store.queues.send(arn, { body: 'one', groupId: 'g' });
    const MessageAttributes = { n: { DataType: 'Number', StringValue: '6' } };
    await call('SendMessage', { QueueUrl, MessageBody: 'two', MessageGroupId: 'g', MessageAttributes });
    const [one, two] = store.queues.receive(arn, 10);
    expect(one).toMatchObject({ messageId, body: 'one', messageAttributes: {} });
    expect(one?.attributes).toMatchObject({ MessageGroupId: 'g', ApproximateReceiveCount: '1' });
    // The record's form is AWS's (WeeksOn of Lambda's recorded events).
    const n = { stringValue: '6', stringListValues: [], binaryListValues: [], dataType: 'Number' };
    expect(two).toMatchObject({ body: 'two', messageAttributes: { n } });
    for (const message of [one, two]) store.queues.delete(arn, message?.receiptHandle ?? '');
    const { Attributes } = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' });
  });

  it('refuses what the actions refuse', async () => {
    const { fifo, store } = newCloud();
    const arn = arnOf(await fifo('q'));
    expect(() => store.queues.send(arn, { body: 'm' })).toThrow('The request must contain the parameter MessageGroupId.');
    expect(() => store.queues.receive(`${arn}x`, 1)).toThrow('The specified queue does not exist.');
    expect([store.queues.exists(arn), store.queues.exists(`${arn}x`)]).toEqual([true, false]);
  });
});
