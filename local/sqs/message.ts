/** As the JSON protocol carries it: `BinaryValue` is base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** What a sender gives. */
export interface MessageContent {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly systemAttributes: MessageAttributes;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly senderId: string;
}

/** A message in a queue. Times are milliseconds since the epoch. */
export interface Message extends MessageContent {
  readonly id: string;
  readonly sentAt: number;
  /** `undefined`: the queue's DelaySeconds, whatever it is by then (FIFO). */
  readonly delaySeconds: number | undefined;
  readonly sequenceNumber: string | undefined;
  /** ARN of the queue that this dead letter comes from. */
  readonly deadLetterSource: string | undefined;
  receiveCount: number;
  firstReceivedAt: number | undefined;
  /** End of the visibility timeout; `undefined`: not received from this queue yet. */
  hiddenUntil: number | undefined;
  /** When it was last received from this queue. */
  receivedAt: number;
  /** Grows with every change of the visibility: tells who has been waiting longer among equals. */
  turn: number;
  /** The newest receipt handle. */
  handle: string | undefined;
}

/** A message as one receive saw it. */
export interface Received {
  readonly message: Message;
  readonly handle: string;
  readonly receiveCount: number;
  readonly firstReceivedAt: number;
}

const bytes = (value: string | undefined): number => (value === undefined ? 0 : Buffer.byteLength(value));

/** Also of an attribute that has not been checked yet. */
type Sized = { readonly [Member in keyof MessageAttribute]: string | undefined };

const attributeBytes = ([name, attribute]: readonly [string, Sized]): number =>
  bytes(name) +
  bytes(attribute.DataType) +
  bytes(attribute.StringValue) +
  (attribute.BinaryValue === undefined ? 0 : Buffer.from(attribute.BinaryValue, 'base64').length);

/** Bytes of the body and of its attributes' names, types and values; system attributes do not count. */
export const sizeOf = (body: string, attributes: Readonly<Record<string, Sized>>): number =>
  Object.entries(attributes).reduce((sum, entry) => sum + attributeBytes(entry), bytes(body));
