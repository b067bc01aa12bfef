import { NUMBERS, type Owner, settled } from './attribute-values.ts';
import { invalidAttributeName, invalidAttributeValue, unknownAttribute } from './errors.ts';
import { countsOf, type Queue } from './queue.ts';
import type { SqsStore } from './store.ts';

const KMS_REUSE_DEFAULT = '300';

/** Shown beside the settable ones. */
const READ_ONLY = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
];

const FIFO_DEFAULTS: Readonly<Record<string, string>> = {
  FifoQueue: 'true',
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
};

export const defaultAttributes = (fifo: boolean): Map<string, string> =>
  new Map([
    ...Object.entries(NUMBERS).map(([name, [, , value]]): [string, string] => [name, String(value)]),
    ['SqsManagedSseEnabled', 'true'],
    ...(fifo ? Object.entries(FIFO_DEFAULTS) : []),
  ]);

/** A queue is encrypted in one way at a time. */
const withEncryption = (changes: Map<string, string>): Map<string, string> => {
  const key = changes.get('KmsMasterKeyId');
  const managed = changes.get('SqsManagedSseEnabled');
  if (key && managed === 'true') {
    throw invalidAttributeName(
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    );
  }
  if (key) return changes.set('SqsManagedSseEnabled', 'false');
  return managed === 'true' ? changes.set('KmsMasterKeyId', '') : changes;
};

/** The changes that a request asks for, checked as a whole against what the queue has. */
export const settledAttributes = (
  store: SqsStore,
  given: Readonly<Record<string, string>>,
  owner: Owner,
  present: ReadonlyMap<string, string>,
): Map<string, string> => {
  const changes = new Map(Object.entries(given).map(([name, value]) => [name, settled(store, name, value, owner)]));
  const after = new Map([...present, ...changes]);
  if (after.get('FifoThroughputLimit') === 'perMessageGroupId' && after.get('DeduplicationScope') !== 'messageGroup') {
    const reason = 'The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup.';
    throw invalidAttributeValue('FifoThroughputLimit', reason);
  }
  return withEncryption(changes);
};

export const applyAttributes = (attributes: Map<string, string>, changes: ReadonlyMap<string, string>): void => {
  for (const [name, value] of changes) {
    if (value === '') attributes.delete(name);
    else attributes.set(name, value);
  }
  if (!attributes.has('KmsMasterKeyId')) attributes.delete('KmsDataKeyReusePeriodSeconds');
  else if (!attributes.has('KmsDataKeyReusePeriodSeconds')) {
    attributes.set('KmsDataKeyReusePeriodSeconds', KMS_REUSE_DEFAULT);
  }
};

const seconds = (milliseconds: number): string => String(Math.floor(milliseconds / 1000));

/** All attributes that the queue has. */
export const describeAttributes = (queue: Queue, now: number): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(queue.attributes),
  ...countsOf(queue, now),
  CreatedTimestamp: seconds(queue.createdAt),
  LastModifiedTimestamp: seconds(queue.modifiedAt),
  QueueArn: queue.arn,
});

const SETTABLE = [
  ...Object.keys(NUMBERS),
  ...Object.keys(FIFO_DEFAULTS),
  'SqsManagedSseEnabled',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'Policy',
  'RedrivePolicy',
  'RedriveAllowPolicy',
];

/** Names that may be asked for; one that this queue lacks is left out of the answer. */
export const checkAttributeNames = (names: readonly string[]): void => {
  const unknown = names.find((name) => name !== 'All' && !SETTABLE.includes(name) && !READ_ONLY.includes(name));
  if (unknown !== undefined) throw unknownAttribute(unknown);
};
