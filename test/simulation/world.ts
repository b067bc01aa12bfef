import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { BatchGetImageCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { manualClock } from '../../local/clock.ts';
import { createCloud } from '../../local/cloud.ts';
import { createExamples } from '../../local/examples.ts';
import imageFile from '../../local/images.json' with { type: 'json' };
import { type ImageFile, loadImages } from '../../local/images.ts';
import { virtualNetwork } from '../../local/network/virtual-network.ts';
import { ACCOUNT, REGION } from '../../local/service.ts';
import type { Template } from '../../local/stack/template.ts';
import type { Handle } from '../../local/wire/http.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { type Choices, choicesOf } from './choices.ts';
import { type Run, simulatedFunctions } from './functions.ts';
import { PLACES, type Plan, SHARED, SHARING, type Step } from './plan.ts';
import { dispatchingHandler, inProcess } from './sdk.ts';

const BUS = 'switchyard';
const URL = `http://cloud.test/${ACCOUNT}/`;
const QUEUES = ['inbox', 'deploy.fifo', 'verify.fifo', 'rollback.fifo'] as const;
const DEAD = ['inbox-dlq', 'deploy-dlq.fifo', 'verify-dlq.fifo', 'rollback-dlq.fifo'] as const;
const START = Date.parse('2026-03-01T12:00:00Z');
/** The services run, and the plan begins. */
export const BEGIN = START + 5000;

/** What every schedule shares: the packaged stack, and the catalogue as the packaged functions have it. */
export interface Package {
  readonly template: Template;
  readonly folder: string;
  readonly catalogue: Catalogue;
  readonly referenceNames: readonly string[];
}

/** An outcome event, as a subscriber received it. */
export interface Told {
  readonly at: number;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: an event's detail, read as it comes
  readonly detail: any;
}

// biome-ignore lint/suspicious/noExplicitAny: an item of the table, read as it comes
export type Item = Readonly<Record<string, any>>;

/** A request that was put on the bus and taken. */
export interface Asked {
  readonly step: Extract<Step, { readonly request: string }>;
  readonly at: number;
}

/** What is known after a schedule, asked through AWS's API alone. */
export interface Seen {
  readonly plan: Plan;
  readonly told: readonly Told[];
  readonly items: readonly Item[];
  /** Audit records as they were at some moment before the end. */
  readonly earlier: readonly Item[];
  readonly asked: readonly Asked[];
  /** By place: what the service runs, as a digest, with its task definition. */
  readonly running: readonly {
    readonly place: number;
    readonly digest: string | undefined;
    readonly definition: string;
    readonly steady: boolean;
    /** For each task definition that was ever rolled out there: the deployment that it was registered for. */
    readonly rolledOut: readonly string[];
  }[];
  /** What was wrong while it ran. */
  readonly wrong: readonly string[];
  readonly quiet: boolean;
}

export interface Outcome {
  readonly seen: Seen;
  readonly trace: readonly string[];
  readonly choices: Choices;
  /** The calls at which misfortune could have happened, in order, and when (in seconds). */
  readonly points: readonly { readonly point: string; readonly at: number }[];
  readonly calls: number;
}

/** Short clocks: what takes hours otherwise ends within the minutes that are simulated. The services of prod share an alarm. */
const hurried = ({ services }: Catalogue, bakeSeconds: number): Catalogue => ({
  services: services.map((service) => ({
    ...service,
    settings: {
      ...service.settings,
      alarms: [...service.settings.alarms, ...(service.name === SHARING.service ? sharedAlarms(services) : [])],
      bakeSeconds,
      rolloutSeconds: 600,
      rollbackSeconds: 600,
      waitSeconds: 3600,
      rollbackWindowSeconds: 60,
      ...(service.settings.health === undefined ? {} : { health: { ...service.settings.health, attempts: 4 } }),
    },
  })),
});

const sharedAlarms = (services: Catalogue['services']): readonly string[] =>
  services.find(({ name }) => name === SHARED.service)?.settings.alarms ?? [];

const randomFrom = (seed: number) => {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

const SENDING = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: `arn:aws:sqs:${REGION}:${ACCOUNT}:subscriber`,
  },
});

/** Services that are asked about targets. */
const ASKS = ['ecs', 'cloudwatch'];

/** The tag by which a task definition tells for which deployment it was made. */
const MADE_FOR = 'switchyard:deployment';

/** Calls that change a target. */
const CHANGES = ['UpdateService', 'StopServiceDeployment', 'StopTask'];

/** The administrator's clients: people, CI, the alarms' cause, and whoever looks afterwards. One schedule at a time uses them. */
const createDesk = () => {
  const desk: { handle: Handle } = { handle: () => Promise.reject(new Error('no schedule runs')) };
  const access = inProcess(
    dispatchingHandler(() => ({ handle: (request) => desk.handle(request) })),
    'admin',
  );
  const clients = {
    ecs: new ECSClient(access),
    ecr: new ECRClient(access),
    bus: new EventBridgeClient(access),
    sqs: new SQSClient(access),
    dynamodb: new DynamoDBClient(access),
    cloudwatch: new CloudWatchClient(access),
  };
  return Object.assign(desk, { access, clients });
};

const desk = createDesk();

/** Runs one schedule from its beginning until nothing is left to do. */
export const simulate = async (
  pack: Package,
  plan: Plan,
  choices: Choices = choicesOf(plan.seed, plan.rates),
): Promise<Outcome> => {
  const clock = manualClock(START);
  const network = virtualNetwork(clock);
  const trace: string[] = [];
  const wrong: string[] = [];
  const points: { readonly point: string; readonly at: number }[] = [];
  const time = () => (clock.now() - BEGIN) / 1000;
  const tell = (line: string) => void trace.push(`${time().toFixed(3)} ${line}`);
  const replaced = { generation: 0 };
  const bundles = [hurried(pack.catalogue, 10), hurried(pack.catalogue, 0)] as const;
  const references: Record<string, string> = {};
  for (const { settings } of pack.catalogue.services) {
    const [, name = ''] = /\$\{env:([A-Z_]+)\}/.exec(settings.health?.url ?? '') ?? [];
    references[name] = await network.address(String(settings.target['cluster']), String(settings.target['service']));
  }
  let calls = 0;
  const functions = simulatedFunctions({
    clock,
    network,
    plan,
    choices,
    bundle: () => ({ catalogue: bundles[replaced.generation % 2] ?? bundles[0], generation: replaced.generation }),
    references,
    referenceNames: pack.referenceNames,
    handle: (request) => cloud.handle(request),
    overtaken: (event) => isOvertaken(event),
    time,
    tell,
    passes: (point) => void points.push({ point, at: time() }),
    tooMany: () => calls > MOST_CALLS,
    async arriving(run, service, action, input) {
      calls += 1;
      if (calls === MOST_CALLS)
        wrong.push(`I9: the functions made ${MOST_CALLS} calls, at last ${run.name} ${service}:${action} at ${time()} s`);
      if (service === 'ecs' && CHANGES.includes(action)) await requireLease(run, action, input);
      if (run.overtaken && ASKS.includes(service))
        wrong.push(`I9: ${run.name} called ${service}:${action} at ${time()} s, for a wake that was overtaken`);
    },
  });
  const events: Record<string, number> = {};
  const cloud = await createCloud({
    clock,
    random: randomFrom(plan.seed),
    images: IMAGES,
    network,
    load: functions.load,
    log: () => undefined,
    faults: {
      arrivals({ source, detailType, target }) {
        if (time() >= plan.healed || time() < 0) return [0];
        const name = `${detailType} > ${target.slice(target.lastIndexOf(':') + 1)}`;
        events[name] = (events[name] ?? 0) + 1;
        const point = `event ${name} ${events[name]}`;
        const arrivals = choices.arrivals(point, source);
        if (arrivals.length !== 1 || arrivals[0] !== 0) tell(`${point}: arrives ${JSON.stringify(arrivals)}`);
        return arrivals;
      },
    },
  });
  desk.handle = (request) => cloud.handle(request);
  const { ecs, ecr, bus, sqs, dynamodb, cloudwatch } = desk.clients;

  /** I2: a function changes a target only while it holds the service's lease, and only for the deployment that has the service. */
  const requireLease = async (run: Run, action: string, input: string): Promise<void> => {
    const { service, taskDefinition } = JSON.parse(input) as { readonly service?: string; readonly taskDefinition?: string };
    const place = PLACES.find((one) => service?.split('/').at(-1) === one.service);
    if (place === undefined) return;
    const Key = { pk: { S: `service#${place.environment}#${place.service}` }, sk: { S: 'state' } };
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: BUS, Key, ConsistentRead: true }));
    const { lease, active } = Item === undefined ? ({} as Item) : unmarshall(Item);
    if (lease?.by !== run.requestId)
      wrong.push(`I2: ${run.name} called ${action} at ${time()} s, and the lease of ${service} is ${JSON.stringify(lease)}`);
    if (active === undefined)
      wrong.push(`I2: ${run.name} called ${action} at ${time()} s, and ${service} has no active deployment`);
    if (!run.name.startsWith('deploy') || taskDefinition === undefined) return;
    const { tags = [] } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }));
    const made = tags.find(({ key }) => key === MADE_FOR)?.value;
    if (made !== active)
      wrong.push(`I2: ${run.name} started ${made} at ${time()} s, and it is ${active} that is active in ${service}`);
  };

  const placeOf = (place: number) => {
    const found = PLACES[place];
    if (found === undefined) throw new Error(`there is no place ${place}`);
    return found;
  };

  /** I9: a wake carries a number, and does nothing once the deployment has another. */
  const isOvertaken = async (event: unknown): Promise<boolean> => {
    const { Records: [record, ...others] = [] } = event as { readonly Records?: readonly { readonly body: string }[] };
    if (record === undefined || others.length > 0 || !record.body.startsWith('{"wake"')) return false;
    const { wake } = JSON.parse(record.body) as { readonly wake?: { readonly deployment?: string; readonly number?: number } };
    if (wake?.deployment === undefined || wake.number === undefined) return false;
    const Key = { pk: { S: `deployment#${wake.deployment}` }, sk: { S: 'state' } };
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: BUS, Key, ConsistentRead: true }));
    return Item !== undefined && unmarshall(Item)['wakeNumber'] > wake.number;
  };

  await cloud.createStack({ name: BUS, template: pack.template, folder: pack.folder, host: 'cloud.test' });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'subscriber', Attributes: { Policy: SENDING } }));
  await bus.send(new PutRuleCommand({ Name: 'all', EventBusName: BUS, EventPattern: JSON.stringify({ source: [BUS] }) }));
  const Targets = [{ Id: 'q', Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:subscriber` }];
  await bus.send(new PutTargetsCommand({ Rule: 'all', EventBusName: BUS, Targets }));
  const acting = plan.steps.flatMap((step) => ('place' in step ? [step.place] : []));
  // Whose alarm is shared is there too: a deployment asks for every alarm that its catalogue names.
  const places = [...new Set(acting.includes(PLACES.indexOf(SHARING)) ? [...acting, PLACES.indexOf(SHARED)] : acting)];
  const names: readonly (string | undefined)[] = places.map((place) => PLACES[place]?.service);
  await createExamples(desk.access, { services: pack.catalogue.services.filter(({ name }) => names.includes(name)) });
  for (const place of places.map(placeOf).filter(({ balanced }) => !balanced))
    await ecs.send(new UpdateServiceCommand({ cluster: place.cluster, service: place.service, loadBalancers: [] }));
  await clock.advance(BEGIN - clock.now());

  const told: Told[] = [];
  const receive = async (): Promise<void> => {
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return;
      for (const { Body = '' } of Messages) {
        const event = JSON.parse(Body);
        told.push({ at: clock.now(), type: event['detail-type'], detail: event.detail });
        tell(
          `told ${event['detail-type']} ${event.detail.service} ${event.detail.deployment} ${event.detail.reason?.code ?? ''}`,
        );
      }
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
  const scan = async (): Promise<readonly Item[]> => {
    const items: Item[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const page = await dynamodb.send(
        new ScanCommand({
          TableName: BUS,
          ConsistentRead: true,
          ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
        }),
      );
      items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return items;
  };

  const asked: Asked[] = [];
  const put = async (type: string, detail: object, Time: Date): Promise<void> => {
    const entry = { EventBusName: BUS, Source: 'ci', DetailType: type, Detail: JSON.stringify(detail), Time };
    await bus.send(new PutEventsCommand({ Entries: [entry] }));
  };
  const redrive = async (): Promise<void> => {
    for (const name of DEAD)
      await sqs
        .send(new StartMessageMoveTaskCommand({ SourceArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:switchyard-${name}` }))
        .catch(() => undefined);
  };
  const perform = async (step: Step): Promise<void> => {
    tell(`does ${JSON.stringify(step)}`);
    const now = new Date(clock.now());
    switch (step.do) {
      case 'deploy': {
        const { environment, service, repository } = placeOf(step.place);
        const insisting = step.force ? { force: true, reason: 'simulated' } : {};
        const image = `${repository}:${step.tag}`;
        const detail = { environment, service, image, requestId: step.request, ...insisting };
        const at = new Date(clock.now() - step.age * 1000);
        for (let time = 0; time < step.times; time += 1) await put('DeployRequested', detail, at);
        asked.push({ step, at: at.getTime() });
        return;
      }
      case 'wrong-name': {
        const { environment } = placeOf(step.place);
        await put('DeployRequested', { environment, service: 'nobody', image: 'x:y', requestId: step.request }, now);
        asked.push({ step, at: now.getTime() });
        return;
      }
      case 'rollback': {
        const { environment, service } = placeOf(step.place);
        const detail = { environment, service, reason: 'simulated', requestId: step.request };
        for (let time = 0; time < step.times; time += 1) await put('RollbackRequested', detail, now);
        asked.push({ step, at: now.getTime() });
        return;
      }
      case 'cancel': {
        // The table knows a request as soon as it was accepted, before any event tells of it.
        const known = (await scan()).find((item) => item['sk'] === 'state' && item['asked']?.requestId === step.request);
        if (known === undefined) return;
        const { environment, service, id: deployment } = known;
        await put('DeploymentCancelRequested', { environment, service, deployment, reason: 'simulated' }, now);
        return;
      }
      case 'alarm': {
        const AlarmName = `${placeOf(step.place).service}-5xx`;
        await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: step.state, StateReason: 'simulated' }));
        return;
      }
      case 'by-hand':
        return byHand(step);
      case 'move-tag': {
        const { repository: repositoryName } = placeOf(step.place);
        const imageIds = [{ imageTag: step.tag }];
        const { images: [image] = [] } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds }));
        await ecr.send(new PutImageCommand({ repositoryName, imageManifest: image?.imageManifest, imageTag: 'moving' }));
        return;
      }
      case 'garbage':
        await sqs.send(new SendMessageCommand({ QueueUrl: `${URL}switchyard-inbox`, MessageBody: step.what }));
        return;
      case 'redrive':
        return redrive();
      case 'replace-functions':
        replaced.generation += 1;
    }
  };
  const byHand = async ({ place, tag }: Extract<Step, { readonly do: 'by-hand' }>): Promise<void> => {
    const { cluster, service, repository } = placeOf(place);
    const { services: [found] = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: found?.taskDefinition }));
    const {
      family,
      containerDefinitions = [],
      networkMode,
      requiresCompatibilities,
      cpu,
      memory,
      executionRoleArn,
      taskRoleArn,
    } = taskDefinition ?? {};
    const image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${repository}:${tag}`;
    const same = { family, networkMode, requiresCompatibilities, cpu, memory, executionRoleArn, taskRoleArn };
    const changed = { ...same, containerDefinitions: containerDefinitions.map((one) => ({ ...one, image })) };
    const registered = await ecs.send(new RegisterTaskDefinitionCommand(changed));
    await ecs.send(new UpdateServiceCommand({ cluster, service, taskDefinition: registered.taskDefinition?.taskDefinitionArn }));
  };

  /** By what ECS itself remembers of a service's deployments. */
  const rolledOutTo = async (cluster: string, service: string): Promise<readonly string[]> => {
    const { serviceDeployments: listed = [] } = await ecs.send(new ListServiceDeploymentsCommand({ cluster, service }));
    const serviceDeploymentArns = listed.flatMap(({ serviceDeploymentArn = '' }) => serviceDeploymentArn).slice(0, 20);
    const { serviceDeployments = [] } = await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }));
    const serviceRevisionArns = serviceDeployments.flatMap(({ targetServiceRevision }) => targetServiceRevision?.arn ?? []);
    const { serviceRevisions = [] } = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
    const definitions = new Set(serviceRevisions.map(({ taskDefinition = '' }) => taskDefinition));
    const ids: string[] = [];
    for (const taskDefinition of definitions) {
      const { tags = [] } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }));
      ids.push(...tags.flatMap(({ key, value = '' }) => (key === MADE_FOR ? [value] : [])));
    }
    return ids;
  };

  const isQuiet = async (): Promise<boolean> => {
    for (const name of QUEUES) {
      const AttributeNames = [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ] as const;
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: `${URL}switchyard-${name}`, AttributeNames: [...AttributeNames] }),
      );
      if (Object.values(Attributes).some((count) => count !== '0')) return false;
    }
    return (await scan()).every((item) => item['dueAt'] === undefined);
  };

  let earlier: readonly Item[] = [];
  for (const step of plan.steps) {
    await clock.advance(Math.max(0, BEGIN + step.at * 1000 - clock.now()));
    await perform(step);
  }
  await clock.advance(Math.max(0, BEGIN + plan.healed * 1000 - clock.now()));
  earlier = (await scan()).filter(({ sk }) => String(sk).startsWith('audit#'));
  await receive();
  await clock.advance(1000);
  let quiet = false;
  for (let minute = 0; minute < MOST_MINUTES && !quiet; minute += 2) {
    // What has died for the last time a moment ago comes to the dead letters only when it is received once more.
    await redrive();
    await clock.advance(120_000);
    await receive();
    quiet = await isQuiet();
  }
  const running = await Promise.all(
    places.map(async (place) => {
      const { cluster, service } = placeOf(place);
      const { services: [found] = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
      const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: found?.taskDefinition }));
      const image = taskDefinition?.containerDefinitions?.[0]?.image;
      return {
        place,
        digest: image?.split('@')[1],
        definition: found?.taskDefinition ?? '',
        steady: found?.deployments?.length === 1 && found.deployments[0]?.rolloutState === 'COMPLETED',
        rolledOut: await rolledOutTo(cluster, service),
      };
    }),
  );
  const items = await scan();
  await cloud.stop();
  functions.release();
  return { seen: { plan, told, items, earlier, asked, running, wrong, quiet }, trace, choices, points, calls };
};

/** Beside the examples: images that fall ill after the target found them good, before the bake is over; and a tag that is moved. */
const IMAGES = loadImages(
  Object.fromEntries(
    Object.entries(imageFile as ImageFile).map(([repository, images]) => [
      repository,
      [
        ...images.map((image) => (image.tags.includes('good') ? { ...image, tags: [...image.tags, 'moving'] } : image)),
        { tags: ['sick'], labels: { 'switchyard.local.fails-after-seconds': '2.6' } },
        { tags: ['fragile'], labels: { 'switchyard.local.exit-code': '1', 'switchyard.local.exit-after-seconds': '9' } },
      ],
    ]),
  ),
);

/** Ten times what the busiest schedules take. */
const MOST_CALLS = 20_000;

/** Every clock of a deployment and its rollback, with room for what waits behind others. */
const MOST_MINUTES = 120;
