import { describe, expect, it } from 'vitest';
import { type Amounts, assumedSeconds, costs, PRICES, total } from '../../bench/report/cost.ts';

const NOTHING: Amounts = {
  invocations: 0,
  gigabyteSeconds: 0,
  standardRequests: 0,
  fifoRequests: 0,
  events: 0,
  readUnits: 0,
  writeUnits: 0,
  alarmRequests: 0,
  logBytes: 0,
};

/** AWS's list for us-east-1 (sources in bench/prices.json), what a million of each costs, by hand; of a log, a gigabyte. */
const BY_HAND: readonly (readonly [keyof Amounts, number, number])[] = [
  ['invocations', 1e6, 0.2],
  ['gigabyteSeconds', 1e6, 13.3334],
  ['standardRequests', 1e6, 0.4],
  ['fifoRequests', 1e6, 0.5],
  ['events', 1e6, 1],
  ['readUnits', 1e6, 0.125],
  ['writeUnits', 1e6, 0.625],
  ['alarmRequests', 1e6, 10],
  ['logBytes', 1e9, 0.5],
];

describe('a price', () => {
  it.each(BY_HAND)('of %s is that of the list', (name, amount, dollars) => {
    const found = costs({ ...NOTHING, [name]: amount }, PRICES);
    expect(found[name]).toBeCloseTo(dollars, 9);
    expect(total(found)).toBeCloseTo(dollars, 9);
  });

  it('is worked by hand for everything that is billed', () => {
    expect(BY_HAND.map(([name]) => name).sort()).toEqual(Object.keys(PRICES).sort());
  });

  it('adds up: 3 invocations, 100 write units and 2 events are 0.6 + 62.5 + 2 millionths of a dollar', () => {
    expect(total(costs({ ...NOTHING, invocations: 3, writeUnits: 100, events: 2 }, PRICES))).toBeCloseTo(65.1e-6, 12);
  });
});

describe('the assumed duration', () => {
  it('is 100 ms for each invocation, and each call one after another: 2 × 100 + 3 × 10 + 150', () => {
    expect(assumedSeconds(2, { dynamodb: 3, ecs: 1 })).toBeCloseTo(0.38, 9);
  });

  it('knows every service that is called', () => {
    expect(() => assumedSeconds(1, { s3: 1 })).toThrow('s3');
  });
});
