import { describe, expect, it } from 'vitest';
import { newCloud } from './cloud.ts';
import { canonical, recorded, recordedContent, recordings, replays } from './recordings.ts';

const ALL = { AttributeNames: ['All'] };

describe.skipIf(recordings === undefined)('SQS attributes (needs ../shared/recordings/sqs.json)', () => {
  replays('test_create_fifo_queue_with_different_attributes_raises_error[sqs]', async ({ fifo, call }, note) => {
    await fifo('q', { ContentBasedDeduplication: 'true' });
    const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'false' };
    await note('queue-already-exists', call('CreateQueue', { QueueName: 'q.fifo', Attributes }));
  });

  replays('test_create_queue_with_different_attributes_raises_exception[sqs]', async ({ queue, call }, note) => {
    const one = { ReceiveMessageWaitTimeSeconds: '1', DelaySeconds: '1' };
    const two = { ReceiveMessageWaitTimeSeconds: '1', DelaySeconds: '2' };
    const QueueUrl = await queue('q', one);
    expect(await queue('q')).toBe(QueueUrl);
    expect(await queue('q', { DelaySeconds: '1' })).toBe(QueueUrl);
    await note('create_queue_01', call('CreateQueue', { QueueName: 'q', Attributes: two }));
    await call('SetQueueAttributes', { QueueUrl, Attributes: { DelaySeconds: '2' } });
    expect(await queue('q', two)).toBe(QueueUrl);
    await note('create_queue_02', call('CreateQueue', { QueueName: 'q', Attributes: one }));
  });

  replays('test_create_and_update_queue_attributes[sqs]', async ({ queue, call }, note) => {
    const attributes = { MessageRetentionPeriod: '604800', ReceiveMessageWaitTimeSeconds: '10', VisibilityTimeout: '20' };
    const QueueUrl = await queue('q', attributes);
    await note('get_queue_attributes', call('GetQueueAttributes', { QueueUrl, ...ALL }));
    const Attributes = { MaximumMessageSize: '2048', VisibilityTimeout: '69', DelaySeconds: '420' };
    await call('SetQueueAttributes', { QueueUrl, Attributes });
    await note('get_updated_queue_attributes', call('GetQueueAttributes', { QueueUrl, ...ALL }));
  });

  replays('test_fifo_set_content_based_deduplication_strategy[sqs]', async ({ fifo, call }, note) => {
    const QueueUrl = await fifo('q', { SqsManagedSseEnabled: 'true', ContentBasedDeduplication: 'true' });
    await note('before-update', call('GetQueueAttributes', { QueueUrl, ...ALL }));
    await call('SetQueueAttributes', { QueueUrl, Attributes: { ContentBasedDeduplication: 'false' } });
    await note('after-update', call('GetQueueAttributes', { QueueUrl, ...ALL }));
  });

  replays('test_set_unsupported_attribute_fifo[sqs]', async ({ fifo, queue, call }, note) => {
    const set = (QueueUrl: string, FifoQueue: string) => call('SetQueueAttributes', { QueueUrl, Attributes: { FifoQueue } });
    await note('invalid-attr-name-1', set(await queue('q'), 'true'));
    const ordered = await fifo('q');
    await set(ordered, 'true');
    await note('invalid-attr-name-2', set(ordered, 'false'));
  });

  replays('test_set_unsupported_attribute_standard[sqs]', async ({ queue, call }, note) => {
    const QueueUrl = await queue('q');
    await note('invalid-attr-name-1', call('SetQueueAttributes', { QueueUrl, Attributes: { FifoQueue: 'true' } }));
    await note('invalid-attr-name-2', call('SetQueueAttributes', { QueueUrl, Attributes: { FifoQueue: 'false' } }));
  });

  replays('test_create_standard_queue_with_fifo_attribute_raises_error[sqs]', async ({ call }, note) => {
    const create = (Attributes: object) => call('CreateQueue', { QueueName: 'q', Attributes });
    await note('invalid-attribute-fifo-queue', create({ FifoQueue: 'false' }));
    await note('invalid-attribute-content-based-deduplication', create({ ContentBasedDeduplication: 'false' }));
    await note('invalid-attribute-deduplication-scope', create({ DeduplicationScope: 'queue' }));
    await note('invalid-attribute-throughput-limit', create({ FifoThroughputLimit: 'perQueue' }));
  });

  replays('test_sse_queue_attributes[sqs]', async ({ queue, call }, note) => {
    const AttributeNames = ['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled'];
    const kms = await queue('kms');
    const keyed = { KmsMasterKeyId: 'testKeyId', KmsDataKeyReusePeriodSeconds: '6000', SqsManagedSseEnabled: 'false' };
    await call('SetQueueAttributes', { QueueUrl: kms, Attributes: keyed });
    await note('sse_kms_attributes', call('GetQueueAttributes', { QueueUrl: kms, AttributeNames }));
    const managed = await queue('managed');
    await call('SetQueueAttributes', { QueueUrl: managed, Attributes: { SqsManagedSseEnabled: 'true' } });
    await note('sse_sqs_attributes', call('GetQueueAttributes', { QueueUrl: managed, AttributeNames }));
  });

  replays('test_set_queue_attributes_default_values[sqs]', async ({ queue, call }, note) => {
    const QueueUrl = await queue('q');
    await note('get-queue-attributes-initial-values', call('GetQueueAttributes', { QueueUrl, ...ALL }));
    const keyed = { KmsMasterKeyId: 'testKeyId', KmsDataKeyReusePeriodSeconds: '6000' };
    await call('SetQueueAttributes', { QueueUrl, Attributes: keyed });
    await note('get-queue-attributes-after-update', call('GetQueueAttributes', { QueueUrl, ...ALL }));
    const defaults = { KmsMasterKeyId: '', KmsDataKeyReusePeriodSeconds: '300' };
    await call('SetQueueAttributes', { QueueUrl, Attributes: defaults });
    await note('get-queue-attributes-after-set-to-defaults', call('GetQueueAttributes', { QueueUrl, ...ALL }));
  });

  it('says in AWS’s words that one encryption excludes the other', async () => {
    const { queue, call } = newCloud();
    const Attributes = { KmsMasterKeyId: 'testKeyId', SqsManagedSseEnabled: 'true' };
    const answer = await recorded(call('SetQueueAttributes', { QueueUrl: await queue('q'), Attributes }));
    const { error } = recordedContent('test_sse_kms_and_sqs_are_mutually_exclusive[sqs]');
    const message = String(error).replace(/^.*operation: /, '');
    const code = 'InvalidAttributeName';
    expect(answer).toMatchObject({ Error: { Code: code, Message: message, QueryErrorCode: code, Type: 'Sender' } });
  });

  replays('test_tag_untag_queue[sqs]', async ({ queue, call }, note) => {
    const QueueUrl = await queue('q');
    await call('TagQueue', { QueueUrl, Tags: { tag1: 'value1', tag2: 'value2', tag3: '' } });
    await note('get-tag-1', call('ListQueueTags', { QueueUrl }));
    await call('UntagQueue', { QueueUrl, TagKeys: ['tag1', 'tag3'] });
    await note('get-tag-2', call('ListQueueTags', { QueueUrl }));
    await call('UntagQueue', { QueueUrl, TagKeys: ['tag2'] });
    await note('get-tag-after-untag', call('ListQueueTags', { QueueUrl }));
  });

  it('answers as AWS in test_sqs_permission_lifecycle[sqs]', async () => {
    const { queue, call } = newCloud();
    const QueueUrl = await queue('q');
    const content = recordedContent('test_sqs_permission_lifecycle[sqs]');
    const add = (Label: string, ...AWSAccountIds: string[]) =>
      call('AddPermission', { QueueUrl, Label, AWSAccountIds, Actions: ['ReceiveMessage'] });
    const remove = (Label: string) => call('RemovePermission', { QueueUrl, Label });
    /** The policy is a JSON text on the wire; the recording shows it parsed, with names masked. */
    const policy = async () => {
      const answer = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['Policy'] });
      return answer.Attributes === undefined ? answer : { Attributes: { Policy: JSON.parse(answer.Attributes['Policy'] ?? '') } };
    };
    const unmasked = (label: string) =>
      JSON.parse(
        JSON.stringify(content[label])
          .replaceAll('<partition>', 'aws')
          .replaceAll('<region>', 'eu-west-1')
          .replaceAll('<resource:1>', 'SQSDefaultPolicy')
          .replaceAll('<resource:2>', 'q')
          .replaceAll('<resource:3>', 'root')
          .replaceAll('111111111111', '123456789012'),
      );
    const sameAs = async (label: string) =>
      expect({ ...(await policy()), ResponseMetadata: expect.anything() }).toEqual(unmasked(label));
    await add('crossaccountpermission', '668614515564', '123456789012');
    await sameAs('get-queue-policy-attribute');
    await remove('crossaccountpermission');
    await sameAs('get-queue-policy-attribute-after-removal');
    await add('crossaccountpermission', '123456789012');
    await sameAs('get-queue-policy-attribute-first-account-same-label');
    const twice = await recorded(add('crossaccountpermission', '668614515564'));
    expect(canonical(twice)).toEqual(canonical(unmasked('get-queue-policy-attribute-second-account-same-label')));
    await add('crossaccountpermission2', '123456789012');
    await sameAs('get-queue-policy-attribute-second-account-different-label');
    await remove('crossaccountpermission');
    await sameAs('get-queue-policy-attribute-delete-first-permission');
    await remove('crossaccountpermission2');
    await sameAs('get-queue-policy-attribute-delete-second-permission');
    const gone = await recorded(remove('crossaccountpermission2'));
    expect(canonical(gone)).toEqual(canonical(unmasked('get-queue-policy-attribute-delete-non-existent-label')));
  });
});
