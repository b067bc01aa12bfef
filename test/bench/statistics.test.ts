import { describe, expect, it } from 'vitest';
import { mean, median, percentile } from '../../bench/report/statistics.ts';

// The nearest-rank worked example of https://en.wikipedia.org/wiki/Percentile: 15, 20, 35, 40, 50.
const FIVE = [35, 20, 50, 15, 40];

describe('a percentile', () => {
  it('is the value at the nearest rank', () => {
    expect([5, 30, 40, 50, 100].map((percent) => percentile(FIVE, percent))).toEqual([15, 20, 20, 35, 50]);
  });

  it('of twenty values is the nineteenth at 95, not the greatest', () => {
    const twenty = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(percentile(twenty, 95)).toBe(19);
    expect(percentile([...twenty, 21], 95)).toBe(20);
  });

  it('of nothing does not exist', () => {
    expect(() => percentile([], 50)).toThrow('no values');
  });
});

describe('a median', () => {
  it('is the middle of an odd number of values', () => {
    expect(median(FIVE)).toBe(35);
  });

  it('is between the two in the middle of an even number', () => {
    expect(median([10, 1, 4, 3])).toBe(3.5);
  });

  it('orders numbers as numbers', () => {
    expect(median([9, 10, 100])).toBe(10);
  });

  it('of nothing does not exist', () => {
    expect(() => median([])).toThrow('no values');
  });
});

describe('a mean', () => {
  it('is the sum shared by all', () => {
    expect(mean(FIVE)).toBe(32);
    expect(() => mean([])).toThrow('no values');
  });
});
