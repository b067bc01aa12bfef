import { type BenchService, benchService, IMAGE_TAG } from './cloud/services.ts';
import type { Measurement } from './measurement.ts';
import prices from './prices.json' with { type: 'json' };
import { type Amounts, costs, PRICES, total } from './report/cost.ts';
import type { Table } from './report/table.ts';
import type { Counted } from './virtual/count.ts';
import { startVirtual, type Virtual } from './virtual/pipeline.ts';
import { amountsOf, countBy, createTally, type Tally } from './virtual/tally.ts';

/** Seconds that are looked at: the deployment, and the hour after it in which its alarms are still read. */
const STRETCH = 4200;
const MINUTES = STRETCH / 60;
const MINUTES_OF_MONTH = 43_800;

/** Deployments of each service before the counted ones. */
const BEFORE = 24;

const GOOD = benchService(1, { 'switchyard.local.start-seconds': '30' });
const BAD = benchService(2, { 'switchyard.local.exit-code': '1', 'switchyard.local.exit-after-seconds': '0.5' });

interface Case {
  readonly name: string;
  readonly tally: Tally;
}

/** What a deployment asks of AWS, and what AWS's price list takes for a thousand of them. */
export const requests: Measurement = {
  name: 'requests',
  about: 'requests to AWS for a deployment, and what they cost',
  async run(say) {
    const tally = createTally();
    const pipeline = await startVirtual([GOOD, BAD], tally);
    try {
      say('counting');
      await stretch(pipeline, () => deployBefore(pipeline));
      tally.take();
      await pipeline.clock.advance(STRETCH * 1000);
      const idle = tally.take();
      const good = await counted(pipeline, tally.take, GOOD, 'DeploymentSucceeded');
      const bad = await counted(pipeline, tally.take, BAD, 'DeploymentRolledBack');
      const cases = [
        { name: 'good', tally: without(good, idle) },
        { name: 'rolled back', tally: without(bad, idle) },
      ];
      return { tables: [actions(cases), dollars(cases, idle)], notes: notes(idle) };
    } finally {
      await pipeline.stop();
    }
  },
};

/** A service's item lists what ran before, up to a limit: it has its full size when the counting begins. */
const deployBefore = async (pipeline: Virtual): Promise<void> => {
  for (let turn = 0; turn < BEFORE; turn += 1)
    await pipeline.deploy([GOOD, BAD], ({ environment }) => `${environment}:${turn % 2 === 0 ? 'good' : 'other'}`);
};

/** Does something, and lets the time go on to the end of the stretch. */
const stretch = async <T>(pipeline: Virtual, act: () => Promise<T>): Promise<T> => {
  const end = pipeline.clock.now() + STRETCH * 1000;
  const done = await act();
  await pipeline.clock.advance(end - pipeline.clock.now());
  return done;
};

const counted = async (pipeline: Virtual, take: () => Tally, service: BenchService, wanted: string): Promise<Tally> => {
  const [verdict] = await stretch(pipeline, () => pipeline.deploy([service], ({ environment }) => `${environment}:${IMAGE_TAG}`));
  if (verdict?.type !== wanted) throw new Error(`the deployment ended as ${verdict?.type}, and was to end as ${wanted}`);
  return take();
};

const isSweep = ({ function: name }: { readonly function: string }): boolean => name === 'sweep';

/** The deployment's own part: the sweep runs each minute anyway, and only what it does beyond that is the deployment's. */
const without = ({ calls, invocations, logBytes }: Tally, idle: Tally): Tally => {
  const usual = countBy(idle.calls, ({ action }) => action);
  const left = new Map(usual);
  const own = calls.filter((call) => {
    const spare = left.get(call.action) ?? 0;
    if (!isSweep(call) || spare === 0) return true;
    left.set(call.action, spare - 1);
    return false;
  });
  return { calls: own, invocations: invocations.filter((one) => !isSweep(one)), logBytes: Math.max(0, logBytes - idle.logBytes) };
};

const named = ({ action, fifo }: Counted): string => (fifo ? `${action} (FIFO)` : action);

const actions = (cases: readonly Case[]): Table => {
  const counts = cases.map(({ tally }) => countBy(tally.calls, named));
  const names = [...new Set(counts.flatMap((count) => [...count.keys()]))].sort();
  const perFunction = [...new Set(cases.flatMap(({ tally }) => tally.invocations.map(({ function: name }) => name)))].sort();
  const runs = (name: string) => cases.map(({ tally }) => tally.invocations.filter((one) => one.function === name).length);
  const rows: (string | number)[][] = [
    ...names.map((name) => [name, ...counts.map((count) => count.get(name) ?? 0)]),
    ['all requests of the functions', ...cases.map(({ tally }) => tally.calls.length)],
    ...perFunction.map((name) => [`invocations of ${name}`, ...runs(name)]),
  ];
  return { columns: [{ title: 'in one deployment' }, ...cases.map(({ name }) => ({ title: name }))], rows };
};

/** CI's own event belongs to the deployment. */
const billed = (tally: Tally): Amounts => {
  const amounts = amountsOf(tally);
  return { ...amounts, events: amounts.events + 1 };
};

const timesAll = (amounts: Amounts, times: number): Amounts =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, amount * times])) as Amounts;

const dollars = (cases: readonly Case[], idle: Tally): Table => {
  const columns = [
    ...cases.map(({ name, tally }) => ({ title: name, amounts: billed(tally), times: 1000 })),
    { title: 'a month without deployments', amounts: amountsOf(idle), times: MINUTES_OF_MONTH / MINUTES },
  ];
  const priced = columns.map(({ amounts, times }) => costs(timesAll(amounts, times), PRICES));
  const keys = Object.keys(PRICES) as (keyof Amounts)[];
  return {
    columns: [
      { title: 'billed' },
      ...cases.map(({ name }) => ({ title: `one, ${name}`, decimals: 1 })),
      ...cases.map(({ name }) => ({ title: `$ for 1000, ${name}`, decimals: 4 })),
      { title: '$ for a month without deployments', decimals: 4 },
    ],
    rows: [
      ...keys.map((key) => [
        prices.prices[key].unit,
        ...columns.slice(0, -1).map(({ amounts }) => amounts[key]),
        ...priced.map((amounts) => amounts[key]),
      ]),
      ['**all**', ...cases.map(() => ''), ...priced.map(total)],
    ],
  };
};

const notes = (idle: Tally): readonly string[] => [
  `Both services have been deployed ${BEFORE} times before. Counted over ${MINUTES} minutes from the request on, the hour included in which alarms are still read; the sweep's run of each minute (${idle.invocations.length} in that time) is a price of the month, not of the deployment.`,
  `The prices are those of ${prices.region} without free tiers (${prices.confirmed}). GB-seconds are assumed, not measured: each invocation ${prices.assumed.millisecondsOfInvocation} ms, and its calls one after another (${Object.entries(
    prices.assumed.millisecondsOfCall,
  )
    .map(([service, milliseconds]) => `${service} ${milliseconds} ms`)
    .join(', ')}).`,
  'Not counted: cold starts, the polls of Lambda that find a queue empty, storage, retained logs, and what the service itself costs.',
];
