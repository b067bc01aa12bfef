import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEnvelope } from '../../../shared/events/envelope.ts';
import { deploymentId, eventId, fingerprint } from '../../../shared/events/identity.ts';
import alarmComposite from '../../fixtures/events/alarm-composite.json' with { type: 'json' };
import alarmMetric from '../../fixtures/events/alarm-metric.json' with { type: 'json' };
import ecsDeployment from '../../fixtures/events/ecs-deployment.json' with { type: 'json' };
import ecsTask from '../../fixtures/events/ecs-task.json' with { type: 'json' };
import { schemaProblem } from '../../scenarios/schemas.ts';

const request = { environment: 'preprod', image: 'preprod:4f9c2d1', service: 'adit-service-preprod' };

const envelope = (detail: unknown, over: object = {}) => ({
  version: '0',
  id: 'e1',
  'detail-type': 'DeployRequested',
  source: 'ci',
  account: '123456789012',
  time: '2026-03-01T12:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail,
  ...over,
});

describe('DeployRequested', () => {
  it("takes S1.1's payload as it stands, and every optional member", () => {
    expect(schemaProblem('DeployRequested', request)).toBeUndefined();
    expect(readEnvelope(envelope(request))).not.toHaveProperty('problem');
    const all = {
      ...request,
      requestId: 'r',
      version: '1.2.3',
      commit: 'abc',
      ref: 'main',
      actor: 'ann',
      reason: 'why',
      force: true,
      pullRequest: '12',
      runUrl: 'https://ci/1',
    };
    expect(schemaProblem('DeployRequested', all)).toBeUndefined();
    expect(readEnvelope(envelope(all))).not.toHaveProperty('problem');
  });

  it.each([
    ['nothing', {}],
    ['a missing service', { environment: 'preprod', image: 'x:1' }],
    ['another member', { ...request, desiredCount: 3 }],
    ['a wrong type', { ...request, force: 'yes' }],
    ['an empty name', { ...request, environment: '' }],
    ['a control character', { ...request, service: 'a\u0000b' }],
    ['no address', { ...request, runUrl: 'javascript:alert(1)' }],
    ['a name that is too long', { ...request, service: 'x'.repeat(129) }],
  ])('refuses %s', (_, detail) => {
    expect(schemaProblem('DeployRequested', detail)).toBeDefined();
    expect(readEnvelope(envelope(detail))).toMatchObject({ problem: expect.any(String), envelope: { id: 'e1' } });
  });
});

/** Each verdict with the words that it may say, by `docs/events.md`. */
const VERDICTS = [
  ['DeploymentSucceeded', 'deploy', ['succeeded']],
  ['DeploymentRolledBack', 'deploy', ['rolled-back']],
  ['DeploymentFailed', 'deploy', ['failed']],
  ['DeploymentRejected', 'deploy', ['rejected']],
  ['DeploymentSuperseded', 'deploy', ['superseded']],
  ['DeploymentExpired', 'deploy', ['expired']],
  ['DeploymentCancelled', 'deploy', ['cancelled']],
  ['RollbackSucceeded', 'rollback', ['rolled-back']],
  ['RollbackFailed', 'rollback', ['failed']],
  ['RollbackRejected', 'rollback', ['rejected', 'superseded', 'expired', 'cancelled']],
] as const;

const WORDS = ['succeeded', 'rolled-back', 'failed', 'rejected', 'superseded', 'expired', 'cancelled', 'done'];

describe('a verdict', () => {
  const told = {
    eventId: 'e-1',
    deployment: 'd-1',
    sequence: 3,
    environment: 'preprod',
    service: 'api',
    at: '2026-03-01T12:00:00.000Z',
    asked: { requestId: 'r' },
    cause: { type: 'DeployRequested', eventId: 'e1', account: '123456789012', source: 'ci', time: '2026-03-01T12:00:00Z' },
    links: {},
    terminal: true,
    reason: { code: 'verified', message: 'why' },
    changed: true,
    verified: true,
    notWatched: [],
    checkAttempts: 1,
    durationSeconds: 3,
  };

  it.each(VERDICTS)('%s says its own words of its own kind, and nothing that is not in its schema', (type, kind, words) => {
    const taken = WORDS.filter((verdict) => schemaProblem(type, { ...told, kind, verdict }) === undefined);
    expect(taken).toEqual(words);
    const [verdict] = words;
    const other = kind === 'deploy' ? 'rollback' : 'deploy';
    expect(schemaProblem(type, { ...told, kind: other, verdict })).toContain('/kind');
    expect(schemaProblem(type, { ...told, kind, verdict, mood: 'fine' })).toContain('mood');
    expect(schemaProblem(type, { ...told, kind, verdict, terminal: false })).toContain('/terminal');
    for (const name of Object.keys(told)) {
      const { [name as 'reason']: _, ...less } = told;
      expect(schemaProblem(type, { ...less, kind, verdict })).toContain(`"${name}"`);
    }
  });
});

describe('an envelope', () => {
  it('of a request or of AWS is read', () => {
    for (const event of [envelope(request), alarmMetric.event, alarmComposite.event, ecsDeployment.event, ecsTask.event]) {
      expect(readEnvelope(event)).toHaveProperty('envelope.id');
      expect(readEnvelope(event)).not.toHaveProperty('problem');
    }
  });

  it('says what is wrong with it, in a sentence', () => {
    expect(readEnvelope(envelope({ ...request, imagee: 'x' }))).toMatchObject({
      problem: expect.stringContaining('"imagee" is not known'),
    });
    expect(readEnvelope(envelope(request, { time: 'soon' }))).toMatchObject({ problem: expect.stringContaining('time') });
    expect(readEnvelope(envelope(request, { 'detail-type': 'constructor' }))).toMatchObject({
      problem: expect.stringContaining('not an event that is taken'),
    });
    expect(readEnvelope(null)).toMatchObject({ problem: expect.any(String) });
  });

  it('that is anything at all does not throw', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, maxDepth: 6 }), (value) => {
        expect(readEnvelope(value)).toBeTypeOf('object');
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (detail) => {
        expect(readEnvelope(envelope(detail))).toBeTypeOf('object');
      }),
      { numRuns: 500 },
    );
  });
});

describe('identities', () => {
  const key = { account: '1', source: 'ci', environment: 'prod', service: 'api', kind: 'deploy', requestId: 'r' } as const;

  it('are the same for the same request, and another for anything else', () => {
    const ids = [
      deploymentId(key),
      deploymentId({ ...key, account: '2' }),
      deploymentId({ ...key, source: 'other' }),
      deploymentId({ ...key, environment: 'dev' }),
      deploymentId({ ...key, service: 'web' }),
      deploymentId({ ...key, kind: 'rollback' }),
      deploymentId({ ...key, requestId: 'q' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect(deploymentId({ ...key })).toBe(ids[0]);
    expect(ids[0]).toMatch(/^d-[0-9a-z]{26}$/);
  });

  it('of a request id and of an event id do not meet', () => {
    const { requestId: _, ...rest } = key;
    expect(deploymentId({ ...rest, eventId: 'r' })).not.toBe(deploymentId(key));
  });

  it('of events and contents do not depend on order or on the moment', () => {
    expect(eventId('d-1', 2)).toBe(eventId('d-1', 2));
    expect(eventId('d-1', 2)).not.toBe(eventId('d-1', 3));
    expect(fingerprint({ image: 'a', actor: 'b' })).toBe(fingerprint({ actor: 'b', image: 'a' }));
    expect(fingerprint({ image: 'a' })).not.toBe(fingerprint({ image: 'b' }));
  });
});
