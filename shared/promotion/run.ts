import type { Wake } from '../deployment/decision.ts';
import { describeError, type Log } from '../log.ts';
import { CopyRefusal } from '../registries/refusal.ts';
import { type PromotionStore, REQUESTED, type TagClaim } from '../store/promotions.ts';
import { decidePromotion } from './decide.ts';
import type { GateAnswer, Promotion, PromotionDecision, PromotionInput, PromotionTold } from './types.ts';

/** What one invocation of the promote function works with. */
export interface PromotionCrew {
  readonly invocation: string;
  /** The function's timeout and a minute, in milliseconds. */
  readonly leaseMilliseconds: number;
  readonly now: () => number;
  readonly log: Log;
  readonly promotions: PromotionStore<Promotion>;
  readonly askGates: (
    promotion: Promotion,
  ) => Promise<{ readonly answers: readonly GateAnswer[]; readonly tag?: string; readonly dead?: string }>;
  readonly copy: (promotion: Promotion) => Promise<PromotionInput>;
  /** Which of the events the bus has taken. */
  readonly publish: (told: readonly PromotionTold[]) => Promise<readonly PromotionTold[]>;
  readonly wake: (wake: Wake, token: string) => Promise<void>;
}

/** More rounds than any chain of steps has; conflicts take one each. */
const MOST_ROUNDS = 16;

/**
 * What the promote function does with one message: load, decide, commit, do what is owed, feed the result back; then publish. `fresh`: a
 * request that was just read, where the table does not know it yet. `number`: of the wake; one that is not the current one does nothing.
 */
export const runPromotion = async (
  crew: PromotionCrew,
  id: string,
  first: PromotionInput,
  message: string,
  { fresh, number }: { readonly fresh?: Promotion; readonly number?: number } = {},
): Promise<void> => {
  let input = first;
  let claimed: TagClaim | undefined;
  const load = async () => (await crew.promotions.promotion(id)) ?? fresh;
  let known = await load();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (known === undefined) return crew.log.info('nothing to do: the promotion is not known', { promotion: id });
    if (round === 0 && number !== undefined && number !== known.wakeNumber && number !== -1) break;
    const moment = { now: crew.now(), invocation: crew.invocation, leaseMilliseconds: crew.leaseMilliseconds };
    const decision = decidePromotion(known, input, moment);
    if (decision === undefined) break;
    if (decision.promotion !== known || known.version === 0) {
      const result = await commit(crew, known, decision, input, message, claimed);
      claimed = undefined;
      if (result !== 'committed') {
        input = isResult(input) ? input : { kind: 'woken' };
        known = await load();
        continue;
      }
      known = { ...decision.promotion, version: known.version + 1 };
    }
    if (decision.effect === undefined) break;
    ({ input, claimed } = await perform(crew, decision.effect, known));
  }
  if (known !== undefined) await handOver(crew, known);
};

/** What was done cannot be looked at again; what was seen can. */
const isResult = ({ kind }: PromotionInput): boolean => kind !== 'woken' && kind !== 'gated';

const commit = async (
  crew: PromotionCrew,
  known: Promotion,
  { promotion }: PromotionDecision,
  input: PromotionInput,
  message: string,
  claimed: TagClaim | undefined,
): Promise<'committed' | 'conflict' | 'claimed'> => {
  const told = promotion.unsent.slice(known.unsent.length).map(({ type }) => type);
  const begins = known.state === 'waiting' && promotion.state === 'copying';
  const from = known.version === 0 ? REQUESTED : known.state;
  const result = await crew.promotions.commit(
    promotion,
    {
      at: crew.now(),
      invocation: crew.invocation,
      input: input.kind,
      message,
      from,
      events: told,
      ...(promotion.failure === undefined ? {} : { reason: promotion.failure }),
    },
    begins ? claimed : undefined,
  );
  crew.log.info(result, { promotion: promotion.id, from, to: promotion.state, events: told.join(' ') });
  return result;
};

const perform = async (
  crew: PromotionCrew,
  effect: NonNullable<PromotionDecision['effect']>,
  promotion: Promotion,
): Promise<{ readonly input: PromotionInput; readonly claimed: TagClaim | undefined }> => {
  const alone = (input: PromotionInput) => ({ input, claimed: undefined });
  try {
    if (effect === 'copy') return alone(await crew.copy(promotion));
    const { answers, tag, dead } = await crew.askGates(promotion);
    if (tag === undefined) return alone({ kind: 'gated', answers });
    const { rule, id, digest, cause } = promotion;
    const claim = { repository: `${rule.to.registry}/${rule.to.repository}`, tag, digest, promotion: id, time: cause.time };
    const terms = rule.overwrite
      ? ({ kind: 'newest' } as const)
      : ({ kind: 'once', ...(dead === undefined ? {} : { dead }) } as const);
    return { input: { kind: 'gated', answers, tag }, claimed: { claim, terms } };
  } catch (error) {
    const refusal = refusalIn(error);
    if (refusal !== undefined) return alone({ kind: 'refused', reason: refusal });
    crew.log.warn(`could not ${effect}`, describeError(error));
    return alone({ kind: 'erred', message: describeError(error).reason });
  }
};

/** An answer that will be the same next time. */
const refusalIn = (error: unknown) => {
  if (error instanceof CopyRefusal) return { code: error.code, message: error.message };
  if (error instanceof Error && error.name.startsWith('AccessDenied'))
    return { code: 'registry-denied', message: `${error.message}; allow it in the promote function's role` };
  return undefined;
};

/** Publishes what is owed, and sends word to whoever goes on; what fails here is the sweep's. */
const handOver = async (crew: PromotionCrew, promotion: Promotion): Promise<void> => {
  try {
    await publishOwed(crew, promotion);
    const { wakeAt, id, rule, wakeNumber, state } = promotion;
    if (wakeAt === undefined || state === 'completed' || state === 'failed' || promotion.lease !== undefined) return;
    const { environment } = rule.to;
    const delaySeconds = Math.max(0, Math.ceil((wakeAt - crew.now()) / 1000));
    await crew.wake(
      {
        function: 'promote',
        environment,
        service: rule.name,
        lane: environment,
        promotion: id,
        number: wakeNumber,
        delaySeconds,
      },
      String(wakeNumber),
    );
  } catch (error) {
    crew.log.warn('could not publish, or send word; the sweep does', { promotion: promotion.id, ...describeError(error) });
  }
};

const publishOwed = async (crew: PromotionCrew, promotion: Promotion): Promise<void> => {
  let known: Promotion | undefined = promotion;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (known === undefined || known.unsent.length === 0) return;
    const taken = await crew.publish(known.unsent);
    if (taken.length === 0) return;
    const at = crew.now();
    const step = { at, invocation: crew.invocation, input: 'published', message: '', from: known.state, events: [] };
    const result = await crew.promotions.commit({ ...known, unsent: known.unsent.slice(taken.length) }, step);
    if (result === 'committed') return;
    known = await crew.promotions.promotion(known.id);
  }
};
