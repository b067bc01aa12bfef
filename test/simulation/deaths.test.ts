import { describe, expect, it } from 'vitest';
import { holding } from './holding.ts';

/** One in so many first deaths, and after each as few second ones. All of them: `npm run simulate -- --pairs`. */
const EVERY = 20;
/** One in so many of each function's, and each one's first. All of them: `npm run simulate -- --deaths`. */
const DYING = 3;
/** The same. All of them: `npm run simulate -- --shifts`. */
const SHIFTED = 240;

describe('a good image and a bad one end as without', { timeout: 900_000 }, () => {
  it(`wherever a function dies once (one death in ${DYING} of each function's)`, async () => {
    const { deaths } = await holding({ kind: 'deaths', every: DYING });
    expect(Object.keys(deaths).toSorted()).toEqual(['deploy', 'measure', 'rollback', 'route', 'sweep', 'translate', 'verify']);
  });

  it(`wherever a function dies while traffic is shifted (one death in ${SHIFTED} of each function's)`, async () => {
    const { deaths } = await holding({ kind: 'shifts', every: SHIFTED });
    expect(Object.keys(deaths)).toEqual(expect.arrayContaining(['deploy', 'rollback', 'verify']));
  });

  it(`or by their stated deadline, wherever functions die twice (one pair in ${EVERY * EVERY})`, async () => {
    const { schedules } = await holding({ kind: 'pairs', every: EVERY });
    expect(schedules).toBeGreaterThan(20);
  });
});
