import { arnAt, isAccount } from '../../place.ts';
import { OWNER_ONLY } from '../../sqs/permissions.ts';
import { arn, type Here, type Input, type NeedsOf, need, tagKeys, textOf } from './need.ts';

/** The URL tells whose queue it is; the region is the one that is called. */
const queue = (input: Input, { place }: Here): string => {
  const [name, account = ''] = textOf(input, 'QueueUrl').split('/').reverse();
  return arnAt(isAccount(account) ? { ...place, account } : place, 'sqs', name || '*');
};

const named = (input: Input, here: Pick<Here, 'place'>): string => arn(here, 'sqs', textOf(input, 'QueueName') || '*');

const owned = (input: Input, { place }: Here): string =>
  named(input, { place: { ...place, account: textOf(input, 'QueueOwnerAWSAccountId') || place.account } });

const on =
  (...actions: readonly string[]) =>
  (input: Input, here: Here) =>
    actions.map((action) => need(`sqs:${action}`, queue(input, here)));

const moves = (input: Input, here: Here) => {
  const source = textOf(input, 'SourceArn') || arn(here, 'sqs', '*');
  const destination = textOf(input, 'DestinationArn');
  const actions = ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
  return [
    ...actions.map((action) => need(`sqs:${action}`, source)),
    ...(destination === '' ? [] : [need('sqs:SendMessage', destination)]),
  ];
};

/** The cancelled task's handle tells its queue. */
const ofTask = (input: Input, here: Here): string => {
  const text = Buffer.from(textOf(input, 'TaskHandle'), 'base64').toString('utf8');
  return /arn:aws:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+(?:\.fifo)?/.exec(text)?.[0] ?? arn(here, 'sqs', '*');
};

/** "Cross-account permissions don't apply to the following actions" (Developer Guide, "Limitations of Amazon SQS custom policies"). */
export const WITHIN_ACCOUNT: ReadonlySet<string> = new Set(OWNER_ONLY.map((action) => `sqs:${action}`));

/**
 * Service Authorization Reference, "Amazon SQS": a batch needs the permission of its single call (a batch has no permission of its
 * own), and a message move task those of reading its source (Developer Guide, "Dead-letter queue redrive permissions").
 */
export const sqsNeeds: NeedsOf = {
  AddPermission: on('AddPermission'),
  CancelMessageMoveTask: (input, here) => [need('sqs:CancelMessageMoveTask', ofTask(input, here))],
  ChangeMessageVisibility: on('ChangeMessageVisibility'),
  ChangeMessageVisibilityBatch: on('ChangeMessageVisibility'),
  CreateQueue(input, here) {
    const tags = Object.entries((input['tags'] ?? {}) as Readonly<Record<string, string>>);
    const keys = tagKeys(tags);
    return [
      need('sqs:CreateQueue', named(input, here), keys),
      ...(tags.length === 0 ? [] : [need('sqs:TagQueue', named(input, here), keys)]),
    ];
  },
  DeleteMessage: on('DeleteMessage'),
  DeleteMessageBatch: on('DeleteMessage'),
  DeleteQueue: on('DeleteQueue'),
  GetQueueAttributes: on('GetQueueAttributes'),
  GetQueueUrl: (input, here) => [need('sqs:GetQueueUrl', owned(input, here))],
  ListDeadLetterSourceQueues: on('ListDeadLetterSourceQueues'),
  ListMessageMoveTasks: (input, here) => [need('sqs:ListMessageMoveTasks', textOf(input, 'SourceArn') || arn(here, 'sqs', '*'))],
  ListQueueTags: on('ListQueueTags'),
  ListQueues: (_, here) => [need('sqs:ListQueues', arn(here, 'sqs', '*'))],
  PurgeQueue: on('PurgeQueue'),
  ReceiveMessage: on('ReceiveMessage'),
  RemovePermission: on('RemovePermission'),
  SendMessage: on('SendMessage'),
  SendMessageBatch: on('SendMessage'),
  SetQueueAttributes: on('SetQueueAttributes'),
  StartMessageMoveTask: moves,
  TagQueue: on('TagQueue'),
  UntagQueue: on('UntagQueue'),
};
