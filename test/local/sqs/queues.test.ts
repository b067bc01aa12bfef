import { describe, expect, it } from 'vitest';
import { arnOf, newCloud, redriveTo, refusal } from './cloud.ts';

describe('queues', () => {
  it('have URLs of the account and name, and are found whatever the URL’s host', async () => {
    const { queue, call } = newCloud();
    const url = await queue('q');
    expect(url).toBe('http://127.0.0.1:4566/123456789012/q');
    for (const QueueUrl of [url, 'https://sqs.eu-west-1.amazonaws.com/123456789012/q', 'q']) {
      const { Attributes } = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] });
      expect(Attributes).toEqual({ QueueArn: 'arn:aws:sqs:eu-west-1:123456789012:q' });
    }
    const elsewhere = 'http://127.0.0.1:4566/999999999999/q';
    expect((await refusal(call('PurgeQueue', { QueueUrl: elsewhere }))).queryCode).toBe(
      'AWS.SimpleQueueService.NonExistentQueue',
    );
  });

  it('are listed by name and prefix, with a token only when asked for pages', async () => {
    const { queue, call } = newCloud();
    for (const name of ['b-2', 'a-1', 'b-1', 'b-3']) await queue(name);
    const base = 'http://127.0.0.1:4566/123456789012/';
    const page = await call('ListQueues', { QueueNamePrefix: 'b', MaxResults: 2 });
    expect(page.QueueUrls).toEqual([`${base}b-1`, `${base}b-2`]);
    const rest = await call('ListQueues', { QueueNamePrefix: 'b', MaxResults: 2, NextToken: page.NextToken });
    expect(rest).toEqual({ QueueUrls: [`${base}b-3`] });
    expect(await call('ListQueues', { QueueNamePrefix: 'c' })).toEqual({});
    expect((await refusal(call('ListQueues', { NextToken: '?' }))).message).toBe('Invalid or expired next token.');
  });

  it.each([
    ['in.fo', {}, 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length'],
    ['q.fifo', {}, 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length'],
    ['a'.repeat(81), {}, 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length'],
  ])('are not called %s', async (name, attributes, message) => {
    const error = await refusal(newCloud().queue(name, attributes));
    expect([error.queryCode, error.message]).toEqual(['InvalidParameterValue', message]);
  });

  it('that are FIFO end in .fifo', async () => {
    const { queue, fifo } = newCloud();
    expect((await refusal(queue('q', { FifoQueue: 'true' }))).queryCode).toBe('InvalidParameterValue');
    expect(await fifo('q')).toBe('http://127.0.0.1:4566/123456789012/q.fifo');
  });

  it('cannot be created again for 60 seconds after they were deleted', async () => {
    const { queue, call, advance } = newCloud();
    const QueueUrl = await queue('q');
    await call('DeleteQueue', { QueueUrl });
    await advance(59.999);
    expect((await refusal(queue('q'))).code).toBe('QueueDeletedRecently');
    await advance(0.001);
    expect(await queue('q')).toBe(QueueUrl);
  });

  it.each([
    ['DelaySeconds', '900', '901'],
    ['MaximumMessageSize', '1048576', '1048577'],
    ['MaximumMessageSize', '1024', '1023'],
    ['MessageRetentionPeriod', '60', '59'],
    ['MessageRetentionPeriod', '1209600', '1209601'],
    ['ReceiveMessageWaitTimeSeconds', '20', '21'],
    ['VisibilityTimeout', '43200', '43201'],
    ['VisibilityTimeout', '0', '-1'],
    ['VisibilityTimeout', '1', ' 1'],
    ['Policy', '{"Statement":[]}', 'badjson'],
  ])('take %s of %s but not of %s', async (name, good, bad) => {
    const { queue } = newCloud();
    await queue('good', { [name]: good });
    const error = await refusal(queue('bad', { [name]: bad }));
    expect([error.code, error.message]).toEqual(['InvalidAttributeValue', `Invalid value for the parameter ${name}.`]);
  });

  it('do not know other attributes', async () => {
    const { queue, call } = newCloud();
    const QueueUrl = await queue('q');
    const set = call('SetQueueAttributes', { QueueUrl, Attributes: { QueueArn: 'arn' } });
    expect((await refusal(set)).message).toBe('Unknown Attribute QueueArn.');
    const get = call('GetQueueAttributes', { QueueUrl, AttributeNames: ['Foobar'] });
    expect((await refusal(get)).message).toBe('Unknown Attribute Foobar.');
  });

  it('change all attributes of a request or none', async () => {
    const { queue, call } = newCloud();
    const QueueUrl = await queue('q');
    const Attributes = { DelaySeconds: '5', VisibilityTimeout: '-1' };
    await refusal(call('SetQueueAttributes', { QueueUrl, Attributes }));
    const answer = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['DelaySeconds'] });
    expect(answer).toEqual({ Attributes: { DelaySeconds: '0' } });
  });

  it('keep their policy until it is set to nothing', async () => {
    const { queue, call } = newCloud();
    const Policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage"}]}';
    const QueueUrl = await queue('q', { Policy });
    const get = () => call('GetQueueAttributes', { QueueUrl, AttributeNames: ['Policy'] });
    expect(await get()).toEqual({ Attributes: { Policy } });
    await call('SetQueueAttributes', { QueueUrl, Attributes: { Policy: '' } });
    expect(await get()).toEqual({});
  });

  it('refuse a member that the local cloud does not know, by its name', async () => {
    const { queue, call } = newCloud();
    const error = await refusal(call('SendMessage', { QueueUrl: await queue('q'), MessageBody: 'm', Priority: 1 }));
    expect(error.message).toContain("'Priority'");
  });

  it('refuse a member of the wrong JSON type as AWS’s deserializer does', async () => {
    const { queue, call } = newCloud();
    const QueueUrl = await queue('q');
    const error = await refusal(call('SendMessage', { QueueUrl, MessageBody: 'm', DelaySeconds: '1' }));
    expect([error.code, error.message]).toEqual(['SerializationException', 'STRING_VALUE can not be converted to an Integer']);
  });
});

describe('a redrive policy', () => {
  const arn = 'arn:aws:sqs:eu-west-1:123456789012:';

  it.each([
    ['{}', 'Redrive policy does not contain mandatory attribute: maxReceiveCount.'],
    ['{"maxReceiveCount":5}', 'Redrive policy does not contain mandatory attribute: deadLetterTargetArn.'],
    [
      `{"deadLetterTargetArn":"${arn}dlq","maxReceiveCount":0}`,
      'Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive.',
    ],
    [
      '{"deadLetterTargetArn":"arn:aws:sns:eu-west-1:123456789012:topic","maxReceiveCount":5}',
      'Only SQS queues are valid resources for deadLetterTargetArn.',
    ],
    [
      `{"deadLetterTargetArn":"${arn}dlq.fifo","maxReceiveCount":5}`,
      'Dead-letter queue must be same type of queue as the source..',
    ],
    [`{"deadLetterTargetArn":"${arn}nobody","maxReceiveCount":5}`, 'Dead letter target does not exist.'],
  ])('of %s is refused', async (RedrivePolicy, reason) => {
    const { queue } = newCloud();
    await queue('dlq');
    const error = await refusal(queue('q', { RedrivePolicy }));
    expect([error.queryCode, error.message]).toEqual([
      'InvalidParameterValue',
      `Value ${RedrivePolicy} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    ]);
  });

  it('is kept as it was given, is found from the dead-letter queue, and goes when set to nothing', async () => {
    const { queue, call } = newCloud();
    const dlq = await queue('dlq');
    const RedrivePolicy = redriveTo(dlq, 1000);
    const QueueUrl = await queue('q', { RedrivePolicy });
    const get = () => call('GetQueueAttributes', { QueueUrl, AttributeNames: ['RedrivePolicy'] });
    expect(await get()).toEqual({ Attributes: { RedrivePolicy } });
    expect(await call('ListDeadLetterSourceQueues', { QueueUrl: dlq })).toEqual({ queueUrls: [QueueUrl] });
    await call('SetQueueAttributes', { QueueUrl, Attributes: { RedrivePolicy: '' } });
    expect(await get()).toEqual({});
    expect(await call('ListDeadLetterSourceQueues', { QueueUrl: dlq })).toEqual({ queueUrls: [] });
  });

  it('needs the dead-letter queue’s consent', async () => {
    const { queue } = newCloud();
    const byQueue = JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [`${arn}friend`] });
    const dlq = await queue('dlq', { RedriveAllowPolicy: byQueue });
    await queue('friend', { RedrivePolicy: redriveTo(dlq, 1) });
    expect((await refusal(queue('stranger', { RedrivePolicy: redriveTo(dlq, 1) }))).queryCode).toBe('InvalidParameterValue');
    const nobody = await queue('closed', { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
    expect((await refusal(queue('q', { RedrivePolicy: redriveTo(nobody, 1) }))).queryCode).toBe('InvalidParameterValue');
  });

  it('is not allowed in a form that SQS does not know', async () => {
    const { queue } = newCloud();
    for (const RedriveAllowPolicy of ['badjson', '[]', '{}', '{"redrivePermission":"some"}', '{"redrivePermission":"byQueue"}']) {
      expect((await refusal(queue('q', { RedriveAllowPolicy }))).message).toContain('RedriveAllowPolicy');
    }
  });
});

describe('a message move task', () => {
  /** Dead letters `1` … of a queue `q`, and a queue to move them to. */
  const deadLetters = async (count: number) => {
    const cloud = newCloud();
    const dlq = await cloud.queue('dlq');
    const QueueUrl = await cloud.queue('q', { RedrivePolicy: redriveTo(dlq, 1) });
    const other = await cloud.queue('other');
    for (let n = 1; n <= count; n += 1) await cloud.call('SendMessage', { QueueUrl, MessageBody: String(n) });
    await cloud.receive(QueueUrl, { MaxNumberOfMessages: 10, VisibilityTimeout: 0 });
    await cloud.receive(QueueUrl, { MaxNumberOfMessages: 10 });
    const start = (more: object = {}) => cloud.call('StartMessageMoveTask', { SourceArn: arnOf(dlq), ...more });
    const tasks = async (max = 1) =>
      (await cloud.call('ListMessageMoveTasks', { SourceArn: arnOf(dlq), MaxResults: max })).Results;
    return { ...cloud, dlq, source: QueueUrl, other, start, tasks };
  };
  const all = { MaxNumberOfMessages: 10, VisibilityTimeout: 0, AttributeNames: ['All'] };

  it('moves dead letters back to their source as new messages', async () => {
    const { dlq, source, start, tasks, clock, receive, bodies } = await deadLetters(2);
    await start();
    await clock.settle();
    const moved = await receive(source, all);
    expect(moved.map(({ Body }) => Body)).toEqual(['1', '2']);
    expect(moved[0]?.Attributes).toMatchObject({ ApproximateReceiveCount: '1' });
    expect(await bodies(dlq)).toEqual([]);
    expect(await tasks()).toEqual([
      {
        Status: 'COMPLETED',
        SourceArn: arnOf(dlq),
        ApproximateNumberOfMessagesMoved: 2,
        ApproximateNumberOfMessagesToMove: 2,
        StartedTimestamp: Date.parse('2026-01-01T00:00:00Z'),
      },
    ]);
  });

  it('keeps to its rate, and leaves the rest where it is when cancelled', async () => {
    const { dlq, other, start, tasks, call, clock, advance, bodies } = await deadLetters(4);
    const { TaskHandle } = await start({ DestinationArn: arnOf(other), MaxNumberOfMessagesPerSecond: 1 });
    await clock.settle();
    expect(await bodies(other, all)).toEqual(['1']);
    await advance(1);
    expect(await bodies(other, all)).toEqual(['1', '2']);
    expect(await tasks()).toMatchObject([{ Status: 'RUNNING', TaskHandle, MaxNumberOfMessagesPerSecond: 1 }]);
    expect((await refusal(start())).message).toBe(
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    );
    expect(await call('CancelMessageMoveTask', { TaskHandle })).toEqual({ ApproximateNumberOfMessagesMoved: 2 });
    await advance(10);
    expect(await bodies(dlq, all)).toEqual(['3', '4']);
    expect(await tasks()).toMatchObject([{ Status: 'CANCELLED', ApproximateNumberOfMessagesMoved: 2 }]);
  });

  it('fails when its destination is deleted, as recorded of AWS', async () => {
    const { other, start, tasks, call, advance } = await deadLetters(3);
    await start({ DestinationArn: arnOf(other), MaxNumberOfMessagesPerSecond: 1 });
    await call('DeleteQueue', { QueueUrl: other });
    await advance(5);
    expect(await tasks()).toMatchObject([{ Status: 'FAILED', FailureReason: 'AWS.SimpleQueueService.NonExistentQueue' }]);
  });

  /** Codes, messages and statuses are those recorded of AWS in LocalStack's test_sqs_move_task.snapshot.json (Apache-2.0). */
  it('is refused as AWS refuses it', async () => {
    const { dlq, source, start, call } = await deadLetters(1);
    const told = async (refused: Promise<unknown>) => {
      const { queryCode, message, status } = await refusal(refused);
      return [queryCode, message, status];
    };
    expect(await told(call('StartMessageMoveTask', { SourceArn: arnOf(source) }))).toEqual([
      'InvalidParameterValue',
      'Source queue must be configured as a Dead Letter Queue.',
      400,
    ]);
    expect(await told(start({ DestinationArn: `${arnOf(dlq)}x` }))).toEqual([
      'ResourceNotFoundException',
      "The resource that you specified for the DestinationArn parameter doesn't exist.",
      404,
    ]);
    const cancel = (TaskHandle: string) => told(call('CancelMessageMoveTask', { TaskHandle }));
    expect(await cancel('foobared')).toEqual(['InvalidParameterValue', 'Value for parameter TaskHandle is invalid.', 400]);
    const unknown = Buffer.from(JSON.stringify({ taskId: 'nobody', sourceArn: arnOf(dlq) })).toString('base64');
    expect(await cancel(unknown)).toEqual(['ResourceNotFoundException', 'Task does not exist.', 404]);
  });
});
