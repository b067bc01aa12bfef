import { describe, expect, it } from 'vitest';
import { holding } from './holding.ts';
import { ELSEWHERE_FROM, PROMOTIONS_FROM, TARGETS_FROM } from './plan.ts';

/** Of every run of the tests. The long run is `npm run simulate`. */
const SEEDS = 40;
const PROMOTIONS = 10;
const SHIFTS = 20;
const ELSEWHERE = 6;

describe('the invariants hold', { timeout: 900_000 }, () => {
  it.each([
    [1, SEEDS],
    [PROMOTIONS_FROM + 1, PROMOTIONS],
    [TARGETS_FROM + 1, SHIFTS],
    [ELSEWHERE_FROM + 1, ELSEWHERE],
  ])('from seed %i on, for %i seeds', async (from, count) => {
    expect(await holding({ kind: 'seeds', from, count, first: false })).toMatchObject({ schedules: count, wrong: 0 });
  });
});
