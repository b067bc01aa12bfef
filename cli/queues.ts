import type { Connection } from './connection.ts';

/** The queues of an installation, each with its dead letters; their names begin with the installation's. */
export const QUEUES = {
  inbox: { queue: 'inbox', dead: 'inbox-dlq' },
  deploy: { queue: 'deploy.fifo', dead: 'deploy-dlq.fifo' },
  verify: { queue: 'verify.fifo', dead: 'verify-dlq.fifo' },
  rollback: { queue: 'rollback.fifo', dead: 'rollback-dlq.fifo' },
  /** What a rule could not deliver: it is sent back to the inbox, where it was to go. */
  events: { queue: undefined, dead: 'events-dlq' },
} as const;

export type QueueName = keyof typeof QUEUES;

export const QUEUE_NAMES = Object.keys(QUEUES) as readonly QueueName[];

export const queueUrl = async (connection: Connection, suffix: string): Promise<string> => {
  const { GetQueueUrlCommand } = await import('@aws-sdk/client-sqs');
  const client = await connection.sqs();
  const { QueueUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName: `${connection.name}-${suffix}` }));
  return QueueUrl;
};
