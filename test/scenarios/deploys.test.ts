import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { COMMIT, startPipeline } from './pipeline.ts';

describe('a good image', () => {
  it('is deployed, checked, baked, and ends as succeeded (S1.1, S1.3, S5.2)', async () => {
    const pipeline = await startPipeline();
    await pipeline.earnFirst('preprod', 'adit-service-preprod');
    await pipeline.deploy('preprod', `preprod:${COMMIT}`, 'adit-service-preprod');
    const verdict = await pipeline.verdict();
    expect(verdict).toMatchObject({
      type: 'DeploymentSucceeded',
      detail: {
        terminal: true,
        verdict: 'succeeded',
        changed: true,
        verified: true,
        environment: 'preprod',
        service: 'adit-service-preprod',
      },
    });
    expect(await pipeline.runningDigest('adit-preprod', 'adit-service-preprod')).toBe(await pipeline.digestOf('preprod', COMMIT));
    expect(pipeline.typesOf(verdict.detail.deployment)).toEqual([
      'DeploymentQueued',
      'DeploymentStarted',
      'DeploymentProgressed',
      'VerificationStarted',
      'DeploymentProgressed',
      'VerificationPassed',
      'DeploymentSucceeded',
    ]);
  });

  it('takes at most five ECS calls when its event arrives, with a bake and without', async () => {
    const pipeline = await startPipeline();
    await pipeline.earnFirst('preprod', 'adit-service-preprod');
    await pipeline.earnFirst('prod', 'adit-service-prod');
    for (const [environment, service] of [
      ['preprod', 'adit-service-preprod'],
      ['prod', 'adit-service-prod'],
    ] as const) {
      pipeline.calls.length = 0;
      await pipeline.deploy(environment, `${environment}:better`, service);
      expect((await pipeline.verdict()).type).toBe('DeploymentSucceeded');
      expect(pipeline.calls.filter((call) => call.startsWith('ecs:')).slice(5)).toEqual([]);
    }
  });

  it('keeps every other setting of the task definition, and never touches the desired count (S5.1)', async () => {
    const pipeline = await startPipeline();
    const before = await pipeline.taskDefinition('conflicto-dev', 'conflicto-backend-service-dev');
    await pipeline.deploy('dev', 'conflicto-backend-dev:good', 'conflicto-backend-service-dev');
    expect((await pipeline.verdict()).type).toBe('DeploymentSucceeded');
    const after = await pipeline.taskDefinition('conflicto-dev', 'conflicto-backend-service-dev');
    const digest = await pipeline.digestOf('conflicto-backend-dev', 'good');
    const [container] = after.containerDefinitions ?? [];
    expect(container?.image).toBe(`123456789012.dkr.ecr.eu-west-1.amazonaws.com/conflicto-backend-dev@${digest}`);
    const settings = ({
      taskDefinitionArn: _,
      revision: __,
      registeredAt: ___,
      containerDefinitions,
      ...rest
    }: typeof after) => ({
      ...rest,
      containerDefinitions: containerDefinitions?.map(({ image: ____, ...others }) => others),
    });
    expect(settings(after)).toEqual(settings(before));
  });

  it('that runs there already is left alone, and said so', async () => {
    const pipeline = await startPipeline();
    await pipeline.earnFirst('preprod', 'adit-service-preprod');
    pipeline.calls.length = 0;
    await pipeline.deploy('preprod', 'preprod:good', 'adit-service-preprod');
    expect(await pipeline.verdict()).toMatchObject({ type: 'DeploymentSucceeded', detail: { changed: false, verified: true } });
    expect(pipeline.calls).not.toContain('ecs:UpdateService');
  });
});

describe('requests', () => {
  it('for one environment run one after another, for two at once (S4.6)', async () => {
    const pipeline = await startPipeline();
    await pipeline.earnFirst('prod', 'adit-service-prod');
    await pipeline.earnFirst('prod', 'conflicto-backend-service-prod');
    await pipeline.earnFirst('preprod', 'adit-service-preprod');
    await pipeline.deploy('prod', 'prod:better', 'adit-service-prod');
    await pipeline.deploy('prod', 'conflicto-backend-prod:better', 'conflicto-backend-service-prod');
    await pipeline.deploy('preprod', 'preprod:better', 'adit-service-preprod');
    const verdicts = await pipeline.verdicts(3);
    expect(verdicts.map(({ type }) => type)).toEqual(Array(3).fill('DeploymentSucceeded'));
    const order = pipeline.told
      .filter(({ type, detail }) => detail.environment === 'prod' && ['DeploymentStarted', 'DeploymentSucceeded'].includes(type))
      .slice(-4)
      .map(({ type, detail }) => `${type} ${detail.service}`);
    expect(order).toEqual([
      'DeploymentStarted adit-service-prod',
      'DeploymentSucceeded adit-service-prod',
      'DeploymentStarted conflicto-backend-service-prod',
      'DeploymentSucceeded conflicto-backend-service-prod',
    ]);
    const preprodStarted = pipeline.told.findLastIndex(
      ({ type, detail }) => type === 'DeploymentStarted' && detail.environment === 'preprod',
    );
    const prodEnded = pipeline.told.findIndex(
      ({ type, detail }, index) => index > preprodStarted && type === 'DeploymentSucceeded' && detail.environment === 'prod',
    );
    expect(prodEnded).toBeGreaterThan(preprodStarted);
  });

  it('delivered three times, or asked three times with one request id, are one deployment', async () => {
    const pipeline = await startPipeline();
    await pipeline.earnFirst('preprod', 'adit-service-preprod');
    for (let time = 0; time < 3; time += 1) {
      await pipeline.deploy('preprod', 'preprod:better', 'adit-service-preprod', { requestId: 'run-1' });
      await pipeline.pass(7);
    }
    await pipeline.pass(600);
    expect(
      pipeline.told.filter(({ type, detail }) => type === 'DeploymentSucceeded' && detail.asked?.['requestId'] === 'run-1'),
    ).toHaveLength(1);
  });

  it('with a used request id and other content are rejected', async () => {
    const pipeline = await startPipeline();
    await pipeline.deploy('preprod', 'preprod:good', 'adit-service-preprod', { requestId: 'run-1' });
    await pipeline.verdict();
    await pipeline.deploy('preprod', 'preprod:better', 'adit-service-preprod', { requestId: 'run-1' });
    expect(await pipeline.verdict()).toMatchObject({
      type: 'DeploymentRejected',
      detail: { reason: { code: 'request-id-reused' } },
    });
  });

  it('with a typing mistake are answered with the names that exist', async () => {
    const pipeline = await startPipeline();
    await pipeline.deploy('preprd', 'preprod:good', 'adit-service-preprod');
    const environment = await pipeline.verdict();
    expect(environment).toMatchObject({ type: 'DeploymentRejected', detail: { reason: { code: 'unknown-environment' } } });
    expect(environment.detail['known']).toEqual(expect.arrayContaining(['preprod', 'prod']));
    await pipeline.deploy('preprod', 'preprod:good', 'adit-servce-preprod');
    const service = await pipeline.verdict();
    expect(service).toMatchObject({
      type: 'DeploymentRejected',
      detail: { reason: { code: 'unknown-service' }, known: ['adit-service-preprod'] },
    });
  });

  it('that arrive twice are refused twice in the same words, as of the first time', async () => {
    const pipeline = await startPipeline();
    const request = {
      ...{ version: '0', id: 'e-1', source: 'ci', account: '123456789012', region: 'eu-west-1', resources: [] },
      ...{ 'detail-type': 'DeployRequested', time: '2026-03-01T12:00:00Z' },
      detail: { environment: 'preprod', service: 'adit-servce-preprod', image: 'preprod:good' },
    };
    const { QueueUrl } = await pipeline.sqs.send(new GetQueueUrlCommand({ QueueName: 'switchyard-inbox' }));
    const ask = () => pipeline.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(request) }));
    await ask();
    const first = await pipeline.verdict();
    await pipeline.pass(30);
    await ask();
    await pipeline.pass(30);
    expect(pipeline.repeated).toEqual([first.detail['eventId']]);
  });

  it('for an image that does not exist are rejected, saying what to do (S5.6)', async () => {
    const pipeline = await startPipeline();
    await pipeline.deploy('preprod', 'preprod:v0.0.0', 'adit-service-preprod');
    const verdict = await pipeline.verdict();
    expect(verdict.type).toBe('DeploymentRejected');
    expect(verdict.detail.reason?.message).toMatch(/preprod.*v0\.0\.0/);
  });

  it('from the future makes no later request look older', async () => {
    const pipeline = await startPipeline({ services: ['adit-service-preprod'] });
    const put = (image: string, Time: Date) =>
      pipeline.events.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: 'switchyard',
              Source: 'ci',
              DetailType: 'DeployRequested',
              Detail: JSON.stringify({ environment: 'preprod', image, service: 'adit-service-preprod' }),
              Time,
            },
          ],
        }),
      );
    await put('preprod:good', new Date('2099-01-01T00:00:00Z'));
    expect((await pipeline.verdict()).type).toBe('DeploymentSucceeded');
    await put('preprod:better', new Date(pipeline.clock.now()));
    expect((await pipeline.verdict()).type).toBe('DeploymentSucceeded');
  });
});
