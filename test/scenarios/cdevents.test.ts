import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { rulesFor } from '../../scripts/stack/rules.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { notifyWords } from '../../shared/catalogue/notify.ts';
import type { CdEvent, cloudEvent } from '../../shared/cdevents/cdevent.ts';
import { cdEventProblem, isThere } from '../shared/cdevents/specification.ts';
import { mayBeSentTo } from './may-be-sent-to.ts';
import { COMMIT, startPipeline, type Told } from './pipeline.ts';
import { startPromoting } from './promoting.ts';

const SERVICE = 'adit-service-preprod';
const ALARM = 'adit-service-preprod-5xx';
const TRANSLATE = 'http://cloud.test/123456789012/switchyard-translate';

type Pipeline = Awaited<ReturnType<typeof startPipeline>>;

interface Delivered {
  readonly 'detail-type': string;
  readonly source: string;
  readonly detail: ReturnType<typeof cloudEvent>;
}

/** A queue of the team's own for what it subscribes to on the bus. */
const subscribe = async ({ sqs, events }: Pipeline, name: string, pattern: object) => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { Policy: mayBeSentTo(name) } }));
  await events.send(new PutRuleCommand({ Name: name, EventBusName: 'switchyard', EventPattern: JSON.stringify(pattern) }));
  const Targets = [{ Id: 'queue', Arn: `arn:aws:sqs:eu-west-1:123456789012:${name}` }];
  await events.send(new PutTargetsCommand({ Rule: name, EventBusName: 'switchyard', Targets }));
  return async (): Promise<readonly Delivered[]> => {
    const found: Delivered[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return found;
      for (const { Body = '', ReceiptHandle } of Messages) {
        found.push(JSON.parse(Body));
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  };
};

const isAfter = ({ at }: Told['detail'], { detail }: Told): boolean => String(at) > String(detail['at']);

const PREFIX = { 'detail-type': [{ prefix: 'dev.cdevents.' }] };

const cdEvents = (delivered: readonly Delivered[]): readonly CdEvent[] => delivered.map(({ detail }) => detail.data);

const distinct = (events: readonly CdEvent[]): ReadonlySet<string> => new Set(events.map((event) => JSON.stringify(event)));

describe('CDEvents on the bus', () => {
  let pipeline: Pipeline;
  let told: readonly Delivered[] = [];
  let receive: () => Promise<readonly Delivered[]>;
  let outcomes: () => Promise<readonly Delivered[]>;
  let heard: readonly Delivered[] = [];
  let ids: readonly string[] = [];

  beforeAll(async () => {
    pipeline = await startPipeline({ services: [SERVICE] });
    receive = await subscribe(pipeline, 'cdevents', PREFIX);
    outcomes = await subscribe(pipeline, 'outcomes', { source: ['switchyard'] });
    const good = await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.deploy('preprod', 'preprod:unhealthy', SERVICE);
    const bad = await pipeline.verdict(1800);
    await pipeline.deploy('preprod', 'preprod:better', SERVICE);
    await pipeline.until(
      ({ type, detail }) => type === 'DeploymentProgressed' && detail['phase'] === 'baking' && isAfter(detail, bad),
    );
    await pipeline.setAlarm(ALARM, 'ALARM');
    const rung = await pipeline.verdict(900);
    await pipeline.setAlarm(ALARM, 'OK');
    await pipeline.deploy('preprod', `preprod:${COMMIT}`, SERVICE);
    const late = await pipeline.verdict();
    await pipeline.setAlarm(ALARM, 'ALARM');
    const back = await pipeline.verdict(900);
    await pipeline.deploy('preprod', 'preprod:absent', SERVICE);
    const absent = await pipeline.verdict();
    await pipeline.pass(5);
    ids = [good, bad, late, back, absent, rung].map(({ detail }) => detail.deployment);
    told = await receive();
    heard = await outcomes();
  }, 240_000);

  const chain = (index: number): readonly string[] =>
    cdEvents(told)
      .filter(({ context }) => context.chainId === ids[index])
      .map(({ context, subject }) =>
        `${context.type.split('.').slice(2, 4).join('.')} ${subject.content['outcome'] ?? ''}`.trim(),
      )
      .sort();

  it('tell a deployment that succeeds, and one that is undone', () => {
    const run = (outcome: string) => [`pipelinerun.finished ${outcome}`, 'pipelinerun.queued', 'pipelinerun.started'];
    expect(chain(0)).toEqual([...run('success'), 'service.upgraded']);
    expect(chain(1), 'ECS undid it before it had harmed anybody').toEqual([...run('failure'), 'service.rolledback']);
    expect(chain(5)).toEqual(['incident.detected', 'incident.resolved', ...run('failure'), 'service.rolledback']);
  });

  it('tell an alarm after the success as an incident that a rollback resolves, and a request that is refused', () => {
    expect(chain(2)).toContain('pipelinerun.finished success');
    expect(chain(3)).toEqual([
      'incident.detected',
      'incident.resolved',
      'pipelinerun.finished success',
      'pipelinerun.started',
      'service.rolledback',
    ]);
    expect(chain(4)).toEqual(['pipelinerun.finished error']);
  });

  it('fit their schemas, under their own type, and are said by nobody but the translator', () => {
    for (const { source, 'detail-type': type, detail } of told) {
      expect(source).toBe('switchyard.cdevents');
      expect([type, detail.type]).toEqual([detail.data.context.type, detail.data.context.type]);
      expect(detail.data.context.source).toBe('/switchyard');
      if (isThere) expect(cdEventProblem(detail.data), type).toBeUndefined();
    }
    expect(heard.map(({ source }) => source)).not.toContain('switchyard.cdevents');
  });

  it('name what runs: after a rollback the image before', async () => {
    const back = cdEvents(told).find(({ context }) => context.chainId === ids[1] && context.type.includes('rolledback'));
    const digest = (await pipeline.digestOf('preprod', 'good')) ?? '';
    expect(back?.subject.content['artifactId']).toBe(
      `pkg:oci/preprod@${digest.replace(':', '%3A')}?repository_url=123456789012.dkr.ecr.eu-west-1.amazonaws.com/preprod`,
    );
    expect(back?.subject.content['environment']).toEqual({ id: 'preprod' });
  });

  it('name the image that suffered, also where an alarm rang after the success', async () => {
    const detected = cdEvents(told).find(({ context }) => context.chainId === ids[3] && context.type.includes('detected'));
    const digest = (await pipeline.digestOf('preprod', COMMIT)) ?? '';
    expect(detected?.subject.content['artifactId']).toContain(`pkg:oci/preprod@${digest.replace(':', '%3A')}?repository_url=`);
  });

  it('link to the incident what was rolled out before it', () => {
    const detected = cdEvents(told).find(({ context }) => context.chainId === ids[3] && context.type.includes('detected'));
    const queued = cdEvents(told).find(({ context }) => context.chainId === ids[2] && context.type.includes('queued'));
    const cause = { linkType: 'RELATION', linkKind: 'CAUSE', target: { contextId: queued?.context.id } };
    expect(detected?.context.links).toContainEqual(cause);
  });

  it('are the same, to the letter, when every outcome comes three times more and in another order', async () => {
    const before = distinct(cdEvents(told));
    for (const event of [...heard, ...heard, ...heard].reverse())
      await pipeline.sqs.send(new SendMessageCommand({ QueueUrl: TRANSLATE, MessageBody: JSON.stringify(event) }));
    await pipeline.pass(30);
    const again = cdEvents(await receive());
    expect(again.length).toBe(3 * told.length);
    expect(distinct(again)).toEqual(before);
    expect(new Set(again.map(({ context }) => context.id)).size, 'no id for two things').toBe(before.size);
  });

  it('tell that the next success ends an incident whose rollback failed', async () => {
    const timeIn = (seconds: number) => new Date(pipeline.clock.now() + seconds * 1000).toISOString();
    const again = (type: string, detail: object) => {
      const event = heard.find((one) => one['detail-type'] === type);
      const body = { ...event, detail: { ...event?.detail, ...detail } };
      return pipeline.sqs.send(new SendMessageCommand({ QueueUrl: TRANSLATE, MessageBody: JSON.stringify(body) }));
    };
    const reason = { code: 'smoke-test', message: 'GET /orders answered 500' };
    const failed = { deployment: 'd-failed', at: timeIn(0), reason };
    await again('DeploymentSucceeded', { deployment: 'd-mended', at: timeIn(60) });
    await again('RollbackStarted', failed);
    const asked = { ...failed, terminal: true, verdict: 'failed', changed: true };
    const event = { 'detail-type': 'DeploymentFailed', detail: { ...heard[0]?.detail, ...asked } };
    await pipeline.sqs.send(new SendMessageCommand({ QueueUrl: TRANSLATE, MessageBody: JSON.stringify(event) }));
    await pipeline.pass(30);
    const said = cdEvents(await receive()).filter(({ context }) => context.type.includes('incident.resolved'));
    expect(said.map(({ subject, customData }) => [subject.id, customData['deployment']])).toEqual([
      ['incident/d-failed', 'd-mended'],
    ]);
    for (const one of said) if (isThere) expect(cdEventProblem(one)).toBeUndefined();
  });

  it('that cannot be read are put aside with the reason, and hold nobody up', async () => {
    await pipeline.sqs.send(new SendMessageCommand({ QueueUrl: TRANSLATE, MessageBody: '{"detail-type": "DeploymentFailed"}' }));
    await pipeline.pass(5);
    const { Messages: [letter] = [] } = await pipeline.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: `${TRANSLATE}-dlq`, MessageAttributeNames: ['All'] }),
    );
    expect(letter?.MessageAttributes?.['reason']?.StringValue).toBe('the message is no outcome that this pipeline publishes');
  });
});

describe('a promotion that is deployed', () => {
  it('is told as an artifact that is published, which began the run', async () => {
    const rule = { from: { environment: 'preprod', repository: 'preprod' }, to: { environment: 'prod', repository: 'prod' } };
    const pipeline = await startPromoting({ up: rule });
    const receive = await subscribe(pipeline, 'cdevents', PREFIX);
    await pipeline.put('PromotionRequested', { image: 'preprod:better', to: 'prod', tag: 'v1.2.3' });
    await pipeline.promoted();
    const { detail } = await pipeline.verdict();
    await pipeline.pass(5);
    const events = cdEvents(await receive());
    const published = events.find(({ context }) => context.type.includes('artifact.published'));
    const digest = (await pipeline.digestOf('prod', 'v1.2.3')) ?? '';
    expect(published?.subject.id).toMatch(new RegExp(`^pkg:oci/prod@${digest.replace(':', '%3A')}\\?.*&tag=v1\\.2\\.3$`));
    const queued = events.find(({ context }) => context.type.includes('queued'));
    expect(queued?.context.chainId).toBe(detail.deployment);
    const link = { linkType: 'RELATION', linkKind: 'TRIGGER', target: { contextId: published?.context.id } };
    expect(queued?.context.links).toEqual([link]);
    if (isThere) expect(events.map(cdEventProblem).filter((problem) => problem !== undefined)).toEqual([]);
  });
});

const EMPTY: Catalogue = { services: [], promotions: [], external: [], notify: notifyWords({ environments: {} }) };

describe('without "cdevents" in the catalogue', () => {
  const text = `
environments:
  preprod:
    registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com
    services:
      ${SERVICE}:
        target: { kind: ecs-rolling, cluster: adit-preprod, container: adit-service, passRoles: ['arn:aws:iam::123456789012:role/adit-preprod-task', 'arn:aws:iam::123456789012:role/adit-preprod-execution'] }
`;

  it('nothing is told in their words', async () => {
    const quiet = await startPipeline({
      catalogue: text,
      packaged: (template) => ({
        Resources: Object.fromEntries(
          Object.entries(template.Resources).filter(([id]) => !/^Translate(Rule|\w+Policy)$/.test(id)),
        ),
      }),
    });
    const receive = await subscribe(quiet, 'cdevents', PREFIX);
    await quiet.earnFirst('preprod', SERVICE);
    await quiet.pass(5);
    expect(await receive()).toEqual([]);
  });

  it('there is no rule that would bring outcomes to the translator', () => {
    expect(Object.keys(rulesFor(EMPTY).Resources).join()).not.toContain('Translate');
    const on = rulesFor({ ...EMPTY, cdevents: { source: '/here' } }).Resources;
    expect(Object.keys(on)).toEqual(expect.arrayContaining(['TranslateRule', 'TranslateQueuePolicy']));
  });
});
