import {
  GetAliasCommand,
  GetFunctionCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { type PipelineOptions, startPipeline } from './pipeline.ts';
import { catalogueWith } from './promoting.ts';

const NAME = 'adit-service-prod';
const FunctionName = 'adit';
const REPOSITORY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/prod';

interface Changes {
  readonly target?: Readonly<Record<string, unknown>>;
  readonly service?: Readonly<Record<string, unknown>>;
}

/** The project's service in prod as a function, with the alias `live` unless told otherwise. */
const startFunction = async ({ target = { alias: 'live' }, service }: Changes = {}, options: PipelineOptions = {}) => {
  const catalogue = catalogueWith((source) => {
    delete source['promotions'];
    const { prod } = source['environments'] as { prod: { services: Record<string, Record<string, unknown>> } };
    prod.services[NAME] = {
      ...prod.services[NAME],
      deploy: 'on-request',
      target: { kind: 'lambda', function: FunctionName, ...target },
      ...service,
    };
  });
  const pipeline = await startPipeline({ ...options, catalogue, services: [NAME] });
  const lambda = new LambdaClient(pipeline.access);
  const alias = async () => {
    const { FunctionVersion, RoutingConfig } = await lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }));
    return { version: FunctionVersion, ...RoutingConfig?.AdditionalVersionWeights };
  };
  /** The image of what serves: of the alias, or of the function itself. */
  const runs = async (Qualifier?: string) => {
    const which = Qualifier === undefined ? {} : { Qualifier };
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName, ...which }));
    return Code?.ResolvedImageUri?.split('@')[1];
  };
  const update = (tag: string) => lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ImageUri: `${REPOSITORY}:${tag}` }));
  return {
    ...pipeline,
    lambda,
    alias,
    runs,
    update,
    deploy: (tag: string, more: object = {}) => pipeline.deploy('prod', `prod:${tag}`, NAME, more),
  };
};

const STEPS = [
  { percent: 10, minutes: 5 },
  { percent: 50, minutes: 5 },
];

// S4.2, S4.3, S4.9
describe.each([
  ['at once', { alias: 'live' }, 'live'],
  ['by steps', { alias: 'live', steps: STEPS }, 'live'],
  ['without an alias', {}, undefined],
])('a deployment to a function, %s,', (_, target, qualifier) => {
  it('of a good image is verified, and tells the version that serves', async () => {
    const pipeline = await startFunction({ target });
    await pipeline.deploy('good');
    const { type, detail } = await pipeline.verdict(1800);
    expect(type).toBe('DeploymentSucceeded');
    expect(await pipeline.runs(qualifier)).toBe(await pipeline.digestOf('prod', 'good'));
    const { Configuration } = await pipeline.lambda.send(new GetFunctionCommand({ FunctionName, Qualifier: qualifier ?? '2' }));
    expect(detail).toMatchObject({ running: { id: Configuration?.FunctionArn } });
    expect(Configuration?.Description).toBe(`switchyard ${detail.deployment}`);
  });

  it.each(['unhealthy', 'crashing', 'hangs'])('of an image that is %s goes back, and what served before serves', async (tag) => {
    const pipeline = await startFunction({ target, service: { health: { attempts: 2, url: '${env:ADIT_SERVICE_PROD_URL}/' } } });
    if (tag === 'hangs') await pipeline.push('prod', { tags: ['hangs'], labels: { 'switchyard.local.health': 'hangs' } });
    await pipeline.earnFirst('prod', NAME, 1800);
    await pipeline.deploy(tag);
    const { type, detail } = await pipeline.verdict(3600);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail.reason).toMatchObject({ code: 'health-check' });
    expect(await pipeline.runs(qualifier)).toBe(await pipeline.digestOf('prod', 'good'));
  });

  it('goes back to the verified version when a person asks for it', async () => {
    const pipeline = await startFunction({ target });
    await pipeline.earnFirst('prod', NAME, 1800);
    await pipeline.deploy('slow');
    expect((await pipeline.verdict(1800)).type).toBe('DeploymentSucceeded');
    await pipeline.put('RollbackRequested', { environment: 'prod', service: NAME, reason: 'not what we wanted' });
    expect((await pipeline.verdict(900)).type).toBe('RollbackSucceeded');
    expect(await pipeline.runs(qualifier)).toBe(await pipeline.digestOf('prod', 'good'));
  });

  it('goes back at an alarm during the bake', async () => {
    const pipeline = await startFunction({ target, service: { alarms: ['errors'], bakeSeconds: 600 } });
    await pipeline.earnFirst('prod', NAME, 3600);
    await pipeline.deploy('slow');
    await pipeline.bakes('prod:slow', 1800);
    await pipeline.setAlarm('errors', 'ALARM');
    await pipeline.until(({ type }) => type === 'DeploymentRolledBack', 900);
    expect(await pipeline.runs(qualifier)).toBe(await pipeline.digestOf('prod', 'good'));
  });
});

describe('a canary (S4.9)', () => {
  it('has each share for as long as it says, and is checked after each', async () => {
    const pipeline = await startFunction({ target: { alias: 'live', steps: STEPS } });
    await pipeline.deploy('good');
    await pipeline.until(({ type }) => type === 'DeploymentStarted');
    expect(await pipeline.alias()).toEqual({ version: '1', 2: 0.1 });
    await pipeline.pass(295);
    expect(await pipeline.alias()).toEqual({ version: '1', 2: 0.1 });
    await pipeline.pass(60);
    expect(await pipeline.alias()).toEqual({ version: '1', 2: 0.5 });
    await pipeline.pass(250);
    expect(await pipeline.alias()).toEqual({ version: '1', 2: 0.5 });
    expect((await pipeline.verdict(600)).type).toBe('DeploymentSucceeded');
    expect(await pipeline.alias()).toEqual({ version: '2' });
    expect(pipeline.told.filter(({ detail }) => detail['phase'] === 'tried')).toHaveLength(2);
  });

  it('goes back at an alarm in the middle, by one call', async () => {
    const pipeline = await startFunction({ target: { alias: 'live', steps: STEPS }, service: { alarms: ['errors'] } });
    await pipeline.earnFirst('prod', NAME, 3600);
    await pipeline.deploy('slow');
    await pipeline.until(({ type, detail: { asked } }) => type === 'DeploymentStarted' && asked?.['image'] === 'prod:slow');
    await pipeline.pass(60);
    expect(await pipeline.alias()).toEqual({ version: '2', 3: 0.1 });
    const made = pipeline.calls.length;
    await pipeline.setAlarm('errors', 'ALARM');
    const { type, detail } = await pipeline.verdict(900);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail.reason).toMatchObject({ code: 'alarm' });
    expect(await pipeline.alias()).toEqual({ version: '2' });
    expect(pipeline.calls.slice(made).filter((call) => call.startsWith('lambda:Update'))).toEqual(['lambda:UpdateAlias']);
  });

  it('that a person moves is theirs, with what it points at', async () => {
    const pipeline = await startFunction({ target: { alias: 'live', steps: STEPS } });
    await pipeline.deploy('good');
    await pipeline.until(({ type }) => type === 'DeploymentStarted');
    await pipeline.lambda.send(
      new UpdateAliasCommand({ FunctionName, Name: 'live', RoutingConfig: { AdditionalVersionWeights: { 2: 0.25 } } }),
    );
    const { type, detail } = await pipeline.verdict(900);
    expect(type).toBe('DeploymentFailed');
    expect(detail.reason).toMatchObject({
      code: 'taken-over',
      message: expect.stringContaining('25 % of the requests at version 2'),
    });
    expect(await pipeline.alias()).toEqual({ version: '1', 2: 0.25 });
  });
});

describe('a function', () => {
  // I3, and Lambda takes no index
  it('is given its own image of an index', async () => {
    const pipeline = await startFunction();
    await pipeline.deploy('better');
    const { type } = await pipeline.verdict(900);
    expect(type).toBe('DeploymentSucceeded');
    expect(await pipeline.runs('live')).not.toBe(await pipeline.digestOf('prod', 'better'));
    await pipeline.deploy('better');
    expect((await pipeline.verdict(900)).detail.reason).toMatchObject({ code: 'runs-already' });
  });

  it('that somebody else updates is waited for', async () => {
    const pipeline = await startFunction();
    await pipeline.update('slow');
    await pipeline.deploy('good');
    expect((await pipeline.verdict(900)).type).toBe('DeploymentSucceeded');
  });

  it('without an alias that was never published goes back to the captured image (S4.4)', async () => {
    const pipeline = await startFunction({
      target: {},
      service: { health: { attempts: 2, url: '${env:ADIT_SERVICE_PROD_URL}/' } },
    });
    await pipeline.update('late');
    await pipeline.pass(5);
    const before = await pipeline.runs();
    await pipeline.push('prod', { tags: ['ill'], labels: { 'switchyard.local.exit-code': '3' } });
    await pipeline.deploy('ill');
    await pipeline.verdict(900);
    expect(await pipeline.runs()).toBe(before);
  });

  it('without an alias goes back to the image of the version before, by one update (S4.4)', async () => {
    const pipeline = await startFunction({
      target: {},
      service: { health: { attempts: 2, url: '${env:ADIT_SERVICE_PROD_URL}/' } },
    });
    await pipeline.earnFirst('prod', NAME, 900);
    const { Version } = await pipeline.lambda.send(new PublishVersionCommand({ FunctionName }));
    expect(Version).toBe('2');
    await pipeline.deploy('crashing');
    const { detail } = await pipeline.verdict(900);
    expect(detail).toMatchObject({ verdict: 'rolled-back', running: { id: expect.stringMatching(/:adit:2$/) } });
    const { Versions = [] } = await pipeline.lambda.send(new ListVersionsByFunctionCommand({ FunctionName }));
    expect(Versions.map((version) => version.Version)).toEqual(['$LATEST', '1', '2', '3']);
  });
});
