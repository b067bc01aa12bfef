import { decide } from './deployment/decide.ts';
import { changesNothing, type Decision, type Effect, type EventDraft, type Wake, type World } from './deployment/decision.ts';
import type { Input, Moment } from './deployment/input.ts';
import { ownerOf } from './deployment/owner.ts';
import type { Deployment, FunctionName } from './deployment/types.ts';
import { FinalError } from './errors.ts';
import { outcomeDetail } from './events/outcome.ts';
import { describeError, type Log } from './log.ts';
import type { Whose } from './sharing.ts';
import type { OutboxEntry } from './store/commit.ts';
import { NewerItemError } from './store/items.ts';
import type { Need, Store, Subject } from './store/store.ts';
import { NotYetError } from './targets/not-yet.ts';

/** What one invocation works with. */
export interface Crew {
  readonly function: FunctionName;
  readonly invocation: string;
  /** How long a lease lasts that is taken now: the function's timeout and 60 s, in milliseconds. */
  readonly leaseMilliseconds: number;
  readonly now: () => number;
  readonly log: Log;
  readonly store: Store;
  /** Performs what is owed and tells what came of it; what it throws is fed back as `erred`. */
  readonly perform: (effect: Effect, deployment: Deployment, world: World) => Promise<Input>;
  readonly whose: Whose;
  /** Which of the entries the bus has taken. */
  readonly publish: (entries: readonly OutboxEntry[]) => Promise<readonly OutboxEntry[]>;
  readonly wake: (wake: Wake, token: string) => Promise<void>;
}

export interface Work {
  readonly subject: Subject;
  readonly input: Input;
  readonly need: Need;
  /** The message's id, for the audit record. */
  readonly message: string;
  /** The wake's number: if it is not the current one any more, nothing is done. */
  readonly number?: number;
}

/** A version that no deployment has. */
const CONFLICT = -1;

/** More rounds than any chain of steps has; conflicts take one each. */
const MOST_ROUNDS = 24;

/**
 * What a function does with one message: load, decide, commit, perform what is owed, feed the result back, until nothing
 * is owed to this function; then publish what was told, and hand over. A wake may be the sweep's, for what an earlier one could not
 * publish. Throws only before anything was committed that matters, or when the table itself does not answer: the message comes back, or
 * the sweep does.
 */
export const runStep = async (crew: Crew, work: Work): Promise<void> => {
  const told = new Set<string>(work.input.kind === 'woken' ? [work.subject.deployment] : []);
  const wakes: [Wake, string][] = [];
  try {
    await rounds(crew, work, told, wakes);
  } catch (error) {
    if (!(error instanceof NewerItemError)) throw error;
    crew.log.warn('left for a newer version of this function', describeError(error));
    return;
  }
  for (const id of told) await publishUnsent(crew, id);
  await Promise.all(wakes.map(([wake, token]) => sendWord(crew, wake, token)));
};

const rounds = async (crew: Crew, work: Work, told: Set<string>, wakes: [Wake, string][]): Promise<void> => {
  let input = work.input;
  // As the deployment was when the input came of it.
  let version: number | undefined;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const world = await crew.store.world(work.subject, work.need);
    if (version !== undefined && version !== world.deployment?.version) input = onceMore(input, crew, world);
    if (isStale(crew, world, input, round === 0 ? work.number : undefined)) {
      crew.log.info('nothing to do: somebody has looked since', { deployment: work.subject.deployment });
      return;
    }
    const moment = momentOf(crew);
    const decision = decide(world, input, moment);
    if (changesNothing(decision)) noteNothing(crew, work, round);
    else {
      const outbox = decision.events.map(toEntry);
      const result = await crew.store.commit(world, decision, outbox, { moment, input: input.kind, message: work.message });
      if (result === 'conflict') {
        version = CONFLICT;
        continue;
      }
      report(crew, world, decision);
      for (const { deployment } of outbox) told.add(deployment);
      for (const wake of decision.wakes) wakes.push([wake, tokenOf(world, decision, wake)]);
    }
    const deployment = decision.deployment ?? world.deployment;
    if (decision.effect === undefined || deployment === undefined || ownerOf(deployment) !== crew.function) return;
    version = decision.deployment === undefined ? deployment.version : deployment.version + 1;
    input = await performed(crew, decision.effect, deployment, world);
  }
  crew.log.error('gave up after too many rounds; the sweep looks again', { deployment: work.subject.deployment });
};

/** The first look tells of itself: a message that changed nothing must be found in the log all the same. */
const noteNothing = (crew: Crew, { input, subject }: Work, round: number): void => {
  if (round === 0) crew.log.info('nothing changes', { input: input.kind, deployment: subject.deployment });
};

const momentOf = ({ now, function: name, invocation, leaseMilliseconds }: Crew): Moment => ({
  now: now(),
  function: name,
  invocation,
  leaseMilliseconds,
});

/** A wake that was overtaken, or that belongs to another function by now. */
const isStale = (crew: Crew, { deployment }: World, input: Input, number: number | undefined): boolean => {
  if (input.kind !== 'woken' || deployment === undefined) return false;
  return (number !== undefined && number !== deployment.wakeNumber) || ownerOf(deployment) !== crew.function;
};

/**
 * Somebody else has moved the deployment on: what was seen may be of another rollout than the one that counts now, and its owner looks
 * once more. The result of a call, what was asked, and what another function's state makes of a late look are kept.
 */
const onceMore = (input: Input, crew: Crew, { deployment }: World): Input => {
  const isLook = input.kind === 'looked' || input.kind === 'observed' || input.kind === 'checked';
  return isLook && deployment !== undefined && ownerOf(deployment) === crew.function ? { kind: 'woken' } : input;
};

const performed = async (crew: Crew, effect: Effect, deployment: Deployment, world: World): Promise<Input> => {
  try {
    return await crew.perform(effect, deployment, world);
  } catch (error) {
    if (error instanceof NotYetError) {
      const { message, seconds } = error;
      crew.log.info(`no answer yet to ${effect.kind}`, { deployment: deployment.id, message, seconds });
      return { kind: 'erred', message, ambiguous: false, againInSeconds: seconds };
    }
    crew.log.warn(`could not ${effect.kind}`, describeError(error));
    if (error instanceof FinalError && effect.kind === 'look') return refusedLook(error);
    return { kind: 'erred', message: describeError(error).reason, ambiguous: mayTakeEffect(effect, error) };
  }
};

/** What will be the same next time ends the deployment before anything was changed. */
const refusedLook = ({ code, message }: FinalError): Input => ({
  kind: 'looked',
  current: { refused: { code, message, evidence: false } },
  alarms: [],
});

/** A call that AWS answered with a no (4xx: a throttle) has not taken effect; of any other nobody knows. */
const mayTakeEffect = (effect: Effect, error: unknown): boolean => {
  if (effect.kind !== 'start' && effect.kind !== 'restore') return false;
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;
  const refused = typeof status === 'number' && status >= 400 && status < 500;
  return !refused && !(error instanceof OutOfTimeError);
};

/** No call begins that could not end before the function's timeout. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

const toEntry = (draft: EventDraft): OutboxEntry => {
  const { id, environment, service, lane } = draft.deployment;
  return {
    deployment: id,
    sequence: draft.sequence,
    type: draft.type,
    environment,
    service,
    lane,
    detail: { ...outcomeDetail(draft) },
  };
};

const tokenOf = (world: World, { deployment, service, lane }: Decision, wake: Wake): string =>
  wake.number === undefined
    ? `${world.deployment?.id ?? deployment?.id ?? ''}:${deployment?.version ?? 0}:${service?.version ?? 0}:${lane?.version ?? 0}`
    : `${wake.number}`;

const report = (crew: Crew, world: World, { deployment, events }: Decision): void => {
  if (deployment === undefined) return;
  const from = world.deployment?.state ?? 'requested';
  const { id, environment, service, state } = deployment;
  crew.log.info('committed', {
    deployment: id,
    environment,
    service,
    from,
    to: state,
    events: events.map(({ type }) => type).join(' '),
  });
};

/** Publishes what is owed to the bus, in order; what it does not take stays owed. */
export const publishUnsent = async (crew: Pick<Crew, 'store' | 'publish' | 'log'>, deployment: string): Promise<void> => {
  try {
    const unsent = await crew.store.unsent(deployment);
    if (unsent.length === 0) return;
    const taken = await crew.publish(unsent);
    await crew.store.sent(taken);
    if (taken.length < unsent.length) crew.log.warn('the bus did not take every event; the sweep sends the rest', { deployment });
  } catch (error) {
    crew.log.warn('could not publish; the sweep tries again', { deployment, ...describeError(error) });
  }
};

const sendWord = async (crew: Crew, wake: Wake, token: string): Promise<void> => {
  try {
    await crew.wake(wake, token);
  } catch (error) {
    crew.log.warn('could not send word; the sweep does', describeError(error));
  }
};
