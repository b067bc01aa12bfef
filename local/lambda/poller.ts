import { AwsError } from '../errors.ts';
import type { ReceivedMessage } from '../ports.ts';
import { failedMessages } from './batch-response.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import { invoke } from './invoke.ts';
import { refusalOf } from './poll-permissions.ts';
import { sqsEvent } from './sqs-event.ts';
import { functionOf, type LambdaStore, newRequestId } from './store.ts';

/** The part of Lambda that reads one queue for one function. It never polls by time: the queue tells it when to look. */
export interface MappingPoller {
  readonly mapping: EventSourceMapping;
  /** From now on; batches under way are finished as they began. */
  update(mapping: EventSourceMapping): void;
  stop(): void;
}

/** What one receive gives at most. */
const RECEIVES = 10;

/** Batches at once where the mapping sets no limit: Lambda's default for a function's account. */
const MOST_AT_ONCE = 1000;

export const createPoller = (store: LambdaStore, created: EventSourceMapping): MappingPoller => {
  let mapping = created;
  let atWork = 0;
  let looking = false;
  let stopped = false;
  /** A batch of a standard queue that is still being filled; `close` ends the wait for more. */
  let collecting: { readonly messages: ReceivedMessage[]; readonly close: () => void } | undefined;

  const canStart = (): boolean => mapping.enabled && !stopped && atWork < (mapping.maximumConcurrency ?? MOST_AT_ONCE);

  const receive = (max: number): readonly ReceivedMessage[] => {
    if (!store.queues.exists(mapping.queueArn)) return [];
    const { configuration } = functionOf(store, mapping.functionName);
    const refusal = refusalOf(store, configuration, mapping.queueArn, 'ReceiveMessage');
    if (refusal !== undefined) store.log(configuration.name, `AccessDenied: ${refusal}`);
    if (refusal !== undefined) return [];
    return store.queues.receive(mapping.queueArn, Math.min(max, RECEIVES));
  };

  const start = (messages: readonly ReceivedMessage[]): void => {
    atWork += 1;
    void runBatch(store, mapping, messages).then(() => {
      atWork -= 1;
      look();
    });
  };

  const startCollected = (): void => {
    const batch = collecting;
    collecting = undefined;
    if (batch === undefined) return;
    batch.close();
    start(batch.messages);
  };

  const collect = (messages: readonly ReceivedMessage[]): void => {
    collecting ??= {
      messages: [],
      close: store.clock.after(mapping.batchingWindow * 1000, () => {
        startCollected();
        look();
      }),
    };
    collecting.messages.push(...messages);
    if (collecting.messages.length >= mapping.batchSize) startCollected();
  };

  const lookNow = (): void => {
    looking = false;
    while (canStart()) {
      const messages = receive(mapping.batchSize - (collecting?.messages.length ?? 0));
      if (messages.length === 0) return;
      if (mapping.batchingWindow > 0) collect(messages);
      else start(messages);
    }
  };

  /** The queue tells in the middle of its own actions: the look is made after them, once. */
  const look = (): void => {
    if (looking || !canStart()) return;
    looking = true;
    store.clock.after(0, lookNow);
  };

  const forget = store.queues.onAvailable(created.queueArn, look);
  look();
  return {
    get mapping() {
      return mapping;
    },
    update(changed) {
      mapping = changed;
      look();
    },
    stop() {
      stopped = true;
      collecting?.close();
      forget();
    },
  };
};

/**
 * Hands one batch to the function. What it has done is deleted; what has failed is left alone: Lambda does not change its visibility,
 * so it comes back when that runs out (unless the function changed it itself).
 */
const runBatch = async (store: LambdaStore, mapping: EventSourceMapping, messages: readonly ReceivedMessage[]): Promise<void> => {
  const target = functionOf(store, mapping.functionName);
  const outcome = await invoke(store, target, sqsEvent(mapping, messages), newRequestId(store));
  if (outcome.failed) return;
  const ids = new Set(messages.map(({ messageId }) => messageId));
  const failed = mapping.reportsBatchItemFailures ? failedMessages(outcome.payload, ids) : NONE;
  for (const message of messages) if (!failed.has(message.messageId)) deleteMessage(store, mapping, message);
};

const NONE: ReadonlySet<string> = new Set();

/** A receipt that is too old to delete with means that the message comes back, as on AWS. */
const deleteMessage = (store: LambdaStore, mapping: EventSourceMapping, { receiptHandle }: ReceivedMessage): void => {
  const { queueArn, functionName } = mapping;
  const refusal = refusalOf(store, functionOf(store, functionName).configuration, queueArn, 'DeleteMessage');
  if (refusal !== undefined) {
    store.log(functionName, `AccessDenied: ${refusal}`);
    return;
  }
  try {
    store.queues.delete(queueArn, receiptHandle);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
};
