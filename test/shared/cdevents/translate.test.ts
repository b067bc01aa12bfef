import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CDEVENT_TYPES, type CdEvent, cloudEvent, contextId } from '../../../shared/cdevents/cdevent.ts';
import { artifactOf, purlOf } from '../../../shared/cdevents/purl.ts';
import { TRANSLATED, translate } from '../../../shared/cdevents/translate.ts';
import { readHeard } from '../../../shared/heard.ts';
import { cdEventProblem, isThere, SAMPLES } from './specification.ts';

const SCHEMAS = new URL('../../../schemas/events/', import.meta.url);

/** The example of each outcome event that its schema holds. */
const exampleOf = (type: string): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(new URL(`${type}.json`, SCHEMAS), 'utf8')).examples[0];

const SPEAKER = { source: '/switchyard', dashboardOf: (environment: string) => `https://dashboards.example/${environment}` };

const said = (type: string, changes: object = {}): readonly CdEvent[] =>
  translate(readHeard(JSON.stringify({ 'detail-type': type, detail: { ...exampleOf(type), ...changes } })), SPEAKER);

const typesOf = (events: readonly CdEvent[]): readonly string[] => events.map(({ context }) => context.type);

const short = (type: string): string => type.replace('dev.cdevents.', '').replace('.0.3.0', '');

/** By hand, from the meaning of each verdict and the specification's dictionary. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  DeploymentQueued: ['pipelinerun.queued'],
  DeploymentStarted: ['pipelinerun.started'],
  RollbackStarted: ['incident.detected'],
  DeploymentSucceeded: ['service.upgraded', 'pipelinerun.finished success'],
  DeploymentRolledBack: ['service.rolledback', 'incident.resolved', 'pipelinerun.finished failure'],
  DeploymentFailed: ['incident.detected', 'pipelinerun.finished failure'],
  DeploymentRejected: ['pipelinerun.finished error'],
  DeploymentSuperseded: ['pipelinerun.finished cancel'],
  DeploymentExpired: ['pipelinerun.finished error'],
  DeploymentCancelled: ['pipelinerun.finished cancel'],
  RollbackSucceeded: ['service.rolledback', 'incident.resolved', 'pipelinerun.finished success'],
  RollbackFailed: ['pipelinerun.finished failure'],
  RollbackRejected: ['pipelinerun.finished error'],
  PromotionCompleted: ['artifact.published'],
};

describe('an outcome', () => {
  it.each(Object.entries(TABLE))('%s is told as %s', (type, expected) => {
    const told = said(type).map(({ context, subject }) => `${short(context.type)} ${subject.content['outcome'] ?? ''}`.trim());
    expect(told).toEqual(expected);
  });

  it('that is translated is heard, and the other way round', () => {
    const outcomes = readdirSync(SCHEMAS)
      .map((file) => file.replace('.json', ''))
      .filter((type) => 'sequence' in exampleOf(type));
    expect(outcomes.filter((type) => said(type).length > 0).sort()).toEqual([...TRANSLATED].sort());
    expect(outcomes).toContain('VerificationPassed');
  });

  it('of a first deployment is one of a service deployed, and of an image that runs already of no service', () => {
    expect(typesOf(said('DeploymentSucceeded', { before: undefined }))).toContain(CDEVENT_TYPES.deployed);
    expect(typesOf(said('DeploymentSucceeded', { changed: false }))).toEqual([CDEVENT_TYPES.finished]);
  });

  it('that a person wanted, or that harmed nobody, is no incident', () => {
    for (const code of [
      'cancelled',
      'deadline',
      'rollback-requested',
      'ecs-rolled-back',
      'lambda-update-failed',
      'host-unhealthy',
    ]) {
      const reason = { code, message: 'so it is' };
      expect(typesOf(said('RollbackStarted', { reason })), code).toEqual([]);
      expect(typesOf(said('DeploymentRolledBack', { reason })), code).not.toContain(CDEVENT_TYPES.resolved);
    }
    const outcome = said('DeploymentRolledBack', { reason: { code: 'cancelled', message: 'wrong version' } }).at(-1);
    expect(outcome?.subject.content['outcome']).toBe('cancel');
  });

  it('that left the service half changed is an incident, whatever it was deployed by', () => {
    for (const code of ['apply-failed', 'host-stuck', 'destination-unhealthy']) {
      const reason = { code, message: 'so it is' };
      expect(typesOf(said('RollbackStarted', { reason })), code).toEqual([CDEVENT_TYPES.detected]);
      expect(typesOf(said('DeploymentRolledBack', { reason })), code).toContain(CDEVENT_TYPES.resolved);
    }
  });

  it('of a rollback of its own begins a run, and names what brought the incident', () => {
    const kind = { kind: 'rollback', deployment: 'r-0123456789abcdefghjkmnpqrs', sequence: 1 };
    const [started, detected] = said('RollbackStarted', kind);
    expect(started?.context.type).toBe(CDEVENT_TYPES.started);
    const cause = contextId('d-0123456789abcdefghjkmnpqrs', 1, 'queued');
    expect(detected?.context.links).toContainEqual({ linkType: 'RELATION', linkKind: 'CAUSE', target: { contextId: cause } });
  });

  it('of a rollback of its own names the image that suffers, though no request names its repository', () => {
    const {
      digest: _,
      repository: __,
      ...rollback
    } = { ...exampleOf('RollbackStarted'), kind: 'rollback', sequence: 1 } as Readonly<Record<string, unknown>>;
    const [, detected] = translate(readHeard(JSON.stringify({ 'detail-type': 'RollbackStarted', detail: rollback })), SPEAKER);
    const { digest } = rollback['left'] as { digest: string };
    expect(detected?.subject.content['artifactId']).toBe(
      `pkg:oci/preprod@${digest.replace(':', '%3A')}?repository_url=123456789012.dkr.ecr.eu-west-1.amazonaws.com/preprod`,
    );
  });

  it('of a deployment that a promotion asked for leads to the artifact that was published', () => {
    const [published] = said('PromotionCompleted');
    const { promotion } = exampleOf('PromotionCompleted');
    const cause = { ...(exampleOf('DeploymentQueued')['cause'] as object), type: 'PromotionCompleted' };
    const [queued] = said('DeploymentQueued', { cause, asked: { requestId: promotion } });
    expect(queued?.context.links).toEqual([
      { linkType: 'RELATION', linkKind: 'TRIGGER', target: { contextId: published?.context.id } },
    ]);
  });

  it("leads to CI's run, or where its request names none to the environment's dashboard", () => {
    const address = (changes: object) => said('DeploymentStarted', changes)[0]?.subject.content['uri'];
    expect(address({})).toBe('https://github.com/adit/service/actions/runs/7');
    expect(address({ links: {} })).toBe('https://dashboards.example/preprod');
    expect(address({ links: { run: 'not an address' } })).toBe('https://dashboards.example/preprod');
  });

  it('with a verdict that nobody knows is put aside', () => {
    expect(() => said('DeploymentFailed', { verdict: 'lost' })).toThrow('"lost" is no verdict');
  });
});

describe('every CDEvent', () => {
  const all = TRANSLATED.flatMap((type) => said(type));
  const everyKind = [...all, ...said('DeploymentSucceeded', { before: undefined })];

  it('of our types is said by some outcome', () => {
    expect([...new Set(typesOf(everyKind))].sort()).toEqual(Object.values(CDEVENT_TYPES).sort());
  });

  it.skipIf(!isThere)('fits the schema of its type, v0.5.1 (needs ../shared/cdevents)', () => {
    for (const event of everyKind) expect(cdEventProblem(event), event.context.type).toBeUndefined();
  });

  const TOO_MANY: Readonly<Record<string, (event: CdEvent) => CdEvent>> = {
    'in the content': (event) => ({ ...event, subject: { ...event.subject, content: { ...event.subject.content, x: 1 } } }),
    'in the context': (event) => ({ ...event, context: { ...event.context, ...{ x: 1 } } }),
    'beside them': (event) => ({ ...event, ...{ x: 1 } }),
  };
  for (const [where, change] of Object.entries(TOO_MANY))
    it.skipIf(!isThere)(`with a field too many ${where} fails (needs ../shared/cdevents)`, () => {
      for (const event of everyKind) expect(cdEventProblem(change(event)), event.context.type).toContain('additional properties');
    });

  it.skipIf(!isThere)('without its artifact fails (needs ../shared/cdevents)', () => {
    const [upgraded] = said('DeploymentSucceeded');
    const { artifactId: _, ...content } = upgraded?.subject.content ?? {};
    const without = { context: { type: '' }, ...upgraded, subject: { ...upgraded?.subject, content } };
    expect(cdEventProblem(without)).toContain("required property 'artifactId'");
  });

  it.skipIf(!isThere)("has the shape of the specification's sample, which fits too (needs ../shared/cdevents)", () => {
    const types: readonly string[] = Object.values(CDEVENT_TYPES);
    const samples = SAMPLES.filter((sample) => types.includes(sample['context'].type));
    expect(samples).toHaveLength(types.length);
    for (const sample of samples) {
      expect(cdEventProblem(sample as CdEvent), sample['context'].type).toBeUndefined();
      const ours = everyKind.filter(({ context }) => context.type === sample['context'].type);
      expect(ours.length, sample['context'].type).toBeGreaterThan(0);
      for (const { context, subject } of ours) {
        expect(Object.keys(sample['context'])).toEqual(expect.arrayContaining(Object.keys(context)));
        expect(Object.keys(sample['subject'].content)).toEqual(expect.arrayContaining(Object.keys(subject.content)));
      }
    }
  });

  it('has the same id whenever it is said again, and no other has it', () => {
    const again = TRANSLATED.toReversed().flatMap((type) => said(type));
    const text = (events: readonly CdEvent[]) => new Set(events.map((event) => JSON.stringify(event)));
    expect(text(again)).toEqual(text(all));
    expect(new Set(['queued', 'started'].flatMap((kind) => [1, 2].map((n) => contextId('d-1', n, kind as 'queued')))).size).toBe(
      4,
    );
  });

  it('belongs to the chain of its deployment, and leads back to its beginning', () => {
    const [queued] = said('DeploymentQueued');
    const finished = said('DeploymentSucceeded').at(-1);
    expect(finished?.context.chainId).toBe('d-0123456789abcdefghjkmnpqrs');
    expect(finished?.context.links).toEqual([{ linkType: 'END', from: { contextId: queued?.context.id } }]);
    const { eventId } = exampleOf('DeploymentQueued')['cause'] as { eventId: string };
    expect(queued?.context.links).toEqual([{ linkType: 'RELATION', linkKind: 'TRIGGER', target: { contextId: eventId } }]);
    expect(said('DeploymentRejected').at(-1)?.context.links?.[0]?.linkType, 'nothing came before it').toBe('RELATION');
  });

  /** CDEvents specification, "CloudEvents Binding": what each attribute must be. */
  it('is the whole data of a CloudEvent', () => {
    for (const event of everyKind) {
      expect(cloudEvent(event)).toEqual({
        specversion: '1.0',
        id: event.context.id,
        source: event.context.source,
        type: event.context.type,
        subject: event.subject.id,
        time: event.context.timestamp,
        datacontenttype: 'application/json',
        data: event,
      });
    }
  });
});

describe('a package URL', () => {
  const DIGEST = 'sha256:244fd47e07d1004f0aed9c156aa09083c82bf8944eceb67c946ff7430510a77b';

  /** purl specification, types/oci-definition.json: its example, without `arch`, which a promotion does not know. */
  it('is that of the specification for type oci', () => {
    const debian = { repository: 'docker.io/library/debian', digest: DIGEST, tag: 'latest' };
    expect(purlOf(debian)).toBe(
      `pkg:oci/debian@${DIGEST.replace(':', '%3A')}?repository_url=docker.io/library/debian&tag=latest`,
    );
  });

  it('of an image that is named by tag has no version', () => {
    const image = artifactOf('ghcr.io/debian:bullseye');
    expect(image && purlOf(image)).toBe('pkg:oci/debian?repository_url=ghcr.io/debian&tag=bullseye');
    expect(artifactOf('eu=Not An Image')).toBeUndefined();
  });
});
