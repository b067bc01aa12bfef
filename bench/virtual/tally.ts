import { type Amounts, assumedSeconds } from '../report/cost.ts';
import type { Counted } from './count.ts';
import type { Invoked, Observer } from './pipeline.ts';

/** Everything that the functions did in a stretch of time. */
export interface Tally {
  readonly calls: readonly Counted[];
  readonly invocations: readonly Invoked[];
  readonly logBytes: number;
}

/** Keeps what the functions do, until it is taken. */
export const createTally = (): Observer & { readonly take: () => Tally } => {
  let calls: Counted[] = [];
  let invocations: Invoked[] = [];
  let logBytes = 0;
  return {
    called: (call) => void calls.push(call),
    invoked: (invocation) => void invocations.push(invocation),
    logged: (bytes) => {
      logBytes += bytes;
    },
    take() {
      const taken = { calls, invocations, logBytes };
      calls = [];
      invocations = [];
      logBytes = 0;
      return taken;
    },
  };
};

/** How often each action was called; `name` says what counts as one action. */
export const countBy = (calls: readonly Counted[], name: (call: Counted) => string): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const call of calls) found.set(name(call), (found.get(name(call)) ?? 0) + 1);
  return found;
};

const serviceOf = ({ action }: Counted): string => action.slice(0, action.indexOf(':'));

const isFifo = (name: string): boolean => name !== 'route';

/** Lambda's own requests for a batch: one that receives it, one that deletes it. */
const batches = ({ invocations }: Tally, fifo: boolean): number =>
  invocations.filter(({ messages, function: name }) => messages > 0 && isFifo(name) === fifo).length;

/** What of it AWS bills. A message costs its sending, its receiving and its deletion, whoever makes the request. */
export const amountsOf = (tally: Tally): Amounts => {
  const { calls, invocations, logBytes } = tally;
  const sent = (fifo: boolean) => calls.filter((call) => serviceOf(call) === 'sqs' && call.fifo === fifo).length;
  const byRules = invocations.reduce((sum, { fromRules }) => sum + fromRules, 0);
  const [memory = 0] = invocations.map(({ memoryMegabytes }) => memoryMegabytes);
  const seconds = assumedSeconds(invocations.length, Object.fromEntries(countBy(calls, serviceOf)));
  return {
    invocations: invocations.length,
    gigabyteSeconds: (memory / 1024) * seconds,
    standardRequests: sent(false) + byRules + 2 * batches(tally, false),
    fifoRequests: sent(true) + 2 * batches(tally, true),
    events: calls.reduce((sum, call) => sum + call.events, 0),
    readUnits: calls.reduce((sum, { units }) => sum + units.read, 0),
    writeUnits: calls.reduce((sum, { units }) => sum + units.write, 0),
    alarmRequests: calls.filter((call) => serviceOf(call) === 'cloudwatch').length,
    logBytes,
  };
};
