import { expect, inject, it } from 'vitest';
import { readPackage } from './package.ts';
import { runSchedule, scheduleOf } from './schedule.ts';

/** The fixed schedules of every run of the tests: `count` seeds from `first` on. The long run is `npm run simulate`. */
export const holdForSeeds = (first: number, count: number): void => {
  it(`hold for seeds ${first} to ${first + count - 1}`, { timeout: 240_000 }, async () => {
    const pack = await readPackage(inject('packaged'));
    const wrong: string[] = [];
    for (let seed = first; seed < first + count; seed += 1) {
      const judged = await runSchedule(pack, scheduleOf(seed));
      for (const text of judged.wrong) wrong.push(`seed ${seed}: ${text} (npm run simulate -- --seed ${seed})`);
    }
    expect(wrong).toEqual([]);
  });
};
