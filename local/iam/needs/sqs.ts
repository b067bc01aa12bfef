import { arn, type Input, type NeedsOf, need, tagKeys, textOf } from './need.ts';

const queue = (input: Input): string => arn('sqs', textOf(input, 'QueueUrl').split('/').at(-1) || '*');

const named = (input: Input): string => arn('sqs', textOf(input, 'QueueName') || '*');

const on =
  (...actions: readonly string[]) =>
  (input: Input) =>
    actions.map((action) => need(`sqs:${action}`, queue(input)));

const moves = (input: Input) => {
  const source = textOf(input, 'SourceArn') || arn('sqs', '*');
  const destination = textOf(input, 'DestinationArn');
  const actions = ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
  return [
    ...actions.map((action) => need(`sqs:${action}`, source)),
    ...(destination === '' ? [] : [need('sqs:SendMessage', destination)]),
  ];
};

/** The cancelled task's handle tells its queue. */
const ofTask = (input: Input): string => {
  const text = Buffer.from(textOf(input, 'TaskHandle'), 'base64').toString('utf8');
  return /arn:aws:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+(?:\.fifo)?/.exec(text)?.[0] ?? arn('sqs', '*');
};

/**
 * Service Authorization Reference, "Amazon SQS": a batch needs the permission of its single call (a batch has no permission of its
 * own), and a message move task those of reading its source (Developer Guide, "Dead-letter queue redrive permissions").
 */
export const sqsNeeds: NeedsOf = {
  AddPermission: on('AddPermission'),
  CancelMessageMoveTask: (input) => [need('sqs:CancelMessageMoveTask', ofTask(input))],
  ChangeMessageVisibility: on('ChangeMessageVisibility'),
  ChangeMessageVisibilityBatch: on('ChangeMessageVisibility'),
  CreateQueue(input) {
    const tags = Object.entries((input['tags'] ?? {}) as Readonly<Record<string, string>>);
    const keys = tagKeys(tags);
    return [
      need('sqs:CreateQueue', named(input), keys),
      ...(tags.length === 0 ? [] : [need('sqs:TagQueue', named(input), keys)]),
    ];
  },
  DeleteMessage: on('DeleteMessage'),
  DeleteMessageBatch: on('DeleteMessage'),
  DeleteQueue: on('DeleteQueue'),
  GetQueueAttributes: on('GetQueueAttributes'),
  GetQueueUrl: (input) => [need('sqs:GetQueueUrl', named(input))],
  ListDeadLetterSourceQueues: on('ListDeadLetterSourceQueues'),
  ListMessageMoveTasks: (input) => [need('sqs:ListMessageMoveTasks', textOf(input, 'SourceArn') || arn('sqs', '*'))],
  ListQueueTags: on('ListQueueTags'),
  ListQueues: () => [need('sqs:ListQueues', arn('sqs', '*'))],
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
