import { describe } from 'vitest';
import { type Cloud, first } from './cloud.ts';
import { type Note, recordings, replays } from './recordings.ts';

const HIGH_THROUGHPUT = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' };
const ALL = { AttributeNames: ['All'] };

describe.skipIf(recordings === undefined)('SQS FIFO (needs ../shared/recordings/sqs.json)', () => {
  replays('test_fifo_queue_send_message_with_delay_seconds_fails[sqs]', async ({ fifo, call }, note) => {
    const QueueUrl = await fifo('q', { ContentBasedDeduplication: 'true' });
    await note('send_message', call('SendMessage', { QueueUrl, MessageBody: 'm', MessageGroupId: '1', DelaySeconds: 2 }));
  });

  const zero = 'test_fifo_queue_send_message_with_zero_delay_defaults_to_queue_delay[sqs]';
  replays(zero, async ({ fifo, call, advance }, note) => {
    const QueueUrl = await fifo('q', { ContentBasedDeduplication: 'true', DelaySeconds: '2' });
    const input = { QueueUrl, MessageBody: 'message-1', MessageGroupId: '1', DelaySeconds: 0 };
    await note('send_message_result', call('SendMessage', input));
    const polled = note('receive_message_initial_result', call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 1 }));
    await advance(1);
    await polled;
    await advance(2);
    await note('receive_message_after_delay_result', call('ReceiveMessage', { QueueUrl }));
  });

  replays('test_fifo_message_attributes[sqs]', async ({ fifo, call }, note) => {
    const QueueUrl = await fifo('q', { ContentBasedDeduplication: 'true', VisibilityTimeout: '0', ...HIGH_THROUGHPUT });
    const input = { QueueUrl, MessageBody: 'message-body-1', MessageGroupId: 'group-1', MessageDeduplicationId: 'dedup-1' };
    await note('send_message', call('SendMessage', input));
    await note('receive_message_0', call('ReceiveMessage', { QueueUrl, ...ALL }));
    await note('receive_message_1', call('ReceiveMessage', { QueueUrl, ...ALL }));
  });

  replays('test_fifo_empty_message_groups_added_back_to_queue[sqs]', async ({ fifo, call, receive }, note) => {
    const QueueUrl = await fifo('q');
    const send = (n: number) =>
      call('SendMessage', { QueueUrl, MessageBody: `Message ${n}`, MessageGroupId: 'g1', MessageDeduplicationId: `${n}` });
    await send(1);
    const received = (await note('inital-fifo-receive', call('ReceiveMessage', { QueueUrl }))) as {
      readonly Messages: Awaited<ReturnType<typeof receive>>;
    };
    await call('DeleteMessage', { QueueUrl, ReceiptHandle: first(received.Messages).ReceiptHandle });
    await note('empty-fifo-receive', call('ReceiveMessage', { QueueUrl }));
    await send(2);
    await note('final-fifo-receive', call('ReceiveMessage', { QueueUrl }));
  });

  replays('test_posting_to_fifo_requires_deduplicationid_group_id[sqs]', async ({ fifo, call }, note) => {
    const QueueUrl = await fifo('q');
    const grouped = { QueueUrl, MessageBody: 'm', MessageGroupId: 'g' };
    const identified = { QueueUrl, MessageBody: 'm', MessageDeduplicationId: 'd' };
    for (const suffix of ['', '-query']) {
      await note(`invalid-parameter-value${suffix}`, call('SendMessage', grouped));
      await note(`missing-parameter${suffix}`, call('SendMessage', identified));
    }
  });

  replays('test_send_batch_missing_deduplication_id_for_fifo_queue[sqs]', async ({ fifo, call }, note) => {
    const Entries = [
      { Id: '1', MessageBody: 'm', MessageGroupId: 'g', MessageDeduplicationId: 'd' },
      { Id: '2', MessageBody: 'm', MessageGroupId: 'g' },
    ];
    const input = { QueueUrl: await fifo('q'), Entries };
    await note('test_missing_deduplication_id_for_fifo_queue', call('SendMessageBatch', input));
  });

  replays('test_send_batch_missing_message_group_id_for_fifo_queue[sqs]', async ({ fifo, call }, note) => {
    const Entries = [{ Id: '1', MessageBody: 'm', MessageDeduplicationId: 'd' }];
    const input = { QueueUrl: await fifo('q', { ContentBasedDeduplication: 'true' }), Entries };
    await note('test_missing_message_group_id_for_fifo_queue', call('SendMessageBatch', input));
  });

  for (const content of [true, false]) {
    const label = content ? 'True' : 'False';
    const ids = content ? {} : { MessageDeduplicationId: 'dedup1' };
    const withJson = (recordedAnswers: object) =>
      JSON.parse(JSON.stringify(recordedAnswers).replace('{"foo":"bar"}', JSON.stringify('{"foo": "bar"}')));
    const story =
      (labels: readonly [string, string], secondGroup: string, deletes: boolean) =>
      async ({ fifo, call }: Cloud, note: Note) => {
        const QueueUrl = await fifo('q', content ? { ContentBasedDeduplication: 'true' } : {});
        const input = { QueueUrl, MessageBody: '{"foo": "bar"}', ...ids };
        await call('SendMessage', { ...input, MessageGroupId: 'group-1' });
        const taken = call('ReceiveMessage', { QueueUrl });
        await note(labels[0], taken);
        const { ReceiptHandle } = first((await taken).Messages ?? []);
        if (deletes) await call('DeleteMessage', { QueueUrl, ReceiptHandle });
        await call('SendMessage', { ...input, MessageGroupId: secondGroup });
        await note(labels[1], call('ReceiveMessage', { QueueUrl }));
      };
    const again = story(['get-messages', 'get-messages-duplicate'], 'group-1', true);
    replays(`test_fifo_deduplication_arrives_once_after_delete[sqs-${label}]`, again, withJson);
    const other = story(['get-messages', 'get-dedup-messages'], 'group-2', false);
    replays(`test_fifo_deduplication_not_on_message_group_id[sqs-${label}]`, other, withJson);
  }

  const sendAndTake = async ({ call }: Cloud, note: Note, label: string, QueueUrl: string, input: object) => {
    await call('SendMessage', { QueueUrl, ...input });
    const taken = call('ReceiveMessage', { QueueUrl });
    await note(label, taken);
    for (const { ReceiptHandle } of (await taken).Messages ?? []) await call('DeleteMessage', { QueueUrl, ReceiptHandle });
  };
  const message = (n: number, id = 'same-dedup') => ({
    MessageBody: `Test${n}`,
    MessageGroupId: `group${n}`,
    MessageDeduplicationId: id,
  });

  replays('test_sqs_fifo_same_dedup_id_different_message_groups[sqs]', async (cloud, note) => {
    const url = await cloud.fifo('q');
    const body = { MessageBody: 'Test' };
    await sendAndTake(cloud, note, 'same-dedup-different-grp-1', url, { ...message(1), ...body });
    await sendAndTake(cloud, note, 'same-dedup-different-grp-2', url, { ...message(2), ...body });
  });

  replays('test_fifo_high_throughput_ordering[sqs]', async (cloud, note) => {
    const url = await cloud.fifo('q', { ContentBasedDeduplication: 'False', ...HIGH_THROUGHPUT });
    await sendAndTake(cloud, note, 'same-dedup-different-grp-1', url, message(1));
    await sendAndTake(cloud, note, 'same-dedup-different-grp-2', url, message(2));
  });

  replays('test_sqs_fifo_message_group_scope_no_throughput_setting[sqs]', async (cloud, note) => {
    const url = await cloud.fifo('q', { ContentBasedDeduplication: 'True', DeduplicationScope: 'messageGroup' });
    const body = { MessageBody: 'Test', MessageDeduplicationId: undefined };
    await sendAndTake(cloud, note, 'same-dedup-different-grp-1', url, { ...message(1), ...body });
    await sendAndTake(cloud, note, 'same-dedup-different-grp-2', url, { ...message(2), ...body });
  });

  replays('test_fifo_change_to_high_throughput_after_creation[sqs]', async (cloud, note) => {
    const { call } = cloud;
    const QueueUrl = await cloud.fifo('q', { DeduplicationScope: 'queue' });
    await sendAndTake(cloud, note, 'same-dedup-different-grp-1', QueueUrl, message(1));
    await sendAndTake(cloud, note, 'same-dedup-different-grp-2', QueueUrl, message(2));
    await call('SetQueueAttributes', { QueueUrl, Attributes: HIGH_THROUGHPUT });
    await note('set-to-high-throughput', call('GetQueueAttributes', { QueueUrl, ...ALL }));
    await note('same-dedup-different-grp-high-throughput', call('ReceiveMessage', { QueueUrl }));
    await sendAndTake(cloud, note, 'same-dedup-different-grp-high-throughput-2', QueueUrl, message(3));
    await sendAndTake(cloud, note, 'new-dedup2-high-throughput', QueueUrl, message(4, 'dedup_2'));
    await sendAndTake(cloud, note, 'same-dedup2-high-throughput', QueueUrl, message(5, 'dedup_2'));
  });

  replays('test_fifo_change_to_regular_throughput_after_creation[sqs]', async (cloud, note) => {
    const { call } = cloud;
    const QueueUrl = await cloud.fifo('q', HIGH_THROUGHPUT);
    await sendAndTake(cloud, note, 'same-dedup-different-grp-1', QueueUrl, message(1));
    await sendAndTake(cloud, note, 'same-dedup-different-grp-2', QueueUrl, message(2));
    const Attributes = { DeduplicationScope: 'queue', FifoThroughputLimit: 'perQueue' };
    await call('SetQueueAttributes', { QueueUrl, Attributes });
    await note('set-to-regular-throughput', call('GetQueueAttributes', { QueueUrl, ...ALL }));
    await sendAndTake(cloud, note, 'same-dedup-different-grp-regular-throughput', QueueUrl, message(3));
  });

  /** One of three messages in flight is hidden for longer, or the queue's timeout is over for the others. */
  for (const [label, position] of [
    ['all-invisible', 0],
    ['1-invisible', 1],
    ['no-invisible', 2],
    ['0-visible', 0],
    ['1-visible', 1],
    ['2-visible', 2],
  ] as const) {
    const name = `test_fifo_group_visibility_extends_with_change_message_visibility[sqs-${label}]`;
    replays(name, async ({ fifo, call, advance }, note) => {
      const QueueUrl = await fifo('q', { VisibilityTimeout: '1' });
      for (const MessageBody of ['foo', 'bar', 'baz']) {
        await call('SendMessage', { QueueUrl, MessageBody, MessageGroupId: '1', MessageDeduplicationId: MessageBody });
      }
      const taken = call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 5 });
      await note('receive_all_messages', taken);
      const { ReceiptHandle } = first(((await taken).Messages ?? []).slice(position));
      await call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 4 });
      await advance(2.5);
      await note('some-messages-invisible', call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 5 }));
    });
  }

  replays('test_fifo_delete_after_visibility_timeout[sqs]', async ({ fifo, call, advance }, note) => {
    const QueueUrl = await fifo('q', { VisibilityTimeout: '1', ContentBasedDeduplication: 'True' });
    await call('SendMessage', { QueueUrl, MessageBody: 'foobar', MessageGroupId: '1' });
    const taken = call('ReceiveMessage', { QueueUrl });
    await note('received_sqs_message', taken);
    const { ReceiptHandle } = first((await taken).Messages ?? []);
    await advance(1);
    await note('delete_after_timeout_fifo', call('DeleteMessage', { QueueUrl, ReceiptHandle }));
  });

  replays('test_fifo_delete_after_visibility_timeout_extended[sqs]', async ({ fifo, call, advance }, note) => {
    const QueueUrl = await fifo('q', { VisibilityTimeout: '1', ContentBasedDeduplication: 'True' });
    await call('SendMessage', { QueueUrl, MessageBody: 'foobar', MessageGroupId: '1' });
    const taken = call('ReceiveMessage', { QueueUrl });
    await note('received_sqs_message', taken);
    const { ReceiptHandle } = first((await taken).Messages ?? []);
    await call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 5 });
    await advance(1.5);
    await call('DeleteMessage', { QueueUrl, ReceiptHandle });
    await note('delete_after_timeout_fifo_extended', call('ReceiveMessage', { QueueUrl }));
  });
});
