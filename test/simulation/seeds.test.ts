import { expect, it } from 'vitest';
import { holding } from './holding.ts';

/** Of every run of the tests. The long run is `npm run simulate`. */
const SEEDS = 400;

it(`the invariants hold for seeds 1 to ${SEEDS}`, { timeout: 900_000 }, async () => {
  expect(await holding({ kind: 'seeds', from: 1, count: SEEDS, first: false })).toMatchObject({ schedules: SEEDS, wrong: 0 });
});
