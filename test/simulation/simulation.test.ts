import { beforeAll, describe, expect, inject, it } from 'vitest';
import { amount } from '../amount.ts';
import { endOf } from './deaths.ts';
import { type Packages, readPackage } from './package.ts';
import { runSchedule, scheduleOf } from './schedule.ts';

let pack: Packages;
beforeAll(async () => {
  pack = await readPackage(inject('packaged'));
});

describe('a simulation', () => {
  it.each([3, 5_000_001, 17, 113, 4_000_007, 6_000_012, 7_000_001].slice(0, amount(1, 7)))(
    'of seed %d is the same again, step by step',
    async (seed) => {
      const first = await runSchedule(pack, scheduleOf(seed));
      const again = await runSchedule(pack, scheduleOf(seed));
      expect(again.trace).toEqual(first.trace);
      expect(again.seen.items).toEqual(first.seen.items);
      expect(first.trace.length).toBeGreaterThan(5);
    },
  );

  it('of another seed is another', async () => {
    const [one, other] = [await runSchedule(pack, scheduleOf(3)), await runSchedule(pack, scheduleOf(4))];
    expect(other.trace).not.toEqual(one.trace);
  });

  it.each([5_000_014, 5_000_001, 5_000_003].slice(0, amount(1, 3)))(
    'of seed %d ends as it does when nobody is told of it',
    async (seed) => {
      const { kind: _, ...plan } = scheduleOf(seed).plan;
      const [told, untold] = [await runSchedule(pack, scheduleOf(seed)), await runSchedule(pack, { plan })];
      expect(endOf(told)).toBe(endOf(untold));
      expect([told.seen.heard === undefined, untold.seen.heard]).toEqual([false, undefined]);
    },
  );

  it('leaves out what a schedule leaves out', async () => {
    const seed = 113;
    const { choices } = await runSchedule(pack, scheduleOf(seed));
    const points = choices.chosen.slice(0, 3).map(({ point }) => point);
    const shorter = await runSchedule(pack, { ...scheduleOf(seed), points });
    expect(shorter.choices.chosen.length).toBeLessThanOrEqual(3);
  });
});
