import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import {
  DeleteRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { createImages, toCloud } from '../../local/example-images.ts';
import { partsOf } from '../../shared/deployment/parts.ts';
import { type PipelineOptions, startPipeline } from './pipeline.ts';
import { catalogueWith } from './promoting.ts';

const NAME = 'adit-service-prod';
const CLUSTER = 'adit-prod';
const OTHER = '210987654321';
const ROLE = `arn:aws:iam::${OTHER}:role/deploys/prod`;

const HOME = { account: '123456789012', region: 'eu-west-1' };
const VIRGINIA = { account: OTHER, region: 'us-east-1' };
const MUMBAI = { account: OTHER, region: 'ap-south-1' };
const PLACES = { home: HOME, virginia: VIRGINIA, mumbai: MUMBAI } as const;
type Name = keyof typeof PLACES;

/** The service of S1 in three places: at home first, then in two regions of another account. */
const catalogue = catalogueWith((source) => {
  delete source['promotions'];
  const { prod } = source['environments'] as { prod: Record<string, unknown> & { services: Record<string, object> } };
  prod['sites'] = {
    home: { region: 'eu-west-1', wave: 1 },
    virginia: { region: 'us-east-1', wave: 2, role: ROLE },
    mumbai: { region: 'ap-south-1', wave: 2, role: ROLE },
  };
  prod.services = {
    [NAME]: {
      target: {
        kind: 'ecs-rolling',
        cluster: CLUSTER,
        container: 'adit-service',
        passRoles: [`arn:aws:iam::\${account}:role/${CLUSTER}-task`, `arn:aws:iam::\${account}:role/${CLUSTER}-execution`],
      },
      health: { url: '${env:ADIT_${site}_URL}/health' },
      alarms: ['adit-5xx'],
      bakeSeconds: 10,
      rolloutSeconds: 600,
    },
  };
});

const start = async (options: PipelineOptions = {}) => {
  const pipeline = await startPipeline({ catalogue, services: [NAME], ...options });
  const clients = {
    home: new ECSClient(pipeline.accessTo(HOME)),
    virginia: new ECSClient(pipeline.accessTo(VIRGINIA)),
    mumbai: new ECSClient(pipeline.accessTo(MUMBAI)),
  };
  const ecsIn = (name: Name) => clients[name];
  const runsIn = async (name: Name): Promise<string> => {
    const ecs = ecsIn(name);
    const { services: [service] = [] } = await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [NAME] }));
    return service?.taskDefinition ?? '';
  };
  const digestIn = async (name: Name): Promise<string> => {
    const { taskDefinition } = await ecsIn(name).send(new DescribeTaskDefinitionCommand({ taskDefinition: await runsIn(name) }));
    return taskDefinition?.containerDefinitions?.[0]?.image?.split('@')[1] ?? '';
  };
  return {
    ...pipeline,
    ecsIn,
    runsIn,
    digestIn,
    digests: async () => ({
      home: await digestIn('home'),
      virginia: await digestIn('virginia'),
      mumbai: await digestIn('mumbai'),
    }),
    setAlarmIn: (name: Name, StateValue: 'OK' | 'ALARM') =>
      new CloudWatchClient(pipeline.accessTo(PLACES[name])).send(
        new SetAlarmStateCommand({ AlarmName: 'adit-5xx', StateValue, StateReason: 'the test says so' }),
      ),
    /** The first verified revision is earned. */
    earn: async () => {
      await pipeline.deploy('prod', 'prod:good', NAME);
      const { type, detail } = await pipeline.verdict(600);
      if (type !== 'DeploymentSucceeded') throw new Error(JSON.stringify(detail.reason));
    },
  };
};

const everywhere = (digest: string | undefined) => ({ home: digest, virginia: digest, mumbai: digest });

describe('an environment in several accounts and regions (S4.9, S5.3)', () => {
  it('gets a good image in waves, each verified before the next, and one verdict', async () => {
    const pipeline = await start();
    await pipeline.deploy('prod', 'prod:good', NAME);
    const { type, detail } = await pipeline.verdict(600);
    expect(type).toBe('DeploymentSucceeded');
    expect(detail).toMatchObject({ changed: true, verified: true, reason: { code: 'verified' } });
    expect([...partsOf((detail['running'] as { id: string }).id)]).toEqual([
      ['home', await pipeline.runsIn('home')],
      ['virginia', await pipeline.runsIn('virginia')],
      ['mumbai', await pipeline.runsIn('mumbai')],
    ]);
    expect(await pipeline.runsIn('virginia')).toMatch(/^arn:aws:ecs:us-east-1:210987654321:task-definition\//);
    expect(await pipeline.digests()).toEqual(everywhere(await pipeline.digestOf('prod', 'good')));
    const phases = pipeline.told.flatMap(({ detail: { phase, message } }) => (phase === 'wave' ? [message] : []));
    expect(phases).toEqual(['home: verified; next: virginia, mumbai']);
    expect(pipeline.typesOf(detail.deployment).filter((one) => one === 'DeploymentStarted')).toHaveLength(1);
  });

  it('is reached in the role of each account alone, in sessions of the deployment', async () => {
    const pipeline = await start();
    await pipeline.deploy('prod', 'prod:good', NAME);
    const { detail } = await pipeline.verdict(600);
    const calls = pipeline.trail.filter(({ action, resource }) => action.startsWith('ecs:') && resource.includes(`:${OTHER}:`));
    const pipelines = calls.filter(({ principal }) => !principal.endsWith(':user/local') && !principal.endsWith(':root'));
    expect(pipelines.length).toBeGreaterThan(0);
    expect(new Set(pipelines.map(({ principal }) => principal))).toEqual(
      new Set([`arn:aws:sts::${OTHER}:assumed-role/prod/switchyard-${detail.deployment}`]),
    );
  });

  it('that fails in the first wave leaves the others untouched', async () => {
    const pipeline = await start();
    await pipeline.earn();
    const before = [await pipeline.runsIn('home'), await pipeline.runsIn('virginia'), await pipeline.runsIn('mumbai')];
    await pipeline.deploy('prod', 'prod:crashing', NAME);
    const { type, detail } = await pipeline.verdict(600);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail.reason?.message).toContain('home: ');
    expect([await pipeline.runsIn('home'), await pipeline.runsIn('virginia'), await pipeline.runsIn('mumbai')]).toEqual(before);
    expect(pipeline.told.filter(({ detail: { phase } }) => phase === 'wave')).toHaveLength(1);
  });

  it('that an alarm of a later wave stops is undone everywhere', async () => {
    const pipeline = await start();
    await pipeline.earn();
    await pipeline.deploy('prod', 'prod:better', NAME);
    await pipeline.until(({ detail: { phase, asked } }) => phase === 'wave' && asked?.['image'] === 'prod:better', 600);
    const better = await pipeline.digestOf('prod', 'better');
    await pipeline.until(({ type, detail }) => type === 'VerificationStarted' && Number(detail['sequence']) > 6, 600);
    expect((await pipeline.digests()).home).toBe(better);
    await pipeline.setAlarmIn('mumbai', 'ALARM');
    const { type, detail } = await pipeline.verdict(900);
    expect([type, detail.reason?.code]).toEqual(['DeploymentRolledBack', 'alarm']);
    expect(await pipeline.digests()).toEqual(everywhere(await pipeline.digestOf('prod', 'good')));
  });

  it('that rings in the window after success is undone everywhere', async () => {
    const pipeline = await start();
    await pipeline.earn();
    await pipeline.deploy('prod', 'prod:better', NAME);
    expect((await pipeline.verdict(600)).type).toBe('DeploymentSucceeded');
    await pipeline.setAlarmIn('virginia', 'ALARM');
    const { type } = await pipeline.verdict(900);
    expect(type).toBe('RollbackSucceeded');
    expect(await pipeline.digests()).toEqual(everywhere(await pipeline.digestOf('prod', 'good')));
  });

  it('goes back by hand, everywhere', async () => {
    const pipeline = await start();
    await pipeline.earn();
    await pipeline.deploy('prod', 'prod:better', NAME);
    expect((await pipeline.verdict(600)).type).toBe('DeploymentSucceeded');
    await pipeline.put('RollbackRequested', { environment: 'prod', service: NAME, reason: 'it is slow' });
    expect((await pipeline.verdict(600)).type).toBe('RollbackSucceeded');
    expect(await pipeline.digests()).toEqual(everywhere(await pipeline.digestOf('prod', 'good')));
  });

  it('without the forwarding rules ends all the same, later', async () => {
    const pipeline = await start();
    for (const place of [VIRGINIA, MUMBAI]) {
      const events = new EventBridgeClient(pipeline.accessTo(place));
      const { Rules = [] } = await events.send(new ListRulesCommand({}));
      for (const { Name } of Rules) {
        await events.send(new RemoveTargetsCommand({ Rule: Name, Ids: ['pipeline'] }));
        await events.send(new DeleteRuleCommand({ Name }));
      }
    }
    await pipeline.deploy('prod', 'prod:good', NAME);
    expect((await pipeline.verdict(1200)).type).toBe('DeploymentSucceeded');
  });
});

describe('bad days of several sites', () => {
  it('a role that may not be taken on changes nothing, and is named', async () => {
    const pipeline = await start({
      accounts: (template) => {
        const changed = structuredClone(template);
        const role = changed.Resources['Role'];
        if (role !== undefined)
          role.Properties.AssumeRolePolicyDocument.Statement[0].Condition.ArnLike['aws:PrincipalArn'] = [
            'arn:aws:iam::123456789012:role/others-*',
          ];
        return changed;
      },
    });
    pipeline.expected.refusals = true;
    const before = await pipeline.digests();
    await pipeline.deploy('prod', 'prod:good', NAME);
    const { type, detail } = await pipeline.verdict(600);
    expect(type).toBe('DeploymentFailed');
    expect(detail).toMatchObject({ changed: false, reason: { code: 'role-denied', message: expect.stringContaining(ROLE) } });
    expect(await pipeline.digests()).toEqual(before);
  });

  it('one region away in the second wave: the first goes back, and the reason names the region', async () => {
    const pipeline = await start();
    await pipeline.earn();
    await pipeline.deploy('prod', 'prod:better', NAME);
    await pipeline.until(({ detail: { phase, asked } }) => phase === 'wave' && asked?.['image'] === 'prod:better', 600);
    let away = true;
    pipeline.faults.call = (_, { region }) =>
      away && region === 'us-east-1' ? Promise.reject(new Error('connect ETIMEDOUT')) : undefined;
    const good = await pipeline.digestOf('prod', 'good');
    for (let minutes = 0; minutes < 90 && (await pipeline.digestIn('home')) !== good; minutes += 1) await pipeline.pass(60);
    expect(await pipeline.digestIn('home')).toBe(good);
    away = false;
    const { type, detail } = await pipeline.verdict(3600);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail.reason).toMatchObject({ code: 'deadline', message: expect.stringContaining('virginia: ') });
    expect(await pipeline.digests()).toEqual(everywhere(await pipeline.digestOf('prod', 'good')));
  });

  it("somebody else's change in one site is left, and the others go back", async () => {
    const pipeline = await start();
    await pipeline.earn();
    await pipeline.deploy('prod', 'prod:better', NAME);
    await pipeline.until(({ detail: { phase, asked } }) => phase === 'wave' && asked?.['image'] === 'prod:better', 600);
    await pipeline.until(({ type, detail }) => type === 'VerificationStarted' && Number(detail['sequence']) > 6, 600);
    const ecs = pipeline.ecsIn('mumbai');
    const { taskDefinition } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: await pipeline.runsIn('mumbai') }),
    );
    const { family, containerDefinitions, executionRoleArn, networkMode, requiresCompatibilities } = taskDefinition ?? {};
    const hand = {
      family,
      containerDefinitions,
      executionRoleArn,
      networkMode,
      requiresCompatibilities,
      cpu: '256',
      memory: '512',
    };
    const { taskDefinition: theirs } = await ecs.send(new RegisterTaskDefinitionCommand(hand));
    const others = theirs?.taskDefinitionArn;
    await ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: NAME, taskDefinition: others }));
    const { type, detail } = await pipeline.verdict(1200);
    expect(type).toBe('DeploymentFailed');
    expect(detail.reason).toMatchObject({ code: 'taken-over', message: expect.stringContaining('mumbai: ') });
    expect((await pipeline.digests()).virginia).toBe(await pipeline.digestOf('prod', 'good'));
    expect((await pipeline.digests()).home).toBe(await pipeline.digestOf('prod', 'good'));
    expect(await pipeline.runsIn('mumbai')).toBe(others);
  });
});

describe('another account', () => {
  it('asks for nothing, and may not say what AWS says', async () => {
    const pipeline = await start();
    pipeline.expected.refusals = true;
    const events = new EventBridgeClient(pipeline.accessTo({ account: OTHER, region: HOME.region }));
    const EventBusName = `arn:aws:events:${HOME.region}:${HOME.account}:event-bus/switchyard`;
    const Detail = JSON.stringify({ environment: 'prod', image: 'prod:good', service: NAME });
    const put = (Source: string, DetailType: string) =>
      events.send(new PutEventsCommand({ Entries: [{ EventBusName, Source, DetailType, Detail }] })).then(
        ({ FailedEntryCount, Entries: [entry] = [] }) => [FailedEntryCount, entry?.ErrorCode],
        (error: Error) => [1, error.name],
      );
    expect(await put('ci', 'DeployRequested')).toEqual([1, expect.stringMatching(/AccessDenied/)]);
    expect(await put('switchyard', 'DeployRequested')).toEqual([1, expect.stringMatching(/AccessDenied/)]);
    expect(await put('aws.ecs', 'ECS Deployment State Change')).toEqual([1, 'NotAuthorizedForSourceException']);
    await pipeline.pass(60);
    expect(pipeline.told).toEqual([]);
  });

  it("is heard of its own things alone: what it tells of another's does not count", async () => {
    const pipeline = await start();
    const home = await pipeline.runsIn('home');
    const foreign = {
      source: 'aws.ecs',
      account: OTHER,
      region: HOME.region,
      resources: [`arn:aws:ecs:eu-west-1:123456789012:service/${CLUSTER}/${NAME}`],
    };
    const body = {
      version: '0',
      id: 'e-1',
      'detail-type': 'ECS Deployment State Change',
      time: '2026-03-01T12:00:10Z',
      detail: {
        eventType: 'INFO',
        eventName: 'SERVICE_DEPLOYMENT_COMPLETED',
        deploymentId: 'ecs-svc/1',
        updatedAt: '',
        reason: '',
      },
      ...foreign,
    };
    const { QueueUrl } = await pipeline.sqs.send(new GetQueueUrlCommand({ QueueName: 'switchyard-inbox' }));
    await pipeline.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
    await pipeline.pass(5);
    expect(pipeline.log.filter((line) => line.includes('nobody here is concerned'))).toHaveLength(1);
    await pipeline.sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ ...body, id: 'e-2', account: '123456789012' }) }),
    );
    await pipeline.pass(5);
    expect(pipeline.log.filter((line) => line.includes('nobody here is concerned'))).toHaveLength(1);
    expect(await pipeline.runsIn('home')).toBe(home);
  });

  it('tells of pushes to a registry that images are promoted from', async () => {
    const from = {
      registry: `${OTHER}.dkr.ecr.eu-west-1.amazonaws.com`,
      repository: 'builds',
      role: `arn:aws:iam::${OTHER}:role/pulls`,
    };
    const promoting = catalogueWith((source) => {
      source['promotions'] = { theirs: { from, to: { environment: 'prod', repository: 'prod' }, tags: 'v*' } };
    });
    const pipeline = await startPipeline({ catalogue: promoting, services: [] });
    pipeline.expected.refusals = true;
    const builds = [{ tags: ['v1.0.0'] }, { tags: ['latest'] }];
    await createImages(pipeline.accessTo({ account: OTHER, region: HOME.region }), toCloud(pipeline.handle), { builds });
    await pipeline.pass(5);
    const sent = pipeline.log.filter((line) => line.includes('sent an event on') && line.includes('ECR Image Action'));
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('"to":"promote"');
  });
});
