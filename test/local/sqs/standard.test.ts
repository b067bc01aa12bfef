import { describe, expect, it } from 'vitest';
import { first, newCloud, redriveTo, refusal } from './cloud.ts';

describe('a standard queue', () => {
  it('hides a received message until its timeout is over', async () => {
    const { queue, call, bodies, advance } = newCloud();
    const QueueUrl = await queue('q', { VisibilityTimeout: '30' });
    await call('SendMessage', { QueueUrl, MessageBody: 'm' });
    expect(await bodies(QueueUrl)).toEqual(['m']);
    await advance(29.999);
    expect(await bodies(QueueUrl)).toEqual([]);
    await advance(0.001);
    expect(await bodies(QueueUrl)).toEqual(['m']);
  });

  it('delays by the message’s own seconds, zero among them, else by the queue’s', async () => {
    const { queue, call, bodies, advance } = newCloud();
    const QueueUrl = await queue('q', { DelaySeconds: '10' });
    await call('SendMessage', { QueueUrl, MessageBody: 'default' });
    await call('SendMessage', { QueueUrl, MessageBody: 'own', DelaySeconds: 5 });
    await call('SendMessage', { QueueUrl, MessageBody: 'none', DelaySeconds: 0 });
    const all = { MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
    expect(await bodies(QueueUrl, all)).toEqual(['none']);
    await advance(5);
    expect(await bodies(QueueUrl, all)).toEqual(['own', 'none']);
    await advance(5);
    expect(await bodies(QueueUrl, all)).toEqual(['default', 'own', 'none']);
  });

  it('drops messages when their retention is over, those in flight too', async () => {
    const { queue, call, receive, bodies, advance } = newCloud();
    const QueueUrl = await queue('q', { MessageRetentionPeriod: '60', VisibilityTimeout: '60' });
    await call('SendMessage', { QueueUrl, MessageBody: 'in-flight' });
    await call('SendMessage', { QueueUrl, MessageBody: 'visible' });
    await advance(5);
    const { ReceiptHandle } = first(await receive(QueueUrl));
    await advance(54.999);
    expect(await bodies(QueueUrl, { VisibilityTimeout: 0 })).toEqual(['visible']);
    await advance(0.001);
    expect(await bodies(QueueUrl)).toEqual([]);
    await advance(10);
    expect(await bodies(QueueUrl)).toEqual([]);
    await call('DeleteMessage', { QueueUrl, ReceiptHandle });
  });

  it('keeps a dead letter’s age', async () => {
    const { queue, call, bodies, advance } = newCloud();
    const dlq = await queue('dlq', { MessageRetentionPeriod: '60' });
    const QueueUrl = await queue('q', { RedrivePolicy: redriveTo(dlq, 1) });
    await call('SendMessage', { QueueUrl, MessageBody: 'm' });
    await advance(40);
    await bodies(QueueUrl, { VisibilityTimeout: 0 });
    await bodies(QueueUrl);
    expect(await bodies(dlq, { VisibilityTimeout: 0 })).toEqual(['m']);
    await advance(20);
    expect(await bodies(dlq)).toEqual([]);
  });

  it('changes visibility to at most twelve hours after the receive', async () => {
    const { queue, call, receive, advance } = newCloud();
    const QueueUrl = await queue('q');
    await call('SendMessage', { QueueUrl, MessageBody: 'm' });
    const { ReceiptHandle } = first(await receive(QueueUrl));
    await advance(10);
    const change = (VisibilityTimeout: number) => call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout });
    await change(43_190);
    expect((await refusal(change(43_191))).message).toContain('Total VisibilityTimeout for the message is beyond the limit');
  });

  it('says of a deleted message that its visibility cannot change, and deletes it again without complaint', async () => {
    const { queue, call, receive } = newCloud();
    const QueueUrl = await queue('q');
    await call('SendMessage', { QueueUrl, MessageBody: 'm' });
    const { ReceiptHandle } = first(await receive(QueueUrl));
    await call('DeleteMessage', { QueueUrl, ReceiptHandle });
    await call('DeleteMessage', { QueueUrl, ReceiptHandle });
    const error = await refusal(call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 42 }));
    const reason = 'Message does not exist or is not available for visibility timeout change.';
    expect([error.queryCode, error.message]).toEqual([
      'InvalidParameterValue',
      `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: ${reason}`,
    ]);
  });

  it('refuses a handle that it never gave', async () => {
    const { queue, call, receive } = newCloud();
    const QueueUrl = await queue('q');
    const other = await queue('other');
    await call('SendMessage', { QueueUrl: other, MessageBody: 'm' });
    const { ReceiptHandle } = first(await receive(other));
    for (const handle of ['garbage', ReceiptHandle]) {
      const error = await refusal(call('DeleteMessage', { QueueUrl, ReceiptHandle: handle }));
      expect([error.code, error.message]).toEqual([
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${handle}" is not a valid receipt handle.`,
      ]);
    }
  });

  it('answers each entry of a batch for itself', async () => {
    const { queue, call, receive } = newCloud();
    const QueueUrl = await queue('q');
    const Entries = [
      { Id: 'good', MessageBody: 'good' },
      { Id: 'bad', MessageBody: '\u0001' },
    ];
    const sent = await call('SendMessageBatch', { QueueUrl, Entries });
    expect(sent.Successful).toMatchObject([{ Id: 'good' }]);
    // The message is the one that users quote from AWS (boto/boto3 1953, Particular/NServiceBus.AmazonSQS 2630).
    const Message =
      "Invalid binary character '#x1' was found in the message body, the set of allowed characters is " +
      '#x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].';
    expect(sent.Failed).toEqual([{ Id: 'bad', SenderFault: true, Code: 'InvalidMessageContents', Message }]);
    const { ReceiptHandle } = first(await receive(QueueUrl));
    const deleted = await call('DeleteMessageBatch', {
      QueueUrl,
      Entries: [
        { Id: '1', ReceiptHandle },
        { Id: '2', ReceiptHandle: 'garbage' },
      ],
    });
    expect(deleted).toMatchObject({ Successful: [{ Id: '1' }], Failed: [{ Id: '2', Code: 'ReceiptHandleIsInvalid' }] });
  });

  it('takes what is sent with lone surrogates, control characters or U+FFFF for no message', async () => {
    const { queue, call } = newCloud();
    const QueueUrl = await queue('q');
    for (const MessageBody of ['\ud800', '\u0008', '\uffff']) {
      expect((await refusal(call('SendMessage', { QueueUrl, MessageBody }))).code).toBe('InvalidMessageContents');
    }
    await call('SendMessage', { QueueUrl, MessageBody: '\t\n\r 😀\ufffd' });
  });
});

describe('message attributes', () => {
  const send = async (MessageAttributes: object, more: object = {}) => {
    const { queue, call } = newCloud();
    return call('SendMessage', { QueueUrl: await queue('q'), MessageBody: 'Test Message', MessageAttributes, ...more });
  };

  it('are digested as AWS does', async () => {
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const answer = await send(
      { timestamp: { StringValue: '1493147359900', DataType: 'Number' } },
      { MessageSystemAttributes: { AWSTraceHeader: { StringValue: trace, DataType: 'String' } } },
    );
    // Validated against AWS in LocalStack's test_system_attributes_have_no_effect_on_attr_md5 and aws_trace_header_propagation.
    expect(answer.MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c');
    expect(answer.MD5OfMessageSystemAttributes).toBe('5ae4d5d7636402d80f4eb6d213245a88');
  });

  it('may have names with letters of any alphabet', async () => {
    expect((await send({ 'attr.1øßä': { StringValue: 'Valida', DataType: 'String' } })).MessageId).toBeDefined();
  });

  it.each([
    ['a reserved prefix', { 'aWs.-a': { DataType: 'String', StringValue: 'v' } }],
    ['a leading period', { '.a': { DataType: 'String', StringValue: 'v' } }],
    ['periods in succession', { 'a..b': { DataType: 'String', StringValue: 'v' } }],
    ['a character that names have not', { 'a!': { DataType: 'String', StringValue: 'v' } }],
    ['a long name', { ['L'.repeat(257)]: { DataType: 'String', StringValue: 'v' } }],
    ['an unknown type', { a: { DataType: 'Text', StringValue: 'v' } }],
    ['no type', { a: { StringValue: 'v' } }],
    ['a number that is none', { a: { DataType: 'Number', StringValue: 'world' } }],
    ['a control character', { a: { DataType: 'String', StringValue: '\u0008' } }],
    ['a list', { a: { DataType: 'String', StringListValues: ['v'] } }],
  ])('are refused with %s', async (_, attributes) => {
    expect((await refusal(send(attributes))).queryCode).toBe('InvalidParameterValue');
  });

  it('are ten at most', async () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, { DataType: 'String', StringValue: 'v' }]));
    await send(many(10));
    const { message } = await refusal(send(many(11)));
    expect(message).toBe('Number of message attributes [11] exceeds the allowed maximum [10].');
  });
});
