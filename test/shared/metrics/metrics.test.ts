import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { DeploymentDetail } from '../../../shared/heard.ts';
import { emit, type Figure } from '../../../shared/metrics/emit.ts';
import { figuresOf } from '../../../shared/metrics/figures.ts';
import { METRICS } from '../../../shared/metrics/metrics.ts';
import { phasesOf } from '../../../shared/metrics/phases.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const seconds = (count: number): number => START + count * 1000;

/** A deployment by hand: waits 40 s, starts in 2 s, rolls out in 58 s, its check fails until 690 s, back by 760 s. */
const STEPS = [
  { from: 'requested', to: 'queued', at: seconds(0) },
  { from: 'queued', to: 'starting', at: seconds(40) },
  { from: 'starting', to: 'rolling-out', at: seconds(42) },
  { from: 'rolling-out', to: 'verifying', at: seconds(100) },
  { from: 'verifying', to: 'rolling-back', at: seconds(690) },
  { from: 'rolling-back', to: 'verifying-rollback', at: seconds(700) },
  { from: 'verifying-rollback', to: 'rolled-back', at: seconds(760) },
];

const exampleOf = (type: string): DeploymentDetail =>
  JSON.parse(readFileSync(new URL(`../../../schemas/events/${type}.json`, import.meta.url), 'utf8')).examples[0];

const verdictOf = (type: string, changes: Partial<DeploymentDetail> = {}): DeploymentDetail => ({
  ...exampleOf(type),
  at: new Date(seconds(760)).toISOString(),
  ...changes,
});

const told = (figures: readonly Figure[]) =>
  Object.fromEntries(figures.filter(({ name }) => name !== 'PhaseDuration').map(({ name, value }) => [name, value]));

const beside = { audit: STEPS, leftSuccess: false, now: seconds(760) + 250 };

describe('the figures of a verdict', () => {
  it('of a deployment that was undone, worked by hand', () => {
    expect(told(figuresOf(verdictOf('DeploymentRolledBack', { durationSeconds: 760, checkAttempts: 3 }), beside))).toEqual({
      Deployments: 1,
      Changes: 1,
      ChangeFailures: 1,
      TimeToRestore: 70,
      Duration: 760,
      QueueWait: 40,
      HealthCheckRetries: 2,
      Rollbacks: 1,
      FailedRollbacks: 0,
      VerdictLag: 250,
    });
  });

  it('of one that succeeds: asked for a second before it was accepted', () => {
    const cause = { ...exampleOf('DeploymentSucceeded').cause, time: new Date(seconds(-1)).toISOString() };
    const at = new Date(seconds(100)).toISOString();
    const detail = verdictOf('DeploymentSucceeded', { at, cause, durationSeconds: 100, checkAttempts: 1 });
    expect(told(figuresOf(detail, { ...beside, audit: STEPS.slice(0, 4), now: seconds(100) }))).toEqual({
      Deployments: 1,
      Changes: 1,
      LeadTime: 101,
      Duration: 100,
      QueueWait: 40,
      HealthCheckRetries: 0,
      FailedRollbacks: 0,
      VerdictLag: 0,
    });
  });

  it('of a rollback count a change as failed only if it had succeeded', () => {
    const rollback = verdictOf('RollbackSucceeded');
    expect(told(figuresOf(rollback, { ...beside, leftSuccess: true }))).toMatchObject({ ChangeFailures: 1, Rollbacks: 1 });
    expect(told(figuresOf(rollback, beside))).not.toHaveProperty('ChangeFailures');
    expect(told(figuresOf(verdictOf('RollbackFailed'), beside))).toMatchObject({ FailedRollbacks: 1, Rollbacks: 1 });
    expect(told(figuresOf(verdictOf('RollbackFailed'), beside))).not.toHaveProperty('TimeToRestore');
  });

  it('of what was never accepted, or ran already, are few', () => {
    const rejected = verdictOf('DeploymentRejected');
    expect(told(figuresOf(rejected, { ...beside, audit: [] }))).toEqual({ Deployments: 1, FailedRollbacks: 0, VerdictLag: 250 });
    expect(told(figuresOf(verdictOf('DeploymentSucceeded', { changed: false }), beside))).not.toHaveProperty('Changes');
  });
});

describe('phases', () => {
  it('are the time in each state, in whatever order the steps come', () => {
    const byHand = { queued: 40, starting: 2, 'rolling-out': 58, verifying: 590, 'rolling-back': 10, 'verifying-rollback': 60 };
    expect(Object.fromEntries(phasesOf(STEPS))).toEqual(byHand);
    expect(Object.fromEntries(phasesOf(STEPS.toReversed()))).toEqual(byHand);
  });

  it('that are come back to are added up', () => {
    const twice = ['queued', 'starting', 'queued', 'starting'].map((to, index) => ({ from: '', to, at: seconds(index * 5) }));
    expect(Object.fromEntries(phasesOf(twice))).toEqual({ queued: 10, starting: 5 });
  });
});

const lines = (figures: readonly Figure[]): readonly Readonly<Record<string, unknown>>[] => {
  const found: string[] = [];
  emit({ namespace: 'switchyard', write: (line) => void found.push(line) }, figures, START);
  return found.map((line) => JSON.parse(line));
};

/**
 * CloudWatch User Guide, "Specification: Embedded metric format", "Embedded metric format document schema": what it requires and limits. A line
 * that does not fit is kept as a line of the log, and makes no metric.
 */
const FORMAT = {
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      properties: {
        Timestamp: { type: 'integer' },
        CloudWatchMetrics: {
          type: 'array',
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            properties: {
              Namespace: { type: 'string', minLength: 1, maxLength: 1024 },
              Dimensions: {
                type: 'array',
                minItems: 1,
                items: { type: 'array', minItems: 0, maxItems: 30, items: { type: 'string', minLength: 1, maxLength: 250 } },
              },
              Metrics: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['Name'],
                  properties: {
                    Name: { type: 'string', minLength: 1, maxLength: 1024 },
                    Unit: { enum: ['Seconds', 'Milliseconds', 'Count'] },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
} as const;

const fitsFormat = new Ajv2020().compile(FORMAT);

describe('a line of the log', () => {
  it('of every metric fits the specification, one without dimensions too', () => {
    const of = { environment: 'prod', service: 'api', verdict: 'failed', phase: 'baking' };
    for (const name of Object.keys(METRICS) as readonly (keyof typeof METRICS)[]) {
      const [line] = lines([{ name, value: 1, of }]);
      expect(fitsFormat(line), `${name}: ${JSON.stringify(fitsFormat.errors)}`).toBe(true);
    }
    const bare = { Namespace: 'a', Dimensions: [], Metrics: [{ Name: 'b' }] };
    expect(fitsFormat({ _aws: { Timestamp: 1, CloudWatchMetrics: [bare] } }), 'no set of dimensions').toBe(false);
  });

  /** CloudWatch User Guide, "Embedded metric format specification": the structure of the metadata object. */
  it('is in embedded metric format', () => {
    const of = { environment: 'prod', service: 'api', verdict: 'succeeded' };
    expect(lines([{ name: 'Deployments', value: 1, of }])).toEqual([
      {
        _aws: {
          Timestamp: START,
          CloudWatchMetrics: [
            {
              Namespace: 'switchyard',
              Dimensions: [['environment'], ['environment', 'service'], ['environment', 'service', 'verdict']],
              Metrics: [{ Name: 'Deployments', Unit: 'Count' }],
            },
          ],
        },
        environment: 'prod',
        service: 'api',
        verdict: 'succeeded',
        Deployments: 1,
      },
    ]);
  });

  it('has every metric with its unit and its dimensions, and a value for each of them', () => {
    const of = { environment: 'prod', service: 'api', verdict: 'failed', phase: 'baking' };
    for (const [name, { unit, dimensions }] of Object.entries(METRICS)) {
      const [line] = lines([{ name: name as keyof typeof METRICS, value: 2.5, of }]);
      expect(line?.['_aws']).toMatchObject({
        CloudWatchMetrics: [{ Dimensions: dimensions, Metrics: [{ Name: name, Unit: unit }] }],
      });
      for (const dimension of dimensions.flat()) expect(line?.[dimension]).toBe(of[dimension]);
    }
  });

  it('takes names that CloudWatch would refuse', () => {
    const [line] = lines([{ name: 'Changes', value: 1, of: { environment: ':ümlaut', service: '' } }]);
    expect(line).toMatchObject({ environment: '_?mlaut', service: '_' });
  });
});

describe('docs/metrics.md', () => {
  const rowsOf = (page: string): readonly string[] => [...page.matchAll(/^\| `\w+` \|.*$/gm)].map(([row]) => row);

  const expected = Object.entries(METRICS).map(([name, { unit, dimensions, meaning }]) => {
    const sets = dimensions.map((set) => set.join(', ')).join('; ');
    return `| \`${name}\` | ${unit} | ${sets === '' ? 'none' : sets} | ${meaning} |`;
  });

  it('names each metric with unit, dimensions and meaning, and no other', () => {
    const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    expect(rowsOf(page)).toEqual(expected);
    expect(rowsOf(`${page}\n| \`MadeUp\` | Count | none | nothing |`)).not.toEqual(expected);
    expect(rowsOf(page.replace('| Milliseconds |', '| Seconds |'))).not.toEqual(expected);
  });
});
