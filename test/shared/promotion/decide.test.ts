import { describe, expect, it } from 'vitest';
import { decidePromotion } from '../../../shared/promotion/decide.ts';
import type { GateAnswer, Promotion, PromotionInput, PromotionState } from '../../../shared/promotion/types.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const moment = { now: NOW, invocation: 'me', leaseMilliseconds: 180_000 };
const DIGEST = `sha256:${'a'.repeat(64)}`;

const promotion = (state: PromotionState, over: Partial<Promotion> = {}): Promotion => ({
  id: 'p-00000000000000000000000000',
  rule: {
    name: 'up',
    from: { environment: 'preprod', registry: 'r', repository: 'preprod' },
    to: { environment: 'prod', registry: 'r', repository: 'prod' },
    version: 'same',
    also: [],
    overwrite: false,
    gates: { verified: false, evidence: [], signature: false },
    waitSeconds: 900,
    copySeconds: 3600,
  },
  state,
  asked: { image: 'preprod:v1' },
  fingerprint: 'f',
  cause: { type: 'PromotionRequested', eventId: 'e', account: '1', source: 'ci', time: NOW - 1000 },
  reference: 'v1',
  digest: DIGEST,
  acceptedAt: NOW - 1000,
  waitUntil: NOW + 899_000,
  ...(state === 'copying' ? { tag: 'v1', deadline: NOW + 3_600_000, wakeAt: NOW } : {}),
  bytes: { moved: 0, mounted: 0, already: 0 },
  troubles: 0,
  sequence: state === 'copying' ? 1 : 0,
  unsent: [],
  wakeNumber: 3,
  version: 2,
  ...over,
});

const pass: GateAnswer = { says: 'pass', what: 'tests passed' };
const wait: GateAnswer = { says: 'wait', reason: { code: 'evidence-missing', message: 'no evidence' } };
const no: GateAnswer = { says: 'no', reason: { code: 'tag-taken', message: 'taken' } };
const bytes = { moved: 5, mounted: 2, already: 1 };

const INPUTS: Readonly<Record<PromotionInput['kind'], PromotionInput>> = {
  woken: { kind: 'woken' },
  gated: { kind: 'gated', answers: [pass], tag: 'v1' },
  copied: { kind: 'copied', result: { bytes, referrers: 1, toDigest: DIGEST, tags: ['latest'], kept: [] } },
  interrupted: { kind: 'interrupted', bytes },
  refused: { kind: 'refused', reason: { code: 'registry-denied', message: 'no' } },
  erred: { kind: 'erred', message: 'timeout' },
};

const outcomeOf = (before: Promotion, input: PromotionInput, at = moment) => {
  const decision = decidePromotion(before, input, at);
  if (decision === undefined) return 'nothing';
  const { promotion: next, effect } = decision;
  return `${next.state}${effect === undefined ? '' : `, ${effect}`}${next.unsent.map(({ type }) => `, ${type}`).join('')}`;
};

describe('a promotion', () => {
  // Worked by hand: what each state makes of each input.
  it.each([
    ['waiting', 'woken', 'waiting, ask-gates'],
    ['waiting', 'gated', 'copying, copy, PromotionStarted'],
    ['waiting', 'copied', 'nothing'],
    ['waiting', 'interrupted', 'nothing'],
    ['waiting', 'refused', 'failed, PromotionFailed'],
    ['waiting', 'erred', 'waiting'],
    ['copying', 'woken', 'copying, copy'],
    ['copying', 'gated', 'nothing'],
    ['copying', 'copied', 'completed, PromotionCompleted'],
    ['copying', 'interrupted', 'copying'],
    ['copying', 'refused', 'failed, PromotionFailed'],
    ['copying', 'erred', 'copying'],
    ...(['completed', 'failed'] as const).flatMap((state) =>
      (Object.keys(INPUTS) as PromotionInput['kind'][]).map((kind) => [state, kind, 'nothing'] as const),
    ),
  ] as const)('that is %s makes of "%s": %s', (state, kind, becomes) => {
    expect(outcomeOf(promotion(state), INPUTS[kind])).toBe(becomes);
  });

  it('waits for a gate until its time is over, and fails with what was missing', () => {
    const gated: PromotionInput = { kind: 'gated', answers: [pass, wait], tag: 'v1' };
    const waits = decidePromotion(promotion('waiting'), gated, moment)?.promotion;
    expect(waits).toMatchObject({
      state: 'waiting',
      waitingFor: { code: 'evidence-missing' },
      wakeAt: NOW + 30_000,
      wakeNumber: 4,
    });
    const nearly = promotion('waiting', { waitUntil: NOW + 7000 });
    expect(decidePromotion(nearly, gated, moment)?.promotion.wakeAt, 'not later than it may').toBe(NOW + 7000);
    const over = decidePromotion(promotion('waiting', { waitUntil: NOW }), gated, moment)?.promotion;
    expect(over).toMatchObject({ state: 'failed', failure: { code: 'evidence-missing' } });
    expect(over).not.toHaveProperty('wakeAt');
  });

  it('of which one gate says no fails at once, whatever the others wait for', () => {
    const gated: PromotionInput = { kind: 'gated', answers: [wait, no], tag: 'v1' };
    expect(decidePromotion(promotion('waiting'), gated, moment)?.promotion).toMatchObject({ failure: { code: 'tag-taken' } });
  });

  it('is copied under a lease, which ends with its result, and is left to whoever has it', () => {
    const begun = decidePromotion(promotion('waiting'), INPUTS.gated, moment)?.promotion;
    const until = NOW + 180_000;
    expect(begun).toMatchObject({ lease: { by: 'me', until }, wakeAt: until, deadline: NOW + 3_600_000, tag: 'v1' });
    expect(outcomeOf(promotion('copying', { lease: { by: 'other', until: NOW + 1 } }), INPUTS.woken)).toBe('nothing');
    expect(outcomeOf(promotion('copying', { lease: { by: 'other', until: NOW } }), INPUTS.woken)).toBe('copying, copy');
    for (const kind of ['copied', 'interrupted', 'refused', 'erred'] as const)
      expect(
        decidePromotion(promotion('copying', { lease: { by: 'me', until } }), INPUTS[kind], moment)?.promotion,
      ).not.toHaveProperty('lease');
  });

  it('tells in the end what all its runs have moved', () => {
    const before = promotion('copying', { bytes: { moved: 10, mounted: 3, already: 0 } });
    const input = {
      ...INPUTS.copied,
      result: { bytes: { moved: 5, mounted: 0, already: 20 }, referrers: 0, toDigest: DIGEST, tags: [], kept: ['latest'] },
    } as PromotionInput;
    const told = decidePromotion(before, input, moment)?.promotion.unsent.at(-1);
    // Of the 20 that were there for the second run, 13 the first had brought.
    expect(told?.detail).toMatchObject({
      bytes: { moved: 15, mounted: 3, already: 7 },
      tags: ['v1'],
      kept: ['latest'],
      toDigest: DIGEST,
      durationSeconds: 1,
      sequence: 2,
    });
  });

  it('that is in trouble is tried again, later each time, and past its deadline once more for what may be there', () => {
    const wakes = [0, 1, 2, 3, 4, 9].map((troubles) => {
      const next = decidePromotion(promotion('copying', { troubles }), INPUTS.erred, moment)?.promotion;
      return (next?.wakeAt ?? 0) - NOW;
    });
    expect(wakes).toEqual([2000, 10_000, 30_000, 60_000, 300_000, 300_000]);
    const late = promotion('copying', { deadline: NOW - 599_999 });
    expect(outcomeOf(late, INPUTS.woken)).toBe('copying, copy');
    expect(outcomeOf(late, INPUTS.erred)).toBe('copying');
    expect(outcomeOf(promotion('copying', { deadline: NOW - 600_000 }), INPUTS.erred)).toBe('failed, PromotionFailed');
    expect(outcomeOf(late, INPUTS.interrupted), 'a last look that found nothing').toBe('failed, PromotionFailed');
    expect(outcomeOf(late, INPUTS.copied), 'a last look that found it').toBe('completed, PromotionCompleted');
  });

  it('whose gates nobody can ask fails when its time is over', () => {
    const over = decidePromotion(promotion('waiting', { waitUntil: NOW }), INPUTS.erred, moment)?.promotion;
    expect(over?.failure).toEqual({
      code: 'gates-unanswered',
      message: 'the gates of up could not be asked within 900 s: timeout; ask again when that is mended',
    });
  });
});
