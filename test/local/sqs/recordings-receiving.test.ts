import { describe, expect, it } from 'vitest';
import { first, newCloud, type ReceivedMessage, redriveTo } from './cloud.ts';
import { canonical, recordedContent, recordings, replays } from './recordings.ts';

const ALL = { AttributeNames: ['All'] };

describe.skipIf(recordings === undefined)('SQS receiving (needs ../shared/recordings/sqs.json)', () => {
  replays('test_send_receive_wait_time_seconds[sqs]', async ({ queue, call }, note) => {
    const QueueUrl = await queue('q');
    await call('SendMessage', { QueueUrl, MessageBody: 'message' });
    await call('SendMessage', { QueueUrl, MessageBody: 'message' });
    await note('recieve_message_error_too_large', call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 21 }));
    await note('recieve_message_error_too_small', call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: -1 }));
    await note('empty_short_poll_by_default_resp', call('ReceiveMessage', { QueueUrl }));
    await note('empty_short_poll_explicit_resp', call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 0 }));
  });

  replays('test_receive_empty_queue[sqs]', async ({ queue, call, advance }, note) => {
    const QueueUrl = await queue('q');
    await note('empty_short_poll_resp_no_param', call('ReceiveMessage', { QueueUrl }));
    await note('empty_short_poll_resp', call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 0 }));
    const polled = note('empty_long_poll_resp', call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 1 }));
    await advance(1);
    await polled;
  });

  replays('test_delete_after_visibility_timeout[sqs]', async ({ queue, call, receive, advance }, note) => {
    const QueueUrl = await queue('q', { VisibilityTimeout: '1' });
    await call('SendMessage', { QueueUrl, MessageBody: 'foobar' });
    const { ReceiptHandle } = first(await receive(QueueUrl));
    await advance(1);
    await call('DeleteMessage', { QueueUrl, ReceiptHandle });
    await note('delete_after_timeout_queue_empty', call('ReceiveMessage', { QueueUrl }));
  });

  const late = 'test_change_message_visibility_after_visibility_timeout_expiration[sqs]';
  replays(late, async ({ queue, call, receive, advance }, note) => {
    const QueueUrl = await queue('q', { VisibilityTimeout: '1' });
    await call('SendMessage', { QueueUrl, MessageBody: 'test' });
    const { ReceiptHandle } = first(await receive(QueueUrl));
    await advance(2);
    const input = { QueueUrl, ReceiptHandle, VisibilityTimeout: 2 };
    await note('visibility_timeout_expired', call('ChangeMessageVisibility', input));
  });

  replays('test_fair_queue_with_message_group_id[sqs]', async ({ queue, call }, note) => {
    const QueueUrl = await queue('q');
    await note('send_message', call('SendMessage', { QueueUrl, MessageBody: 'message', MessageGroupId: 'test' }));
    await note('get-message-with-deduplication-id', call('ReceiveMessage', { QueueUrl, ...ALL }));
  });

  replays(
    'test_send_message_with_binary_attributes[sqs]',
    async ({ queue, call }, note) => {
      const QueueUrl = await queue('q');
      const BinaryValue = Buffer.from('traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01').toString(
        'base64',
      );
      const MessageAttributes = { attr1: { BinaryValue, DataType: 'Binary' } };
      await call('SendMessage', { QueueUrl, MessageBody: 'test', MessageAttributes });
      await note('binary-attrs-msg', call('ReceiveMessage', { QueueUrl, MessageAttributeNames: ['All'] }));
    },
    (content) =>
      JSON.parse(
        JSON.stringify(content).replace(
          /"b'traceparent[^"]*"/,
          JSON.stringify(
            Buffer.from('traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01').toString('base64'),
          ),
        ),
      ),
  );

  replays(
    'test_receive_message_message_attribute_names_filters[sqs]',
    async ({ queue, call }, note) => {
      const QueueUrl = await queue('q', { VisibilityTimeout: '0' });
      const MessageAttributes = {
        'Help.Me': { DataType: 'String', StringValue: 'Me' },
        Hello: { DataType: 'String', StringValue: 'There' },
        General: { DataType: 'String', StringValue: 'Kenobi' },
      };
      await note('send_message_response', call('SendMessage', { QueueUrl, MessageBody: 'msg', MessageAttributes }));
      for (const [label, ...MessageAttributeNames] of [
        ['empty_filter'],
        ['all_name', 'All'],
        ['all_wildcard_asterisk', '*'],
        ['all_wildcard', '.*'],
        ['only_non_existing_names', 'Foo', 'Help'],
        ['only_existing', 'Hello', 'General'],
        ['existing_and_non_existing', 'Foo', 'Hello'],
        ['prefix_filter', 'Hel.*'],
        ['illegal_name_1', 'AWS.'],
        ['illegal_name_2', '..foo'],
      ] as const) {
        await note(label, call('ReceiveMessage', { QueueUrl, MessageAttributeNames }));
      }
    },
    // Some answers were recorded as their one message.
    (content) =>
      Object.fromEntries(
        Object.entries(content).map(([label, one]) => [
          label,
          'Body' in one ? { Messages: [one], ResponseMetadata: { HTTPStatusCode: 200 } } : one,
        ]),
      ),
  );

  for (const [test, member] of [
    ['test_receive_message_attribute_names_filters[sqs]', 'AttributeNames'],
    ['test_receive_message_message_system_attribute_names_filters[sqs]', 'MessageSystemAttributeNames'],
  ] as const) {
    replays(test, async ({ queue, call }, note) => {
      const QueueUrl = await queue('q', { VisibilityTimeout: '0' });
      const MessageAttributes = { Foo: { DataType: 'String', StringValue: 'Bar' } };
      await call('SendMessage', { QueueUrl, MessageBody: 'msg', MessageAttributes });
      const take = (names: readonly string[], MessageAttributeNames: readonly string[] = []) =>
        call('ReceiveMessage', { QueueUrl, [member]: names, MessageAttributeNames });
      await note('all_attributes', take(['All']));
      await note('all_system_and_message_attributes', take(['All'], ['All']));
      await note('single_attribute', take(['SenderId']));
      await note('multiple_attributes', take(['SenderId', 'SequenceNumber']));
    });
  }

  replays('test_message_system_attribute_names_with_attribute_names[sqs]', async ({ queue, call }, note) => {
    const QueueUrl = await queue('q', { VisibilityTimeout: '0' });
    await call('SendMessage', { QueueUrl, MessageBody: 'msg' });
    const take = (name: string) =>
      call('ReceiveMessage', { QueueUrl, MessageSystemAttributeNames: ['All'], AttributeNames: [name] });
    await note('same_values', take('All'));
    await note('different_values', take('SenderId'));
  });

  it('answers as AWS in test_dead_letter_queue_message_attributes', async () => {
    const { queue, call, receive } = newCloud();
    const dlq = await queue('dlq');
    const QueueUrl = await queue('q', { RedrivePolicy: redriveTo(dlq, 1) });
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    await call('SendMessage', {
      QueueUrl,
      MessageBody: 'message-1',
      MessageAttributes: { MyAttribute: { StringValue: 'foobar', DataType: 'String' } },
      MessageSystemAttributes: { AWSTraceHeader: { StringValue: trace, DataType: 'String' } },
    });
    await call('SendMessage', { QueueUrl, MessageBody: 'message-2' });
    const names = { ...ALL, MessageAttributeNames: ['All'] };
    const before: ReceivedMessage[] = [];
    for (let turn = 0; turn < 4; turn += 1) before.push(...(await receive(QueueUrl, { VisibilityTimeout: 0, ...names })));
    const after = [...(await receive(dlq, names)), ...(await receive(dlq, names))];
    const content = recordedContent('test_dead_letter_queue_message_attributes');
    const withoutSender = (messages: typeof before) =>
      messages.map(({ Attributes: { SenderId: _, ...Attributes }, ...rest }) => ({ ...rest, Attributes }));
    expect(canonical([withoutSender(before), withoutSender(after)])).toEqual(
      canonical([content['rec-pre-dlq'], content['dlq-messages']]),
    );
  });
});
