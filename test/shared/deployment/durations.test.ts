import { describe, expect, it } from 'vitest';
import { backOff, checkPause, deployTime, longestCheck, rollbackTime } from '../../../shared/deployment/durations.ts';
import { settings } from './builders.ts';

describe('durations', () => {
  it('wait min(2^(n-1), 60) seconds after failed attempt n (S4.3, worked by hand)', () => {
    const seconds = Array.from({ length: 14 }, (_, index) => checkPause(index + 1) / 1000);
    expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60, 60]);
  });

  it('allow 15 attempts of 20 s about 15 minutes at worst (S4.3): 300 s of attempts and 543 s of pauses', () => {
    expect(longestCheck({ url: 'http://x', attempts: 15, timeoutSeconds: 20 }, 15)).toBe((300 + 543) * 1000);
  });

  it('need no time for a health check that is not configured', () => {
    expect(longestCheck(undefined, 15)).toBe(0);
  });

  it('give a deployment its rollout, its checks and its bake: 600 + 10 + 3 × 20 + 1 + 2 s', () => {
    expect(deployTime(settings)).toBe(673_000);
  });

  it('give smoke tests their time too: those of one attempt are made beside each other, after the health check that let them', () => {
    const test = (timeoutSeconds: number) => ({ name: 'n', function: 'f', timeoutSeconds });
    const smoke = { attempts: 3, tests: [test(5), test(30), test(10)] };
    // 600 + 10 + (3 × 20 + 1 + 2) + (3 × (30 + 20) + 1 + 2) s
    expect(deployTime({ ...settings, smoke })).toBe(826_000);
    const { health: _, ...bare } = settings;
    // 600 + 10 + (3 × 30 + 1 + 2) s
    expect(deployTime({ ...bare, smoke })).toBe(703_000);
  });

  it('give a rollback its rollout and five checks: 600 + 5 × 20 + 1 + 2 + 4 + 8 s', () => {
    expect(rollbackTime(settings)).toBe(715_000);
  });

  it('back off from AWS after 1, 5, 15, 30 and then every 60 s', () => {
    expect([1, 2, 3, 4, 5, 6, 99].map((troubles) => backOff(troubles) / 1000)).toEqual([1, 5, 15, 30, 60, 60, 60]);
  });
});
