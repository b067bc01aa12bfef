import type { Queues, ReceivedMessage } from '../ports.ts';
import { md5 } from './digests.ts';
import { queueDoesNotExist } from './errors.ts';
import { senderIdOf } from './identifiers.ts';
import { findQueue } from './lookup.ts';
import type { MessageAttribute, Received } from './message.ts';
import { numberOf, type Queue } from './queue.ts';
import { removeMessage } from './receipts.ts';
import { receivable } from './receivable.ts';
import { receive } from './receiving.ts';
import { acceptMessage } from './sending.ts';
import type { SqsStore } from './store.ts';
import { systemAttributesOf } from './system-attributes.ts';
import { announce, announceLater } from './wake-ups.ts';

/** A service of AWS. */
const senderOf = ({ place }: SqsStore): string => senderIdOf({ arn: `arn:aws:iam::${place.account}:user/aws-service` });

/** As Lambda writes message attributes into an event's record. */
const recordAttribute = ({ DataType, StringValue, BinaryValue }: MessageAttribute) => ({
  ...(StringValue === undefined ? {} : { stringValue: StringValue }),
  ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
  stringListValues: [],
  binaryListValues: [],
  dataType: DataType,
});

const toRecord = (received: Received): ReceivedMessage => ({
  messageId: received.message.id,
  receiptHandle: received.handle,
  body: received.message.body,
  md5OfBody: md5(received.message.body),
  attributes: systemAttributesOf(received),
  messageAttributes: Object.fromEntries(
    Object.entries(received.message.attributes).map(([name, attribute]) => [name, recordAttribute(attribute)]),
  ),
});

/**
 * The port, without sockets. It obeys the rules of the actions, but for the ten messages of a receive: `max` may be larger.
 * Listeners are called at the clock's next turn (`clock.after(0)`), never from inside the call that made the message
 * receivable, and once for several messages of the same turn; also right after registering, if messages are there already.
 */
export const createQueues = (storeOf: () => SqsStore): Queues => {
  const queueOf = (arn: string): Queue => {
    const queue = findQueue(storeOf(), arn);
    if (queue === undefined) throw queueDoesNotExist();
    return queue;
  };
  return {
    exists: (arn) => findQueue(storeOf(), arn) !== undefined,
    visibilityTimeout: (arn) => numberOf(queueOf(arn), 'VisibilityTimeout'),
    send(arn, { body, groupId, deduplicationId, delaySeconds, attributes: texts = {} }) {
      const queue = queueOf(arn);
      const attributes = Object.fromEntries(
        Object.entries(texts).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      );
      const content = { body, groupId, deduplicationId, attributes, systemAttributes: {}, senderId: senderOf(storeOf()) };
      const { messageId } = acceptMessage(storeOf(), queue, content, delaySeconds);
      announce(storeOf(), queue);
      return { messageId };
    },
    receive: (arn, max) => {
      const queue = queueOf(arn);
      return receive(storeOf(), queue, max, numberOf(queue, 'VisibilityTimeout')).map(toRecord);
    },
    delete: (arn, handle) => removeMessage(storeOf(), queueOf(arn), handle),
    onAvailable(arn, listener) {
      const store = storeOf();
      const listeners = store.listeners.get(arn) ?? new Set();
      store.listeners.set(arn, listeners.add(listener));
      const queue = findQueue(store, arn);
      if (queue !== undefined && receivable(queue, store.clock.now()).length > 0) announceLater(store, queue);
      return () => listeners.delete(listener);
    },
  };
};
