import { type Command, type Details, errorsOf, type Invocation, isOver, limitOf, overallOf, statusOf } from './commands.ts';
import { hostArn, type SsmStore } from './store.ts';

/** Milliseconds until an agent that is there has taken a command. */
const DELIVERY = 500;
/** Until one that was not is tried again. */
const AGAIN = 5000;

/** What is under way on hosts, so that it can be ended. */
const underWay = new WeakMap<Invocation, AbortController>();

/** Begins as many as may run at once. */
export const goOn = (store: SsmStore, command: Command): void => {
  const { invocations, maxConcurrency, maxErrors } = command;
  const most = Math.max(1, limitOf(maxConcurrency, invocations.length));
  if (errorsOf(command) > limitOf(maxErrors, invocations.length))
    for (const one of invocations) if (one.details === 'Pending' && !taken.has(one)) end(store, command, one, 'Terminated');
  const busy = invocations.filter((one) => taken.has(one) && !isOver(one)).length;
  const waiting = invocations.filter((one) => isWaiting(one) && !taken.has(one));
  for (const one of waiting.slice(0, Math.max(0, most - busy))) {
    taken.add(one);
    store.clock.after(DELIVERY, () => deliver(store, command, one));
  }
};

/** `Delayed`: its turn had come, and its host was not there. */
const isWaiting = ({ details }: Invocation): boolean => details === 'Pending' || details === 'Delayed';

/** Those whose turn has come. */
const taken = new WeakSet<Invocation>();

/** What has not begun when its time for delivery is over does not (API reference, SendCommand, TimeoutSeconds). */
const deliver = (store: SsmStore, command: Command, invocation: Invocation): void => {
  if (isOver(invocation)) return;
  const host = store.hosts.get(invocation.host);
  if (store.clock.now() >= command.requestedAt + command.timeoutSeconds * 1000) {
    end(store, command, invocation, 'DeliveryTimedOut');
    return;
  }
  if (host?.online() !== true) {
    set(store, command, invocation, 'Delayed');
    store.clock.after(AGAIN, () => deliver(store, command, invocation));
    return;
  }
  const ending = new AbortController();
  underWay.set(invocation, ending);
  invocation.startedAt = store.clock.now();
  set(store, command, invocation, 'InProgress');
  const { script, timeoutSeconds, workingDirectory } = command.work;
  const stopTimer = store.clock.after(timeoutSeconds * 1000, () => {
    if (isOver(invocation)) return;
    ending.abort();
    end(store, command, invocation, 'ExecutionTimedOut');
  });
  void host.run({ script, workingDirectory, signal: ending.signal }).then(({ exit, out, err }) => {
    stopTimer();
    Object.assign(invocation, { exit, out, err });
    if (isOver(invocation)) return;
    end(store, command, invocation, ending.signal.aborted ? 'Cancelled' : exit === 0 ? 'Success' : 'Failed');
  });
};

/** What has not begun does not; what has is told to end, and may end otherwise (API reference, CancelCommand). */
export const cancel = (store: SsmStore, command: Command, invocation: Invocation): void => {
  if (isOver(invocation)) return;
  const ending = underWay.get(invocation);
  if (ending === undefined) {
    end(store, command, invocation, 'Cancelled');
    return;
  }
  set(store, command, invocation, 'Cancelling');
  ending.abort();
};

/** Nobody knows how far a script came whose machine was stopped. */
export const stopped = (store: SsmStore, command: Command, invocation: Invocation): void => {
  if (isOver(invocation)) return;
  invocation.err = 'the local cloud was stopped while it ran';
  end(store, command, invocation, 'Failed');
};

const end = (store: SsmStore, command: Command, invocation: Invocation, details: Details): void => {
  invocation.endedAt = store.clock.now();
  set(store, command, invocation, details);
  if (details !== 'Terminated') goOn(store, command);
};

/** Both kinds of event (User Guide, "Amazon EventBridge event examples for Systems Manager"). */
const set = (store: SsmStore, command: Command, invocation: Invocation, details: Details): void => {
  if (invocation.details === details) return;
  const before = overallOf(command).status;
  invocation.details = details;
  const detail = { 'command-id': command.id, 'document-name': command.document, 'requested-date-time': iso(command.requestedAt) };
  store.events.publish({
    source: 'aws.ssm',
    detailType: 'EC2 Command Invocation Status-change Notification',
    resources: [hostArn(store.place, invocation.host)],
    detail: { ...detail, 'instance-id': invocation.host, status: statusOf(details) },
  });
  const { status } = overallOf(command);
  if (status === before) return;
  store.events.publish({
    source: 'aws.ssm',
    detailType: 'EC2 Command Status-change Notification',
    resources: command.invocations.map(({ host }) => hostArn(store.place, host)),
    detail: { ...detail, 'expire-after': iso(expiresAt(command)), parameters: command.parameters, status },
  });
};

export const expiresAt = ({ requestedAt, timeoutSeconds, work }: Command): number =>
  requestedAt + (timeoutSeconds + work.timeoutSeconds) * 1000;

const iso = (at: number): string => new Date(at).toISOString();
