import { describe } from 'vitest';
import { recordings, replays } from './recordings.ts';

const MIB = 1_048_576;
const oneAttribute = { k: { DataType: 'String', StringValue: 'x' } };
const twenty = Array.from({ length: 20 }, (_, index) => ({ Id: `message-${index}`, MessageBody: `body-${index}` }));

describe.skipIf(recordings === undefined)('SQS refuses (needs ../shared/recordings/sqs.json)', () => {
  replays('test_send_receive_max_number_of_messages[sqs]', async ({ queue, call }, note) => {
    await note('send_max_number_of_messages', call('ReceiveMessage', { QueueUrl: await queue('q'), MaxNumberOfMessages: 11 }));
  });

  replays('test_send_oversized_message[sqs]', async ({ queue, call }, note) => {
    const input = { QueueUrl: await queue('q'), MessageBody: 'a'.repeat(MIB - 8 + 1), MessageAttributes: oneAttribute };
    await note('send_oversized_message', call('SendMessage', input));
  });

  replays('test_send_message_with_updated_maximum_message_size[sqs]', async ({ queue, call }, note) => {
    const QueueUrl = await queue('q');
    await call('SetQueueAttributes', { QueueUrl, Attributes: { MaximumMessageSize: '1024' } });
    await call('SendMessage', { QueueUrl, MessageBody: 'a'.repeat(1024) });
    const input = { QueueUrl, MessageBody: 'a'.repeat(1024 - 8 + 1), MessageAttributes: oneAttribute };
    await note('send_oversized_message', call('SendMessage', input));
  });

  replays('test_send_message_batch_with_oversized_contents[sqs]', async ({ queue, call }, note) => {
    const Entries = [
      { Id: '1', MessageBody: 'a'.repeat(MIB - 8), MessageAttributes: oneAttribute },
      { Id: '2', MessageBody: 'a' },
    ];
    await note('send_oversized_message_batch', call('SendMessageBatch', { QueueUrl: await queue('q'), Entries }));
  });

  const smaller = 'test_send_message_batch_with_oversized_contents_with_updated_maximum_message_size[sqs]';
  replays(smaller, async ({ queue, call }, note) => {
    const Entries = [
      { Id: '1', MessageBody: 'a'.repeat(2048 - 8), MessageAttributes: oneAttribute },
      { Id: '2', MessageBody: 'a' },
    ];
    const QueueUrl = await queue('q', { MaximumMessageSize: '2048' });
    await note('send_oversized_message_batch', call('SendMessageBatch', { QueueUrl, Entries }));
  });

  replays(
    'test_send_batch_message_size',
    async ({ queue, call }, note) => {
      const Entries = [
        { Id: 'fits', MessageBody: 'a'.repeat(1024) },
        { Id: 'too-long', MessageBody: 'a'.repeat(1025) },
      ];
      const QueueUrl = await queue('q', { MaximumMessageSize: '1024' });
      await note('send-message-batch-result', call('SendMessageBatch', { QueueUrl, Entries }));
    },
    (content) => JSON.parse(JSON.stringify(content).replace('"<uuid:1>"', '"too-long"').replace('"<uuid:2>"', '"fits"')),
  );

  replays('test_too_many_entries_in_batch_request[sqs]', async ({ queue, call }, note) => {
    const input = { QueueUrl: await queue('q'), Entries: twenty };
    await note('test_too_many_entries_in_batch_request', call('SendMessageBatch', input));
  });

  replays('test_delete_message_batch_with_too_large_batch[sqs]', async ({ queue, call }, note) => {
    const Entries = twenty.map(({ Id }) => ({ Id, ReceiptHandle: 'handle' }));
    await note('error_response', call('DeleteMessageBatch', { QueueUrl: await queue('q'), Entries }));
  });

  replays('test_change_message_visibility_batch_with_too_large_batch[sqs]', async ({ queue, call }, note) => {
    const Entries = twenty.map(({ Id }) => ({ Id, ReceiptHandle: 'handle', VisibilityTimeout: 123 }));
    await note('error_response', call('ChangeMessageVisibilityBatch', { QueueUrl: await queue('q'), Entries }));
  });

  replays('test_invalid_batch_id[sqs]', async ({ queue, call }, note) => {
    const Entries = [{ Id: 'message:1', MessageBody: 'body' }];
    await note('test_invalid_batch_id', call('SendMessageBatch', { QueueUrl: await queue('q'), Entries }));
  });

  for (const Id of ['', 'testLongId'.repeat(10), 'invalid:id']) {
    replays(`test_delete_message_batch_invalid_msg_id[sqs-${Id}]`, async ({ queue, call }, note) => {
      const Entries = [{ Id, ReceiptHandle: 'testHandle1' }];
      await note('error_response', call('DeleteMessageBatch', { QueueUrl: await queue('q'), Entries }));
    });
  }

  replays('test_send_empty_message[sqs]', async ({ queue, call }, note) => {
    await note('send_empty_message', call('SendMessage', { QueueUrl: await queue('q'), MessageBody: '' }));
  });

  replays('test_send_message_with_empty_string_attribute[sqs]', async ({ queue, call }, note) => {
    const MessageAttributes = { ErrorDetails: { StringValue: '', DataType: 'String' } };
    const input = { QueueUrl: await queue('q'), MessageBody: 'test', MessageAttributes };
    await note('empty-string-attr', call('SendMessage', input));
  });

  for (const [label, id] of [
    ['empty', ''],
    ['too_long', 'a'.repeat(129)],
    ['spaces', 'group 123'],
  ]) {
    replays(`test_send_message_to_standard_queue_with_invalid_message_group_id[${label}]`, async ({ queue, call }, note) => {
      const input = { QueueUrl: await queue('q'), MessageBody: 'message', MessageGroupId: id };
      await note('error-response', call('SendMessage', input));
    });
    replays(`test_message_deduplication_id_invalid[${label}]`, async ({ fifo, call }, note) => {
      const input = { QueueUrl: await fifo('q'), MessageBody: 'Hello', MessageGroupId: 'test', MessageDeduplicationId: id };
      await note('error-response', call('SendMessage', input));
    });
  }

  replays(
    'test_successive_purge_calls_fail[sqs]',
    async ({ call, queue }, note) => {
      const QueueUrl = await queue('queue-name');
      await call('PurgeQueue', { QueueUrl });
      await note('purge_queue_error', call('PurgeQueue', { QueueUrl }));
    },
    (content) => JSON.parse(JSON.stringify(content).replace('<queue-name>', 'queue-name')),
  );

  replays(
    'test_non_existent_queue',
    async ({ call, queue }, note) => {
      const QueueUrl = await queue('q');
      await call('DeleteQueue', { QueueUrl });
      await note('queue-does-not-exist', call('GetQueueAttributes', { QueueUrl }));
      await note('queue-does-not-exist-url', call('GetQueueUrl', { QueueName: 'q' }));
    },
    // The Query protocol's wording is the wire's affair.
    (content) => Object.fromEntries(Object.entries(content).filter(([label]) => !label.endsWith('-query'))),
  );
});
