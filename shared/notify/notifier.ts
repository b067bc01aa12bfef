import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SwitchyardError } from '../errors.ts';
import { type HandleRecord, type Invocation, type OwnQueue, queueHandler } from '../handler.ts';
import type { Runtime } from '../runtime.ts';
import { createNotes } from '../store/notes.ts';
import type { Desk, Held } from './steps.ts';

/** Longer than a request can be in flight after its function has ended, or its connection has broken. */
const IN_FLIGHT_MILLISECONDS = 60_000;

/** The queue of a notifier, which is standard. */
export const notifierQueue = ({ aws, settings: { queueUrl, deadLetterUrl } }: Runtime): OwnQueue => {
  if (queueUrl === undefined)
    throw new SwitchyardError('environment', 'cannot start the function: its environment lacks SWITCHYARD_QUEUE_URL');
  return { sqs: new SQSClient(aws), url: queueUrl, deadLetterUrl, fifo: false };
};

/** The Middy stack of a notifier. */
export const notifierHandler = (runtime: Runtime, handle: HandleRecord) => queueHandler(runtime, notifierQueue(runtime), handle);

export const notesOf = <Note extends object>({ aws, settings }: Runtime, notifier: string) =>
  createNotes<Note>({ client: new DynamoDBClient(aws), TableName: settings.table }, notifier);

/** What `tellInSteps` works with, for one message. `notifier`: the function's name after the installation's. */
export const deskFor = <Note extends Held>(runtime: Runtime, notifier: string) => {
  const notes = notesOf<Note>(runtime, notifier);
  const leaseMilliseconds = runtime.settings.timeoutSeconds * 1000 + IN_FLIGHT_MILLISECONDS;
  return ({ id, timeLeft }: Invocation, message: string): Desk<Note> => ({
    notes,
    now: runtime.now,
    timeLeft,
    by: `${id} ${message}`,
    leaseMilliseconds,
    inFlightMilliseconds: IN_FLIGHT_MILLISECONDS,
  });
};

/** One after the other for each id, within one execution environment: messages of one batch need not wait for each other's lease. */
export const inTurn = () => {
  const last = new Map<string, Promise<unknown>>();
  return <T>(id: string, work: () => Promise<T>): Promise<T> => {
    const mine = (last.get(id) ?? Promise.resolve()).then(work, work);
    last.set(id, mine);
    const forget = () => {
      if (last.get(id) === mine) last.delete(id);
    };
    mine.then(forget, forget);
    return mine;
  };
};
