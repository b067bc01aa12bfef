import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CDEVENT_TYPES, type CdEvent, contextId } from '../../../shared/cdevents/cdevent.ts';
import { heed, type Incidents, resolutions } from '../../../shared/cdevents/resolutions.ts';
import { type DeploymentDetail, readHeard } from '../../../shared/heard.ts';
import { cdEventProblem, isThere } from './specification.ts';

interface Outcome {
  readonly type: string;
  readonly detail: DeploymentDetail;
}

/** The example of its schema, of another deployment and time. */
const outcome = (type: string, deployment: string, minute: number, changes: object = {}): Outcome => {
  const schema = JSON.parse(readFileSync(new URL(`../../../schemas/events/${type}.json`, import.meta.url), 'utf8'));
  const at = `2026-03-01T12:${String(minute).padStart(2, '0')}:00.000Z`;
  const detail = { ...schema.examples[0], deployment, at, ...changes };
  const heard = readHeard(JSON.stringify({ 'detail-type': type, detail }));
  if ('promotion' in heard) throw new Error(`${type} is of a promotion`);
  return { type, detail: heard.deployment };
};

/** What is told, and what is kept after a write and a read. */
const told = (outcomes: readonly Outcome[]): readonly CdEvent[] => {
  let note: Incidents | undefined;
  return outcomes.flatMap(({ type, detail }) => {
    note = JSON.parse(JSON.stringify(heed(note, type, detail))) as Incidents;
    return resolutions(note, detail, '/switchyard');
  });
};

const distinct = (events: readonly CdEvent[]): readonly CdEvent[] =>
  [...new Set(events.map((event) => JSON.stringify(event)))].map((text) => JSON.parse(text));

const begun = outcome('RollbackStarted', 'd-1', 10);
const failed = outcome('RollbackFailed', 'd-1', 11);
const mended = outcome('DeploymentSucceeded', 'd-2', 20);

describe('an incident whose rollback failed', () => {
  it('is resolved by the next success, in its own chain', () => {
    const [resolved, ...others] = distinct(told([begun, failed, mended]));
    expect(others).toEqual([]);
    expect(resolved).toMatchObject({
      context: { type: CDEVENT_TYPES.resolved, chainId: 'd-1', timestamp: '2026-03-01T12:20:00.000Z' },
      subject: {
        id: 'incident/d-1',
        content: { environment: { id: 'preprod' }, service: { id: 'adit-service-preprod' } },
      },
      customData: { event: 'DeploymentSucceeded', deployment: 'd-2' },
    });
    const finished = contextId('d-2', mended.detail.sequence, 'finished');
    expect(resolved?.context.links).toEqual([{ linkType: 'RELATION', linkKind: 'CAUSE', target: { contextId: finished } }]);
    expect(resolved?.subject.content['artifactId']).toMatch(/^pkg:oci\/preprod@sha256%3A/);
  });

  it.skipIf(!isThere)('fits the schema of the specification (needs ../shared/cdevents)', () => {
    for (const event of told([begun, failed, mended])) expect(cdEventProblem(event)).toBeUndefined();
  });

  it('is resolved the same in whatever order outcomes come, and however often', () => {
    const again = outcome('DeploymentFailed', 'd-3', 12, { reason: { code: 'no-destination', message: 'none is verified' } });
    const all = [begun, failed, again, mended];
    const wanted = new Set(distinct(told(all)).map((event) => JSON.stringify(event)));
    expect(wanted.size).toBe(2);
    const order = fc.shuffledSubarray([...all, ...all, ...all], { minLength: 12 });
    fc.assert(
      fc.property(order, (outcomes) => {
        expect(new Set(told(outcomes).map((event) => JSON.stringify(event)))).toEqual(wanted);
      }),
    );
  });

  it('is resolved by the first success after it alone', () => {
    const before = outcome('DeploymentSucceeded', 'd-0', 5);
    const later = outcome('RollbackSucceeded', 'd-4', 30);
    const [resolved, ...others] = distinct(told([before, begun, failed, mended, later]));
    expect([resolved?.customData['deployment'], others]).toEqual(['d-2', []]);
    expect(told([before, begun, failed])).toEqual([]);
  });

  it('was none where nobody suffered, and ends with its own rollback where that succeeded', () => {
    const wanted = outcome('RollbackStarted', 'd-1', 10, { reason: { code: 'rollback-requested', message: 'too slow' } });
    expect(told([wanted, failed, mended])).toEqual([]);
    expect(told([begun, outcome('DeploymentRolledBack', 'd-1', 11), mended])).toEqual([]);
  });
});
