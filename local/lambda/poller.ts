import { AwsError } from '../errors.ts';
import type { ReceivedMessage } from '../ports.ts';
import { failedMessages } from './batch-response.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import { compileFilters } from './filters.ts';
import { invoke } from './invoke.ts';
import { isFifo } from './mapping-limits.ts';
import { refusalOf } from './poll-permissions.ts';
import { sqsEvent } from './sqs-event.ts';
import { type LambdaStore, newRequestId } from './store.ts';

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
    const target = store.functions.get(mapping.functionName);
    if (target === undefined || !store.queues.exists(mapping.queueArn)) return [];
    const { configuration } = target.latest;
    const refusal = refusalOf(store, configuration, mapping.queueArn, 'ReceiveMessage');
    if (refusal !== undefined) store.log(configuration.name, `AccessDenied: ${refusal}`);
    if (refusal !== undefined) return [];
    return store.queues.receive(mapping.queueArn, Math.min(max, RECEIVES));
  };

  /** What no filter lets through is deleted at once, as Lambda does. */
  const filtered = (messages: readonly ReceivedMessage[]): readonly ReceivedMessage[] => {
    const passes = compileFilters(mapping.filters);
    return messages.filter((message) => {
      const [record] = sqsEvent(mapping, [message]).Records;
      const isFor = record === undefined || passes(record);
      if (!isFor) deleteMessage(store, mapping, message);
      return isFor;
    });
  };

  const start = (messages: readonly ReceivedMessage[]): void => {
    atWork += 1;
    void runAll(store, mapping, partsOf(mapping, messages)).then(() => {
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
      const wanted = filtered(messages);
      if (wanted.length === 0) continue;
      if (mapping.batchingWindow > 0) collect(wanted);
      else start(wanted);
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

/** Bytes of an invocation's event (developer guide, "Lambda quotas"): a batch that would be larger is handed over in parts. */
const LARGEST_EVENT = 6_291_456;

const partsOf = (mapping: EventSourceMapping, messages: readonly ReceivedMessage[]): readonly (readonly ReceivedMessage[])[] => {
  const parts: ReceivedMessage[][] = [];
  let room = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(JSON.stringify(sqsEvent(mapping, [message])));
    if (size > room) {
      parts.push([]);
      room = LARGEST_EVENT;
    }
    parts.at(-1)?.push(message);
    room -= size;
  }
  return parts;
};

/** One after another; of a FIFO queue, what follows a failure is left alone, so that the order is kept. */
const runAll = async (
  store: LambdaStore,
  mapping: EventSourceMapping,
  parts: readonly (readonly ReceivedMessage[])[],
): Promise<void> => {
  for (const part of parts) if (!(await runBatch(store, mapping, part)) && isFifo(mapping.queueArn)) return;
};

/**
 * Hands one batch to the function. What it has done is deleted; what has failed is left alone: Lambda does not change its visibility,
 * so it comes back when that runs out (unless the function changed it itself).
 * Answers whether all went well.
 */
const runBatch = async (
  store: LambdaStore,
  mapping: EventSourceMapping,
  messages: readonly ReceivedMessage[],
): Promise<boolean> => {
  const target = store.functions.get(mapping.functionName);
  if (target === undefined) return false;
  const outcome = await invoke(store, target.serving, sqsEvent(mapping, messages), newRequestId(store));
  if (outcome.failed) return false;
  const ids = new Set(messages.map(({ messageId }) => messageId));
  const failed = mapping.reportsBatchItemFailures ? failedMessages(outcome.payload, ids) : NONE;
  for (const message of messages) if (!failed.has(message.messageId)) deleteMessage(store, mapping, message);
  return failed.size === 0;
};

const NONE: ReadonlySet<string> = new Set();

/** A receipt that is too old to delete with means that the message comes back, as on AWS. */
const deleteMessage = (store: LambdaStore, mapping: EventSourceMapping, { receiptHandle }: ReceivedMessage): void => {
  const { queueArn, functionName } = mapping;
  const target = store.functions.get(functionName);
  if (target === undefined) return;
  const refusal = refusalOf(store, target.latest.configuration, queueArn, 'DeleteMessage');
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
