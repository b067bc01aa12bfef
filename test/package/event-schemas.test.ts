import { readFileSync } from 'node:fs';
import Draft4 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { eventSchemas, registryFor } from '../../scripts/stack/event-schemas.ts';
import { OUTCOMES } from '../../shared/events/outcomes.ts';
import { schemaProblem } from '../scenarios/schemas.ts';

const schemas = eventSchemas();

const exampleOf = (type: string): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(new URL(`../../schemas/events/${type}.json`, import.meta.url), 'utf8')).examples[0];

const eventOf = (type: string, detail: unknown) => ({
  version: '0',
  id: '6f1d2b3c-1111-4a2b-8c3d-5e6f7a8b9c0d',
  'detail-type': type,
  source: 'switchyard',
  account: '123456789012',
  time: '2026-03-01T12:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail,
});

const takes = (schema: object) => {
  const ajv = new Draft4.default({ strict: false });
  addFormats.default(ajv);
  return ajv.compile(schema);
};

/** Changes to a detail, of which some are allowed and some are not. */
const changesOf = (example: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] => [
  example,
  { ...example, another: 1 },
  ...Object.keys(example).flatMap((name) => {
    const { [name]: value, ...without } = example;
    const inside =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? [{ ...example, [name]: { ...value, another: 1 } }]
        : [];
    return [without, { ...example, [name]: 17 }, { ...example, [name]: '\u0000' }, ...inside];
  }),
];

describe('the schema registry', () => {
  it('has a schema for each request and each outcome, and none of AWS', () => {
    const requests = [
      'DeployRequested',
      'RollbackRequested',
      'DeploymentCancelRequested',
      'PromotionRequested',
      'EvidenceRecorded',
    ];
    expect(Object.keys(schemas).sort()).toEqual([...OUTCOMES, ...requests].sort());
  });

  it.each(Object.keys(schemas))('takes as %s, in draft 4, what our own schema takes, and nothing else', (type) => {
    const valid = takes(schemas[type] ?? {});
    const verdicts = changesOf(exampleOf(type)).map((detail) => {
      const own = schemaProblem(type, detail) === undefined;
      expect(valid(eventOf(type, detail)), JSON.stringify(detail)).toBe(own);
      return own;
    });
    expect(new Set(verdicts)).toEqual(new Set([true, false]));
    expect(valid({ ...eventOf(type, exampleOf(type)), 'detail-type': 'Another' })).toBe(false);
  });

  it('says that outcomes are ours alone', () => {
    const valid = takes(schemas['DeploymentFailed'] ?? {});
    expect(valid({ ...eventOf('DeploymentFailed', exampleOf('DeploymentFailed')), source: 'ci' })).toBe(false);
  });

  it('uses the words of draft 4 alone', () => {
    const text = JSON.stringify(schemas);
    for (const word of ['"$defs"', '"const"', '"unevaluatedProperties"', '2020-12', 'common.json'])
      expect(text).not.toContain(word);
  });

  /** EventBridge User Guide, "Amazon EventBridge quotas": 100 schemas of a registry. */
  it('stays within its quota', () => {
    expect(Object.keys(registryFor().Resources).length - 1).toBeLessThanOrEqual(100);
  });
});
