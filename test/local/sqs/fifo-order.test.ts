import { describe, expect, it } from 'vitest';
import { arnOf, type Cloud, first, newCloud, redriveTo, refusal } from './cloud.ts';

const CONTENT = { ContentBasedDeduplication: 'true' };

/** Sends `g1-m1` to group `g1`, and so on, in order. */
const send = async ({ call }: Cloud, QueueUrl: string, ...bodies: string[]) => {
  for (const MessageBody of bodies) await call('SendMessage', { QueueUrl, MessageBody, MessageGroupId: MessageBody.slice(0, 2) });
};

/** The orders are those that LocalStack's suite (Apache-2.0, tests/aws/services/sqs/test_sqs.py) validated against AWS. */
describe('a FIFO queue', () => {
  it('gives one group’s messages together, in order, before the next group’s', async () => {
    const cloud = newCloud();
    const url = await cloud.fifo('q', CONTENT);
    await send(cloud, url, 'g1-m1', 'g2-m1', 'g1-m2', 'g1-m3');
    expect(await cloud.bodies(url, { MaxNumberOfMessages: 10 })).toEqual(['g1-m1', 'g1-m2', 'g1-m3', 'g2-m1']);
  });

  it('gives nothing of a group that is in flight, and all of it again when the timeout is over', async () => {
    const cloud = newCloud();
    const url = await cloud.fifo('q', { ...CONTENT, VisibilityTimeout: '1' });
    await send(cloud, url, 'g1-m1', 'g1-m2', 'g1-m3', 'g1-m4', 'g2-m1', 'g3-m1');
    expect(await cloud.bodies(url, { MaxNumberOfMessages: 2 })).toEqual(['g1-m1', 'g1-m2']);
    expect(await cloud.bodies(url)).toEqual(['g2-m1']);
    await cloud.advance(2);
    const all = ['g3-m1', 'g1-m1', 'g1-m2', 'g1-m3', 'g1-m4', 'g2-m1'];
    expect(await cloud.bodies(url, { MaxNumberOfMessages: 10, VisibilityTimeout: 0 })).toEqual(all);
  });

  it('lets groups that were just received wait behind the others', async () => {
    const cloud = newCloud();
    const url = await cloud.fifo('q', CONTENT);
    await send(cloud, url, 'g1-m1', 'g2-m1', 'g2-m2', 'g3-m1', 'g1-m2');
    const some = await cloud.bodies(url, { MaxNumberOfMessages: 3, VisibilityTimeout: 0 });
    expect(some).toEqual(['g1-m1', 'g1-m2', 'g2-m1']);
    const all = await cloud.bodies(url, { MaxNumberOfMessages: 10, VisibilityTimeout: 0 });
    expect(all).toEqual(['g3-m1', 'g1-m1', 'g1-m2', 'g2-m1', 'g2-m2']);
  });

  it('gives the message whose timeout was ended, although a later one of its group is in flight', async () => {
    const cloud = newCloud();
    const QueueUrl = await cloud.fifo('q', CONTENT);
    await send(cloud, QueueUrl, 'g1-m1', 'g1-m2', 'g2-m1');
    const { ReceiptHandle } = first(await cloud.receive(QueueUrl, { MaxNumberOfMessages: 2 }));
    await cloud.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
    expect(await cloud.bodies(QueueUrl, { MaxNumberOfMessages: 3 })).toEqual(['g2-m1', 'g1-m1']);
  });

  it('goes on with a group only when all that is in flight of it is deleted', async () => {
    const cloud = newCloud();
    const QueueUrl = await cloud.fifo('q', CONTENT);
    await send(cloud, QueueUrl, 'g1-m1', 'g2-m1', 'g1-m2', 'g2-m2', 'g1-m3', 'g1-m4', 'g3-m1');
    const [one, two] = await cloud.receive(QueueUrl, { MaxNumberOfMessages: 2 });
    await cloud.call('DeleteMessage', { QueueUrl, ReceiptHandle: one?.ReceiptHandle });
    const withoutFirst = await cloud.bodies(QueueUrl, { MaxNumberOfMessages: 10, VisibilityTimeout: 0 });
    expect(withoutFirst).toEqual(['g2-m1', 'g2-m2', 'g3-m1']);
    await cloud.call('DeleteMessage', { QueueUrl, ReceiptHandle: two?.ReceiptHandle });
    const all = await cloud.bodies(QueueUrl, { MaxNumberOfMessages: 10 });
    expect(all).toEqual(['g1-m3', 'g1-m4', 'g2-m1', 'g2-m2', 'g3-m1']);
  });

  it('counts only what was received as in flight, and what waits behind it as visible', async () => {
    const cloud = newCloud();
    const QueueUrl = await cloud.fifo('q', CONTENT);
    await send(cloud, QueueUrl, 'g1-m1', 'g1-m2', 'g2-m1', 'g2-m2', 'g3-m1', 'g3-m2');
    await cloud.receive(QueueUrl);
    await cloud.receive(QueueUrl);
    const { Attributes } = await cloud.call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: '4',
      ApproximateNumberOfMessagesNotVisible: '2',
      ApproximateNumberOfMessagesDelayed: '0',
    });
  });

  it('moves a poisoned message to its dead-letter queue, and its group goes on in the same receive', async () => {
    const cloud = newCloud();
    const dlq = await cloud.fifo('dlq', CONTENT);
    const url = await cloud.fifo('q', { ...CONTENT, RedrivePolicy: redriveTo(dlq, 2) });
    await send(cloud, url, 'g1-m1', 'g1-m2');
    await cloud.bodies(url, { VisibilityTimeout: 0 });
    await cloud.bodies(url, { VisibilityTimeout: 0 });
    expect(await cloud.bodies(url)).toEqual(['g1-m2']);
    const dead = first(await cloud.receive(dlq, { AttributeNames: ['All'] }));
    expect(dead.Body).toBe('g1-m1');
    expect(dead.Attributes).toMatchObject({
      MessageGroupId: 'g1',
      MessageDeduplicationId: dead.MessageId,
      ApproximateReceiveCount: '3',
      DeadLetterQueueSourceArn: arnOf(url),
    });
  });

  it('keeps a message that has not been received often enough', async () => {
    const cloud = newCloud();
    const dlq = await cloud.fifo('dlq', CONTENT);
    const url = await cloud.fifo('q', { ...CONTENT, RedrivePolicy: redriveTo(dlq, 3) });
    await send(cloud, url, 'g1-m1');
    for (let turn = 0; turn < 3; turn += 1) expect(await cloud.bodies(url, { VisibilityTimeout: 0 })).toEqual(['g1-m1']);
    expect(await cloud.bodies(dlq)).toEqual([]);
  });

  it('delays what is there already when its delay changes', async () => {
    const cloud = newCloud();
    const QueueUrl = await cloud.fifo('q', CONTENT);
    await send(cloud, QueueUrl, 'g1-m1');
    await cloud.call('SetQueueAttributes', { QueueUrl, Attributes: { DelaySeconds: '60' } });
    expect(await cloud.bodies(QueueUrl)).toEqual([]);
    await cloud.advance(60);
    expect(await cloud.bodies(QueueUrl)).toEqual(['g1-m1']);
  });

  it('refuses a handle of an earlier receive', async () => {
    const cloud = newCloud();
    const QueueUrl = await cloud.fifo('q', { ...CONTENT, VisibilityTimeout: '1' });
    await send(cloud, QueueUrl, 'g1-m1');
    const { ReceiptHandle } = first(await cloud.receive(QueueUrl));
    await cloud.advance(1);
    await cloud.receive(QueueUrl);
    const error = await refusal(cloud.call('DeleteMessage', { QueueUrl, ReceiptHandle }));
    expect(error.message).toBe(
      `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
    );
  });
});

describe('de-duplication', () => {
  const input = { MessageBody: 'first', MessageGroupId: 'g', MessageDeduplicationId: 'd' };

  it('answers a duplicate with the first one’s id and number but with its own digest', async () => {
    const { fifo, call } = newCloud();
    const QueueUrl = await fifo('q');
    const one = await call('SendMessage', { QueueUrl, ...input });
    const two = await call('SendMessage', { QueueUrl, ...input, MessageBody: 'second' });
    expect([two.MessageId, two.SequenceNumber]).toEqual([one.MessageId, one.SequenceNumber]);
    // echo -n second | md5sum
    expect(two.MD5OfMessageBody).toBe('a9f0e61a137d86aa9db53465e0801612');
  });

  it('lasts five minutes from the first send, and duplicates do not lengthen it', async () => {
    const { fifo, call, bodies, advance } = newCloud();
    const QueueUrl = await fifo('q');
    const send = () => call('SendMessage', { QueueUrl, ...input });
    await send();
    await advance(299.999);
    await send();
    expect(await bodies(QueueUrl, { MaxNumberOfMessages: 10, VisibilityTimeout: 0 })).toEqual(['first']);
    await advance(0.001);
    await send();
    expect(await bodies(QueueUrl, { MaxNumberOfMessages: 10, VisibilityTimeout: 0 })).toEqual(['first', 'first']);
  });

  it('goes by the body alone where it goes by content', async () => {
    const { fifo, call } = newCloud();
    const QueueUrl = await fifo('q', CONTENT);
    const attribute = (StringValue: string) => ({ MessageAttributes: { a: { DataType: 'String', StringValue } } });
    const send = (body: string, more: object) =>
      call('SendMessage', { QueueUrl, MessageGroupId: 'g', MessageBody: body, ...more });
    const one = await send('same', attribute('one'));
    expect((await send('same', attribute('two'))).MessageId).toBe(one.MessageId);
    expect((await send('other', attribute('one'))).MessageId).not.toBe(one.MessageId);
  });

  it('follows a changed scope after AWS’s 60 seconds', async () => {
    const { fifo, call, advance } = newCloud();
    const QueueUrl = await fifo('q');
    await call('SetQueueAttributes', { QueueUrl, Attributes: { DeduplicationScope: 'messageGroup' } });
    const send = (MessageGroupId: string) => call('SendMessage', { QueueUrl, ...input, MessageGroupId });
    const one = await send('g1');
    expect((await send('g2')).MessageId).toBe(one.MessageId);
    await advance(60);
    expect((await send('g2')).MessageId).not.toBe(one.MessageId);
  });

  it('is forgotten by a purge', async () => {
    const { fifo, call, bodies } = newCloud();
    const QueueUrl = await fifo('q');
    await call('SendMessage', { QueueUrl, ...input });
    await call('PurgeQueue', { QueueUrl });
    await call('SendMessage', { QueueUrl, ...input, MessageBody: 'second' });
    expect(await bodies(QueueUrl)).toEqual(['second']);
  });
});

describe('a receive attempt', () => {
  const attempt = { ReceiveRequestAttemptId: 'a1', MaxNumberOfMessages: 10 };

  it('gives the same messages and handles again, and begins their timeout anew', async () => {
    const cloud = newCloud();
    const url = await cloud.fifo('q', { ...CONTENT, VisibilityTimeout: '30' });
    await send(cloud, url, 'g1-m1', 'g1-m2');
    const one = await cloud.receive(url, attempt);
    await cloud.advance(20);
    expect(await cloud.receive(url, attempt)).toEqual(one);
    await cloud.advance(20);
    expect(await cloud.bodies(url)).toEqual([]);
    await cloud.advance(10);
    expect(await cloud.bodies(url)).toEqual(['g1-m1']);
  });

  it('counts for nothing once one of its messages was changed', async () => {
    const cloud = newCloud();
    const QueueUrl = await cloud.fifo('q', CONTENT);
    await send(cloud, QueueUrl, 'g1-m1', 'g2-m1');
    const { ReceiptHandle } = first(await cloud.receive(QueueUrl, attempt));
    await cloud.call('DeleteMessage', { QueueUrl, ReceiptHandle });
    expect(await cloud.receive(QueueUrl, attempt)).toEqual([]);
  });

  it('is refused on a standard queue', async () => {
    const { queue, receive } = newCloud();
    const error = await refusal(receive(await queue('q'), attempt));
    expect([error.queryCode, error.message]).toEqual([
      'InvalidParameterValue',
      'Value a1 for parameter ReceiveRequestAttemptId is invalid. Reason: The request include parameter that is not valid for this queue type.',
    ]);
  });
});
