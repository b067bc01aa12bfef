import type { Reason } from '../deployment/observations.ts';
import { toldOf } from './told.ts';
import type { GateAnswer, Promotion, PromotionDecision, PromotionEventType, PromotionInput, PromotionMoment } from './types.ts';

/** Why a promotion fails: stable words, each with its line of `docs/errors.md`. @public */
export const PROMOTION_ERRORS = {
  'copy-deadline': 'The copy did not come to an end within `copySeconds`; the message says what was in its way last.',
} as const;

/** Milliseconds between two looks at gates that wait; what they wait for wakes them sooner. */
const GATES_LOOK = 30_000;

/** For so long after the deadline a registry that does not answer is asked whether the image is there after all; in milliseconds. */
const LAST_LOOK = 600_000;

/** Milliseconds after calls that failed, by how many did in a row. */
const BACK_OFF = [2000, 10_000, 30_000, 60_000, 300_000] as const;

/**
 * What becomes of a promotion: pure and total. It waits for its gates, is copied under a lease, and ends once, as completed or as failed;
 * an input that comes too late changes nothing (`undefined`).
 */
export const decidePromotion = (
  promotion: Promotion,
  input: PromotionInput,
  moment: PromotionMoment,
): PromotionDecision | undefined => {
  switch (promotion.state) {
    case 'waiting':
      return waiting(promotion, input, moment);
    case 'copying':
      return copying(promotion, input, moment);
    case 'completed':
    case 'failed':
      return undefined;
  }
};

const waiting = (promotion: Promotion, input: PromotionInput, moment: PromotionMoment): PromotionDecision | undefined => {
  switch (input.kind) {
    case 'woken':
      return { promotion, effect: 'ask-gates' };
    case 'gated':
      return gated(promotion, input, moment);
    case 'refused':
      return fail(promotion, input.reason, moment);
    case 'erred':
      return moment.now >= promotion.waitUntil
        ? fail(promotion, { code: 'gates-unanswered', message: unanswered(promotion, input.message) }, moment)
        : later(promotion, backOff(promotion), moment, { troubles: promotion.troubles + 1 });
    case 'copied':
    case 'interrupted':
      return undefined;
  }
};

const unanswered = ({ rule }: Promotion, message: string): string =>
  `the gates of ${rule.name} could not be asked within ${rule.waitSeconds} s: ${message}; ask again when that is mended`;

const gated = (
  promotion: Promotion,
  { answers, tag }: Extract<PromotionInput, { kind: 'gated' }>,
  moment: PromotionMoment,
): PromotionDecision => {
  const no = answers.find((answer) => answer.says === 'no');
  if (no !== undefined) return fail(promotion, no.reason, moment);
  const wait = answers.find((answer) => answer.says === 'wait');
  if (wait !== undefined && moment.now >= promotion.waitUntil) return fail(promotion, wait.reason, moment);
  if (wait !== undefined) {
    const next = Math.min(GATES_LOOK, promotion.waitUntil - moment.now);
    return later(promotion, next, moment, { waitingFor: wait.reason, troubles: 0 });
  }
  if (tag === undefined) throw new Error('gates that all pass have chosen a tag');
  const { waitingFor: _, ...rest } = promotion;
  const ready: Promotion = { ...rest, tag, deadline: moment.now + promotion.rule.copySeconds * 1000, troubles: 0 };
  return owesCopy(
    tell({ ...ready, state: 'copying' }, 'PromotionStarted', { deadline: ready.deadline, gates: passed(answers) }, moment),
    moment,
  );
};

const passed = (answers: readonly GateAnswer[]): readonly string[] =>
  answers.flatMap((answer) => (answer.says === 'pass' ? [answer.what] : []));

/** Under a lease: two copies at once would do the same work twice. */
const owesCopy = (promotion: Promotion, moment: PromotionMoment): PromotionDecision => {
  const until = moment.now + moment.leaseMilliseconds;
  return { promotion: { ...promotion, lease: { by: moment.invocation, until }, wakeAt: until }, effect: 'copy' };
};

const copying = (promotion: Promotion, input: PromotionInput, moment: PromotionMoment): PromotionDecision | undefined => {
  const { lease, deadline = 0 } = promotion;
  const isOthers = lease !== undefined && lease.until > moment.now && lease.by !== moment.invocation;
  if (input.kind === 'woken') {
    // After the deadline too: what an earlier run has finished, and nobody has heard of, is found by a last look.
    return isOthers ? undefined : owesCopy(promotion, moment);
  }
  const { lease: _, ...free } = promotion;
  switch (input.kind) {
    case 'copied': {
      const { bytes, toDigest, tags, kept, referrers } = input.result;
      const { wakeAt: __, ...rest } = free;
      const done: Promotion = { ...rest, state: 'completed', bytes: sum(promotion.bytes, bytes) };
      const extra = {
        toDigest,
        tags: [promotion.tag, ...tags],
        ...(kept.length === 0 ? {} : { kept }),
        bytes: done.bytes,
        referrers,
        durationSeconds: seconds(promotion, moment),
      };
      return { promotion: tell(done, 'PromotionCompleted', extra, moment) };
    }
    case 'interrupted': {
      const saved = { ...free, bytes: sum(promotion.bytes, input.bytes), troubles: 0 };
      return moment.now >= deadline ? fail(saved, tooLate(promotion), moment) : later(saved, 0, moment);
    }
    case 'refused':
      return fail(free, input.reason, moment);
    case 'erred': {
      const troubled = {
        ...free,
        troubles: promotion.troubles + 1,
        waitingFor: { code: 'registry-trouble', message: input.message },
      };
      return moment.now >= deadline + LAST_LOOK
        ? fail(troubled, tooLate(troubled), moment)
        : later(troubled, backOff(promotion), moment);
    }
    case 'gated':
      return undefined;
  }
};

const tooLate = ({ rule, waitingFor }: Promotion): Reason => ({
  code: 'copy-deadline',
  message: `the copy did not end within ${rule.copySeconds} s${waitingFor === undefined ? '' : `: ${waitingFor.message}`}; ask again, and what is there by now is not copied again`,
});

/** What an earlier run has brought is there already for the next. */
const sum = (a: Promotion['bytes'], b: Promotion['bytes']): Promotion['bytes'] => ({
  moved: a.moved + b.moved,
  mounted: a.mounted + b.mounted,
  already: Math.max(0, b.already - a.moved - a.mounted),
});

const seconds = ({ acceptedAt }: Promotion, { now }: PromotionMoment): number => Math.max(0, now - acceptedAt) / 1000;

const backOff = ({ troubles }: Promotion): number => BACK_OFF[Math.min(troubles, BACK_OFF.length - 1)] ?? GATES_LOOK;

const later = (
  promotion: Promotion,
  milliseconds: number,
  moment: PromotionMoment,
  over: Partial<Promotion> = {},
): PromotionDecision => ({
  promotion: { ...promotion, ...over, wakeAt: moment.now + milliseconds, wakeNumber: promotion.wakeNumber + 1 },
});

const fail = (promotion: Promotion, reason: Reason, moment: PromotionMoment): PromotionDecision => {
  const { lease: _, wakeAt: __, waitingFor: ___, ...rest } = promotion;
  const failed: Promotion = { ...rest, state: 'failed', failure: reason };
  return { promotion: tell(failed, 'PromotionFailed', { reason, durationSeconds: seconds(promotion, moment) }, moment) };
};

const tell = (
  promotion: Promotion,
  type: PromotionEventType,
  extra: Readonly<Record<string, unknown>>,
  { now }: PromotionMoment,
): Promotion => {
  const sequence = promotion.sequence + 1;
  const next = { ...promotion, sequence };
  return { ...next, unsent: [...promotion.unsent, { type, detail: toldOf(next, now, extra) }] };
};
