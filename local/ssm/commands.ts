import type { Work } from './documents.ts';

/** User Guide, "Understanding command statuses": the details that are told of one host. */
export type Details =
  | 'Pending'
  | 'InProgress'
  | 'Delayed'
  | 'Success'
  | 'Failed'
  | 'DeliveryTimedOut'
  | 'ExecutionTimedOut'
  | 'Cancelling'
  | 'Cancelled'
  | 'Terminated';

/** What is done on one host. */
export interface Invocation {
  readonly host: string;
  details: Details;
  exit: number;
  out: string;
  err: string;
  /** Milliseconds since the epoch. */
  startedAt?: number;
  endedAt?: number;
}

export interface Command {
  readonly id: string;
  readonly document: string;
  readonly comment: string;
  readonly parameters: unknown;
  readonly work: Work;
  /** Milliseconds since the epoch. */
  readonly requestedAt: number;
  readonly timeoutSeconds: number;
  readonly maxConcurrency: string;
  readonly maxErrors: string;
  readonly instanceIds: readonly string[];
  readonly targets: unknown;
  readonly invocations: readonly Invocation[];
}

const OVER: readonly Details[] = ['Success', 'Failed', 'DeliveryTimedOut', 'ExecutionTimedOut', 'Cancelled', 'Terminated'];

export const isOver = ({ details }: Pick<Invocation, 'details'>): boolean => OVER.includes(details);

/** The Status that goes with the details (API reference, CommandInvocation). */
export const statusOf = (details: Details): string => {
  if (details === 'DeliveryTimedOut' || details === 'ExecutionTimedOut') return 'TimedOut';
  return details === 'Terminated' ? 'Cancelled' : details;
};

/** What counts against MaxErrors: a delivery that timed out does not. */
export const errorsOf = ({ invocations }: Command): number =>
  invocations.filter(({ details }) => details === 'Failed' || details === 'ExecutionTimedOut').length;

/** `10` or `50%`, of so many. */
export const limitOf = (text: string, of: number): number =>
  text.endsWith('%') ? Math.floor((Number(text.slice(0, -1)) * of) / 100) : Number(text);

/** Of the command as a whole. */
export const overallOf = (command: Command): { readonly status: string; readonly details: string } => {
  const { invocations, maxErrors } = command;
  const all = invocations.map(({ details }) => details);
  if (all.length === 0) return { status: 'Failed', details: 'NoInstancesInTag' };
  if (!invocations.every(isOver)) {
    const status = all.every((details) => details === 'Pending')
      ? 'Pending'
      : all.includes('Cancelling')
        ? 'Cancelling'
        : 'InProgress';
    return { status, details: status };
  }
  if (all.every((details) => details === 'Success')) return { status: 'Success', details: 'Success' };
  if (all.includes('Cancelled')) return { status: 'Cancelled', details: 'Cancelled' };
  if (errorsOf(command) > limitOf(maxErrors, all.length)) return { status: 'Failed', details: 'Failed' };
  if (all.every((details) => details === 'DeliveryTimedOut')) return { status: 'TimedOut', details: 'DeliveryTimedOut' };
  return all.includes('Success') ? { status: 'Failed', details: 'Incomplete' } : { status: 'Failed', details: 'Failed' };
};
