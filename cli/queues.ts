import type { Connection } from './connection.ts';

interface Queues {
  /** `undefined`: nothing works on what is in it. */
  readonly queue: string | undefined;
  readonly dead: string;
  /** It is there only where the catalogue uses it. */
  readonly ofSome?: true;
}

/** The queues of an installation, each with its dead letters; their names begin with the installation's. */
export const QUEUES = {
  inbox: { queue: 'inbox', dead: 'inbox-dlq' },
  deploy: { queue: 'deploy.fifo', dead: 'deploy-dlq.fifo' },
  verify: { queue: 'verify.fifo', dead: 'verify-dlq.fifo' },
  rollback: { queue: 'rollback.fifo', dead: 'rollback-dlq.fifo' },
  promote: { queue: 'promote.fifo', dead: 'promote-dlq.fifo' },
  measure: { queue: 'measure', dead: 'measure-dlq' },
  translate: { queue: 'translate', dead: 'translate-dlq', ofSome: true },
  slack: { queue: 'notify-slack', dead: 'notify-slack-dlq', ofSome: true },
  github: { queue: 'notify-github', dead: 'notify-github-dlq', ofSome: true },
  email: { queue: 'notify-email', dead: 'notify-email-dlq', ofSome: true },
  webhooks: { queue: 'notify-webhooks', dead: 'notify-webhooks-dlq', ofSome: true },
  /** What a rule could not deliver: it is sent to the queue that it was to go to. */
  events: { queue: undefined, dead: 'events-dlq' },
} as const satisfies Readonly<Record<string, Queues>>;

export type QueueName = keyof typeof QUEUES;

export const QUEUE_NAMES = Object.keys(QUEUES) as readonly QueueName[];

export const queueUrl = async (connection: Connection, suffix: string): Promise<string> => {
  const { GetQueueUrlCommand } = await import('@aws-sdk/client-sqs');
  const client = await connection.sqs();
  const { QueueUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName: `${connection.name}-${suffix}` }));
  return QueueUrl;
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'QueueDoesNotExist' || isMissing(error.cause));

/** What comes of the work, or `undefined` where the queue is one that this installation does without. */
export const ifThere = async <T>(name: QueueName, work: Promise<T>): Promise<T | undefined> => {
  const { ofSome }: Queues = QUEUES[name];
  try {
    return await work;
  } catch (error) {
    if (ofSome === true && isMissing(error)) return undefined;
    throw error;
  }
};
