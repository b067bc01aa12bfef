import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../../shared/deployment/types.ts';
import { endedAs, median, refusedAs, summaryOf } from '../../../shared/metrics/summary.ts';
import type { AuditRecord } from '../../../shared/store/reader.ts';
import { deployment as built } from '../deployment/builders.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-01T00:00:00Z');
const at = (hours: number, seconds = 0): number => START + hours * HOUR + seconds * 1000;

type Step = readonly [state: string, at: number];

/** One request of the history: how it went, state by state, and how it ended. */
const request = (
  id: string,
  kind: Deployment['kind'],
  steps: readonly Step[],
  ended: Pick<Deployment, 'state'> & { readonly changed: boolean; readonly checkAttempts?: number; readonly left?: string },
  leftSuccess = false,
) => {
  const [, acceptedAt] = steps[0] ?? ['', 0];
  const [, endedAt] = steps.at(-1) ?? ['', 0];
  const { state, changed, checkAttempts = 0, left } = ended;
  const known: Deployment = {
    ...built('succeeded'),
    id,
    kind,
    state,
    acceptedAt,
    // Asked for ten seconds before it was accepted.
    cause: { ...built('succeeded').cause, time: acceptedAt - 10_000 },
    checkAttempts,
    ...(left === undefined ? {} : { leaving: { deployment: left } }),
    outcome: { at: endedAt, reason: { code: 'x', message: 'x' }, changed, verified: true, notWatched: [] },
  };
  const audit = steps.map(
    ([to, when], index): AuditRecord => ({
      deployment: id,
      at: when,
      by: 'deploy',
      input: 'woken',
      from: steps[index - 1]?.[0] ?? 'requested',
      to,
      events: [],
    }),
  );
  const found = endedAs(known, audit, leftSuccess);
  if (found === undefined) throw new Error(`${id} has not ended`);
  return found;
};

/**
 * A history of two days, worked by hand:
 * one succeeds in 100 s (waits 20 s, of its checks 1); another in 300 s (waits 0 s, checks 3, two of them again); the third is undone: 600 s, 60 s
 * of them on the way back; a rollback leaves the second: 90 s, all of them on the way; a fifth fails on its way back; a sixth is refused.
 */
const HISTORY = [
  request(
    'd-1',
    'deploy',
    [
      ['queued', at(1)],
      ['starting', at(1, 20)],
      ['rolling-out', at(1, 22)],
      ['verifying', at(1, 90)],
      ['succeeded', at(1, 100)],
    ],
    { state: 'succeeded', changed: true, checkAttempts: 1 },
  ),
  request(
    'd-2',
    'deploy',
    [
      ['starting', at(5)],
      ['rolling-out', at(5, 10)],
      ['verifying', at(5, 290)],
      ['succeeded', at(5, 300)],
    ],
    { state: 'succeeded', changed: true, checkAttempts: 3 },
  ),
  request(
    'd-3',
    'deploy',
    [
      ['starting', at(10)],
      ['rolling-out', at(10, 20)],
      ['rolling-back', at(10, 540)],
      ['verifying-rollback', at(10, 550)],
      ['rolled-back', at(10, 600)],
    ],
    { state: 'rolled-back', changed: true, checkAttempts: 1 },
  ),
  request(
    'r-4',
    'rollback',
    [
      ['starting', at(20)],
      ['rolling-back', at(20, 5)],
      ['verifying-rollback', at(20, 30)],
      ['rolled-back', at(20, 90)],
    ],
    { state: 'rolled-back', changed: true, checkAttempts: 1, left: 'd-2' },
    true,
  ),
  request(
    'd-5',
    'deploy',
    [
      ['starting', at(30)],
      ['rolling-out', at(30, 10)],
      ['rolling-back', at(30, 200)],
      ['failed', at(30, 400)],
    ],
    { state: 'failed', changed: true },
  ),
  refusedAs({
    deployment: 'd-6',
    sequence: 1,
    type: 'DeploymentRejected',
    environment: 'prod',
    service: 'api',
    lane: 'prod',
    detail: {
      at: new Date(at(40)).toISOString(),
      verdict: 'rejected',
      kind: 'deploy',
      environment: 'prod',
      service: 'api',
      cause: { time: new Date(at(40)).toISOString() },
    },
  }),
];

describe('what is counted of a history', () => {
  it('agrees with what was worked by hand', () => {
    expect(summaryOf(HISTORY, { from: START, until: at(48) })).toEqual({
      requests: 6,
      verdicts: { succeeded: 2, 'rolled-back': 2, failed: 1, rejected: 1 },
      // d-1, d-2 and r-4 of the five that were begun
      successRate: 3 / 5,
      // d-1, d-2, d-3, d-5 in two days
      changes: 4,
      changesPerDay: 2,
      // d-3, d-5, and d-2, which r-4 left
      changeFailureRate: 3 / 4,
      // (110 + 310) / 2
      leadTimeSeconds: 210,
      // (60 + 90) / 2
      timeToRestoreSeconds: 75,
      // of 100, 300, 600, 90, 400
      durationSeconds: 300,
      // of 20, 0, 0, 0, 0
      queueWaitSeconds: 0,
      phaseSeconds: {
        queued: 20,
        // of 2, 10, 20, 5, 10
        starting: 10,
        // of 68, 280, 520, 190
        'rolling-out': 235,
        verifying: 10,
        // of 10, 25, 200
        'rolling-back': 25,
        // of 50, 60
        'verifying-rollback': 55,
      },
      rollbacks: 3,
      failedRollbacks: 1,
      healthCheckRetries: 2,
    });
  });

  it('is what ended in the period: its beginning counts, its end does not', () => {
    const { requests } = summaryOf(HISTORY, { from: at(1, 100), until: at(10, 600) });
    expect(requests).toBe(2);
  });

  it('of nothing is nothing, and no rate', () => {
    expect(summaryOf([], { from: START, until: at(24) })).toMatchObject({
      requests: 0,
      successRate: null,
      changeFailureRate: null,
      leadTimeSeconds: null,
      changesPerDay: 0,
    });
  });

  it('has a median of few and of many', () => {
    expect([median([]), median([3]), median([1, 9]), median([9, 1, 4])]).toEqual([null, 3, 5, 4]);
  });
});
