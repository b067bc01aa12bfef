import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { runParts, type Total, type Work } from './parts.ts';
import {
  ELSEWHERE_FROM,
  GITHUB_FROM,
  PROMOTIONS_FROM,
  SUBSCRIBERS_FROM,
  TARGETS_FROM,
  TERRAFORM_FROM,
  ZIPS_FROM,
} from './plan.ts';

/** Of every run of the tests. Many more, and all deaths, by `npm run simulate`. */
const WORKS = {
  seeds: { kind: 'seeds', from: 1, count: 4, first: false },
  promotions: { kind: 'seeds', from: PROMOTIONS_FROM + 1, count: 2, first: false },
  shifted: { kind: 'seeds', from: TARGETS_FROM + 1, count: 2, first: false },
  elsewhere: { kind: 'seeds', from: ELSEWHERE_FROM + 1, count: 2, first: false },
  modules: { kind: 'seeds', from: TERRAFORM_FROM + 1, count: 2, first: false },
  zips: { kind: 'seeds', from: ZIPS_FROM + 1, count: 1, first: false },
  told: { kind: 'seeds', from: SUBSCRIBERS_FROM + 1, count: 1, first: false },
  github: { kind: 'seeds', from: GITHUB_FROM + 1, count: 1, first: false },
  deaths: { kind: 'deaths', every: 180 },
  notifiers: { kind: 'notifiers', every: 400 },
  pairs: { kind: 'pairs', every: 60 },
} as const satisfies Readonly<Record<string, Work>>;

const FOUND = new URL('./found/', import.meta.url);

const keptIn = (file: string): Work => ({ kind: 'kept', file: fileURLToPath(new URL(file, FOUND)) });

const results = new Map<Work, Total>();
const problems = new Map<Work, string[]>();

/** In processes of their own, where they are several times as fast as among the tests. */
const run = async (works: readonly Work[]): Promise<void> => {
  const totals = await runParts(works, inject('packaged'), availableParallelism(), {
    found: ({ wrong, trace, schedule, deaths }, work) => {
      const again = work.kind === 'kept' ? `--schedule ${work.file}` : `--seed ${schedule?.plan.seed}`;
      const name = deaths ?? `npm run simulate -- ${again}`;
      problems.set(work, [...(problems.get(work) ?? []), [name, ...wrong, ...trace].join('\n  ')]);
    },
  });
  for (const [index, work] of works.entries()) results.set(work, totals[index] as Total);
};

const heldIn = (work: Work): Total | undefined => {
  expect(problems.get(work) ?? []).toEqual([]);
  return results.get(work);
};

/** Schedules that once broke something, as they were found. */
const KEPT = readdirSync(FOUND).map((file) => [file, keptIn(file)] as const);

beforeAll(() => run([...Object.values(WORKS), ...KEPT.map(([, work]) => work)]), 900_000);

it.each(KEPT)('what was found once holds: %s', (_, work) => {
  expect(heldIn(work)).toMatchObject({ schedules: 1, wrong: 0 });
});

describe('the invariants hold', () => {
  const held = (name: keyof typeof WORKS): Total | undefined => heldIn(WORKS[name]);

  it.each(['seeds', 'promotions', 'shifted', 'elsewhere', 'modules', 'zips', 'told', 'github'] as const)(
    'in schedules of %s',
    (name) => {
      expect(held(name)).toMatchObject({ schedules: WORKS[name].count, wrong: 0 });
    },
  );

  it(`wherever a function dies once (one death in ${WORKS.deaths.every} of each function's)`, () => {
    const { deaths = {} } = held('deaths') ?? {};
    expect(Object.keys(deaths).toSorted()).toEqual(['deploy', 'measure', 'rollback', 'route', 'sweep', 'translate', 'verify']);
  });

  it(`wherever a function that tells others dies once (one death in ${WORKS.notifiers.every} of each one's)`, () => {
    const { deaths = {} } = held('notifiers') ?? {};
    expect(Object.keys(deaths).toSorted()).toEqual(['notify-email', 'notify-github', 'notify-slack', 'notify-webhooks']);
  });

  it(`wherever functions die twice, or by their stated deadline (one pair in ${WORKS.pairs.every ** 2})`, () => {
    expect(held('pairs')?.schedules).toBeGreaterThan(3);
  });
});
