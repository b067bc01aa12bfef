import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetImageCommand, DescribeImagesCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type Service,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, inject } from 'vitest';
import { targetAccount } from '../../infrastructure/target-account/template.ts';
import { type ManualClock, manualClock } from '../../local/clock.ts';
import { createCloud } from '../../local/cloud.ts';
import type { Journal } from '../../local/data/journal.ts';
import { createImages, toCloud } from '../../local/example-images.ts';
import { accessTo, addressesOf, createExamples } from '../../local/examples.ts';
import type { Intercept } from '../../local/faults.ts';
import type { TrailRecord } from '../../local/iam/authorizer.ts';
import imageFile from '../../local/images.json' with { type: 'json' };
import type { ImageFile } from '../../local/images.ts';
import { locateHandler } from '../../local/lambda/code.ts';
import type { FunctionConfiguration } from '../../local/lambda/configuration.ts';
import { accessKeyOf } from '../../local/lambda/identity.ts';
import { type Handler, inProcessLoader } from '../../local/lambda/in-process-loader.ts';
import { type VirtualNetwork, virtualNetwork } from '../../local/network/virtual-network.ts';
import { templateIn } from '../../local/packaging.ts';
import type { Place } from '../../local/place.ts';
import type { Host } from '../../local/ports.ts';
import { randomFrom } from '../../local/random.ts';
import { createRequestHandler } from '../../local/request-handler.ts';
import type { Mail } from '../../local/sns/store.ts';
import { parseTemplate } from '../../local/stack/template.ts';
import type { Handle, LocalResponse } from '../../local/wire/http.ts';
import { operatorFor } from '../../scripts/stack/operator.ts';
import { rolesFor } from '../../scripts/stack/roles.ts';
import { placesOf, rulesFor, HERE as TOKENS } from '../../scripts/stack/rules.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { formatProblems, readCatalogue } from '../../shared/catalogue/load.ts';
import { referencesOf, resolveCatalogue } from '../../shared/catalogue/resolve.ts';
import { readSettings } from '../../shared/environment.ts';
import type { Runtime } from '../../shared/runtime.ts';
import { fetchIn } from '../in-process/fetch.ts';
import { createHandler, pauseOf, shortName, timeoutOf } from '../in-process/functions.ts';
import { LOOKED_UP } from '../in-process/sdk.ts';
import { type Module, terraformBuilds } from '../in-process/terraform-builds.ts';
import { mayBeSentTo } from './may-be-sent-to.ts';
import { notifiersOf } from './notifiers.ts';
import { schemaProblem } from './schemas.ts';

export const COMMIT = '4f9c2d1e8b7a6053c4d5e6f708192a3b4c5d6e7f';

const HERE = { account: '123456789012', region: 'eu-west-1' };
const BUS = 'switchyard';

/** An outcome event, as a subscriber of the bus receives it. */
export interface Told {
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>> & {
    readonly deployment: string;
    readonly environment: string;
    readonly service: string;
    readonly asked?: Readonly<Record<string, unknown>>;
    readonly reason?: { readonly code: string; readonly message: string };
  };
}

/** One call of a function to AWS: `ecs:UpdateService`. */
export interface Call {
  readonly action: string;
  /** `deploy`, `verify`… */
  readonly function: string;
  readonly body: string;
}

/** What is done to the functions' calls: dropped before they arrive, or crashed around them. */
export interface Faults {
  /** The message that is sent, or the event that is put, is lost on its way. */
  lose?: (call: Call) => boolean;
  /** Whatever else is to happen to a call of a function; the service's name is `function`. */
  call?: (
    call: Call,
    intercepted: Parameters<Intercept>[0],
    next: Parameters<Intercept>[1],
  ) => Promise<LocalResponse> | undefined;
  /** The call takes effect twice. */
  double?: (call: Call) => boolean;
  /** A crash is an error that the function lives to report, instead of its death. */
  failSoftly?: boolean;
  /** `before`: the function dies and the call never arrives; `after`: it takes effect, and then the function dies. */
  crash?: (call: Call) => 'before' | 'after' | undefined;
  /** The message of an invocation that crashed does not come back. */
  loseMessageOfCrash?: boolean;
}

/** The catalogue of the tests is the project's own. */
const readSource = (text = readFileSync(new URL('../../switchyard.yml', import.meta.url), 'utf8')) => {
  const read = readCatalogue(text);
  if ('problems' in read) throw new Error(formatProblems('switchyard.yml', read.problems));
  return read.source;
};

/** The functions died: every later call of the same invocation fails too. */
class CrashError extends Error {
  override readonly name = 'CrashError';
}

/** SQS's answer to a message that it then loses; the SDK checks the digest of the body. */
const lost = (input: string): LocalResponse => {
  const MD5OfMessageBody = createHash('md5')
    .update(String(JSON.parse(input).MessageBody))
    .digest('hex');
  const body = JSON.stringify({ MessageId: '00000000-0000-4000-8000-000000000000', MD5OfMessageBody });
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body };
};

/** A function of the team's own, from its zip archive. The clock waits for it, since its module is read from a file, also where it answers an address. */
const userHandler = async (clock: ManualClock, { code, handler }: FunctionConfiguration): Promise<Handler> => {
  const { file, exported } = await locateHandler(code, handler);
  const own: Handler = (await import(pathToFileURL(file).href))[exported];
  return (event, context) => clock.track(Promise.resolve(own(event, context)));
};

const START = Date.parse('2026-03-01T12:00:00Z');

export interface PipelineOptions {
  /** The machines that Systems Manager manages. */
  readonly hosts?: (clock: ManualClock, network: VirtualNetwork) => readonly Host[];
  /** Where everything is kept, and what was kept there is found again. */
  readonly data?: Journal;
  /** When it begins, in milliseconds since the epoch. */
  readonly start?: number;
  /** Text of another catalogue than the project's: the functions, their roles and the examples are its. */
  readonly catalogue?: string;
  /** Of the catalogue; all of them unless told otherwise. */
  readonly services?: readonly string[];
  /** What is changed in the packaged template before the stack is created. */
  readonly packaged?: (template: PackagedTemplate) => PackagedTemplate;
  /** What is changed in what another account or region is given (`npm run target-account`). */
  readonly accounts?: (template: PackagedTemplate, place: Place) => PackagedTemplate;
  /** What is changed in the catalogue that the functions have, after the services were made by the project's. */
  readonly mistaken?: (catalogue: Catalogue) => Catalogue;
  /** What Terraform does in the builds of a project. */
  readonly module?: Module;
  /** Registries beside the cloud's own, by host. */
  readonly elsewhere?: { readonly fetch: typeof globalThis.fetch };
  /** Where e-mail arrives too. */
  readonly post?: (mail: Mail) => void;
  /** What others listen to, by host: receivers of what the pipeline tells. */
  readonly receivers?: (clock: ManualClock) => Readonly<Record<string, typeof globalThis.fetch>>;
}

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties are read as they come
export type PackagedTemplate = { readonly Resources: Readonly<Record<string, { Type: string; Properties: any }>> };

/**
 * The whole pipeline in this process, with a clock that the test moves: the real handlers on the local cloud, created from the
 * packaged template. Everything is asked through AWS's API; verdicts are read from a queue that is subscribed to the bus.
 */
export const startPipeline = async ({
  services,
  packaged = (template) => template,
  mistaken = (right) => right,
  accounts = (template) => template,
  data,
  elsewhere,
  hosts,
  start = START,
  catalogue: text,
  receivers = () => ({}),
  post = () => undefined,
  module,
}: PipelineOptions = {}) => {
  const clock = manualClock(start);
  const network = virtualNetwork(clock);
  const source = readSource(text);
  const all = resolveCatalogue(source, HERE);
  const catalogue: Catalogue =
    services === undefined ? all : { ...all, services: all.services.filter(({ name }) => services.includes(name)) };
  const calls: string[] = [];
  const faults: Faults = {};
  const log: string[] = [];
  const trail: TrailRecord[] = [];
  const references = await addressesOf(network, all);

  const interceptFor =
    (name: string, crashed: { now: boolean }): Intercept =>
    async (intercepted, next) => {
      const { service, action, input } = intercepted;
      const call: Call = { action: `${service}:${action}`, function: name, body: input };
      if (crashed.now) throw new CrashError('this invocation has crashed');
      calls.push(call.action);
      if (faults.lose?.(call) === true) return lost(input);
      const answered = faults.call?.(call, intercepted, next);
      if (answered !== undefined) return answered;
      if (faults.double?.(call) === true) await next();
      const crash = faults.crash?.(call);
      if (crash === 'before' && faults.failSoftly !== true) crashed.now = true;
      if (crash === 'before') throw new CrashError(`crashed before ${call.action}`);
      const answer = await next();
      if (crash === 'after') crashed.now = true;
      if (crash === 'after') throw new CrashError(`crashed after ${call.action}`);
      return answer;
    };

  const received = receivers(clock);
  const others: typeof globalThis.fetch = (input, init) => {
    const { host } = new URL(input instanceof Request ? input.url : input);
    return (received[host] ?? elsewhere?.fetch ?? network.fetch)(input, init);
  };

  const load = inProcessLoader((configuration, lifetime) => {
    if (!configuration.name.startsWith('switchyard-')) return clock.track(userHandler(clock, configuration));
    const name = shortName(configuration.name);
    const crashed = { now: false };
    const handle: Handle = (request) => cloud.handle(request);
    const intercept = interceptFor(name, crashed);
    const requestHandler = createRequestHandler(handle, { intercept, lifetime });
    const settings = readSettings({ ...configuration.environment, ...references, AWS_REGION: HERE.region }, referencesOf(source));
    const runtime: Runtime = {
      now: clock.now,
      timeout: timeoutOf(clock),
      pause: pauseOf(clock),
      fetch: fetchIn({ handle, intercept, lifetime, others }),
      aws: access(requestHandler, accessKeyOf(configuration.name)),
      write: (line) => void log.push(line),
      catalogue: mistaken(catalogue),
      settings,
    };
    const run = createHandler(name, runtime);
    return async (event, context) => {
      crashed.now = false;
      const answer = await run(event, context);
      if (crashed.now && faults.loseMessageOfCrash === true) return { batchItemFailures: [] };
      if (crashed.now) throw new CrashError('the invocation crashed');
      return answer;
    };
  });

  const access = (requestHandler: ReturnType<typeof createRequestHandler>, key: string) => ({
    ...LOOKED_UP,
    region: HERE.region,
    endpoint: 'http://cloud.test',
    credentials: { accessKeyId: key, secretAccessKey: 'test' },
    // the cloud has no name of its own that a bucket's could stand before
    forcePathStyle: true,
    requestHandler,
  });

  const mails: Mail[] = [];
  const cloud = await createCloud({
    clock,
    post(mail) {
      mails.push(mail);
      post(mail);
    },
    random: randomFrom(7),
    network,
    load,
    ...(hosts === undefined ? {} : { hosts: hosts(clock, network) }),
    ...(module === undefined
      ? {}
      : {
          builds: terraformBuilds(
            clock,
            () => cloud.handle,
            () => module,
          ),
        }),
    ...(data === undefined ? {} : { data }),
    trail: (record) => void trail.push(record),
    log: (name, line) => void log.push(`${name}: ${line}`),
  });
  const own = access(
    createRequestHandler((request) => cloud.handle(request)),
    'AKIATEST',
  );
  await createImages(own, toCloud(cloud.handle), imageFile);
  const ecs = new ECSClient(own);
  const events = new EventBridgeClient(own);
  const sqs = new SQSClient(own);
  const cloudwatch = new CloudWatchClient(own);
  const ecr = new ECRClient(own);
  const dynamodb = new DynamoDBClient(own);

  /** Nothing may be refused, but by a test that says so. */
  const expected = { refusals: false };
  const requirePermissions = (): void => {
    if (expected.refusals) return;
    const refused = trail.find(({ allowed }) => !allowed);
    if (refused !== undefined)
      throw new Error(`AccessDenied: ${refused.principal} may not ${refused.action} on ${refused.resource}`);
  };
  const packagedTemplate: PackagedTemplate = JSON.parse(readFileSync(templateIn(inject('packaged')), 'utf8'));
  const made = resolveCatalogue(source, TOKENS);
  const roles =
    text === undefined
      ? {}
      : {
          ...rolesFor(made).Resources,
          ...rulesFor(made).Resources,
          ...operatorFor(made).Resources,
          ...notifiersOf(made, packagedTemplate),
        };
  const template = packaged({
    ...packagedTemplate,
    Resources: { ...packagedTemplate.Resources, ...(roles as PackagedTemplate['Resources']) },
  });
  await cloud
    .createStack({ name: 'switchyard', template: parseTemplate(template), folder: inject('packaged'), host: 'cloud.test' })
    .catch((error: unknown) => {
      requirePermissions();
      throw error;
    });
  const places = new Map(placesOf(all).map((place) => [`${place.account} ${place.region}`, place]));
  for (const place of places.values()) {
    const needed = accounts(targetAccount(all, place, { ...HERE, stack: 'switchyard' }) as PackagedTemplate, place);
    const own = { name: 'switchyard-target', template: parseTemplate(needed), folder: inject('packaged'), host: 'cloud.test' };
    await cloud.createStack({ ...own, place });
  }
  cloud.restore();
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'subscriber', Attributes: { Policy: mayBeSentTo('subscriber') } }),
  );
  await events.send(
    new PutRuleCommand({ Name: 'subscriber', EventBusName: BUS, EventPattern: JSON.stringify({ source: ['switchyard'] }) }),
  );
  await events.send(
    new PutTargetsCommand({
      Rule: 'subscriber',
      EventBusName: BUS,
      Targets: [{ Id: 'queue', Arn: `arn:aws:sqs:${HERE.region}:${HERE.account}:subscriber` }],
    }),
  );
  await createExamples(own, catalogue);
  await clock.advance(5000);

  const told: Told[] = [];
  const seen = new Map<string, string>();
  /** Ids of events that were told again. */
  const repeated: string[] = [];
  let read = 0;

  /** Takes what the subscriber's queue holds; repeats, which have to say the same, are dropped by their event id, as a subscriber does. */
  const receive = async (): Promise<void> => {
    requirePermissions();
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) break;
      for (const { Body = '{}' } of Messages) {
        const event = JSON.parse(Body);
        const { eventId, ...said } = event.detail;
        const before = seen.get(eventId);
        if (before !== undefined) {
          expect(said).toEqual(JSON.parse(before));
          repeated.push(eventId);
          continue;
        }
        seen.set(eventId, JSON.stringify(said));
        const problem = schemaProblem(event['detail-type'], event.detail);
        if (problem !== undefined) throw new Error(problem);
        told.push({ type: event['detail-type'], detail: event.detail });
      }
      await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl,
          Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      );
    }
  };

  const pass = async (seconds: number): Promise<void> => {
    await clock.advance(seconds * 1000);
    await receive();
  };

  /** Moves the time on until `done`: second by second at first, in longer steps when only a sweep or a redelivery can help. */
  const wait = async (done: () => boolean, most: number): Promise<boolean> => {
    await receive();
    for (let waited = 0; waited < most && !done(); ) {
      const step = waited < 60 ? 1 : 10;
      await clock.advance(step * 1000);
      waited += step;
      await receive();
    }
    return done();
  };

  const report = (): string =>
    `told was:\n${told.map(({ type, detail }) => `${type} ${detail.service} ${JSON.stringify(detail.reason ?? '')}`).join('\n')}\n${log.slice(-15).join('\n')}`;

  const until = async (wanted: (event: Told) => boolean, most = 300): Promise<Told> => {
    await wait(() => told.some(wanted), most);
    const found = told.find(wanted);
    if (found === undefined) throw new Error(`not told within ${most} s; ${report()}`);
    return found;
  };

  /** Until the alarms are watched after the checks of what was asked for by this name. */
  const bakes = (image: string, most?: number): Promise<Told> =>
    until(({ detail: { phase, asked } }) => phase === 'baking' && asked?.['image'] === image, most);

  const put = async (DetailType: string, detail: object, Source = 'ci') => {
    const { Entries = [] } = await events.send(
      new PutEventsCommand({ Entries: [{ EventBusName: BUS, Source, DetailType, Detail: JSON.stringify(detail) }] }),
    );
    return Entries[0]?.EventId ?? '';
  };

  /** The next verdicts that nobody has asked for yet, in the order of their arrival. */
  const verdicts = async (count: number, most = 300): Promise<readonly Told[]> => {
    const terminal = () => told.filter(({ detail }) => detail['terminal'] === true);
    await wait(() => terminal().length >= read + count, most);
    const found = terminal().slice(read, read + count);
    if (found.length < count) throw new Error(`${found.length} of ${count} verdicts within ${most} s; ${report()}`);
    read += count;
    return found;
  };

  const verdict = async (most = 300): Promise<Told> => {
    const [only] = await verdicts(1, most);
    if (only === undefined) throw new Error('no verdict');
    return only;
  };

  const deploy = (environment: string, image: string, service: string, more: object = {}) =>
    put('DeployRequested', { environment, image, service, ...more });

  const service = async (cluster: string, name: string): Promise<Service> => {
    const { services: [found] = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [name] }));
    if (found === undefined) throw new Error(`there is no service ${name}`);
    return found;
  };

  const taskDefinition = async (cluster: string, name: string): Promise<TaskDefinition> => {
    const { taskDefinition: arn } = await service(cluster, name);
    const { taskDefinition: found } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
    if (found === undefined) throw new Error(`there is no task definition ${arn}`);
    return found;
  };

  /** Digest of the image that a task definition names. */
  const imageOf = async (arn: string): Promise<string | undefined> => {
    const { taskDefinition: found } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
    return found?.containerDefinitions?.[0]?.image?.split('@')[1];
  };

  return {
    clock,
    imageOf,
    /** For whoever brings a socket. */
    handle: (request: Parameters<Handle>[0]) => cloud.handle(request),
    /** Configuration of a client of the SDK: the account's administrator. */
    access: own,
    /** Of another account or region. */
    accessTo: (place: Place) => accessTo(own, place),
    ecs,
    events,
    sqs,
    dynamodb,
    calls,
    faults,
    expected,
    repeated,
    told,
    /** E-mail that has arrived. */
    mails,
    log,
    trail,
    pass,
    until,
    bakes,
    put,
    deploy,
    verdict,
    verdicts,
    service,
    taskDefinition,
    setAlarm: (AlarmName: string, StateValue: 'OK' | 'ALARM') =>
      cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'the test says so' })),
    typesOf: (deployment: string) => told.filter(({ detail }) => detail.deployment === deployment).map(({ type }) => type),
    runningDigest: async (cluster: string, name: string) =>
      (await taskDefinition(cluster, name)).containerDefinitions?.[0]?.image?.split('@')[1],
    digestOf: async (repositoryName: string, imageTag: string) =>
      (await ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] }))).imageDetails?.[0]?.imageDigest,
    /** Pushes another image, by the registry's own API. */
    push: (repository: string, image: ImageFile[string][number]) =>
      createImages(own, toCloud(cloud.handle), { [repository]: [image] }),
    /** Attaches something to an image of the registry: a manifest that names it as its subject. */
    attach: async (repositoryName: string, imageTag: string, artifactType: string): Promise<void> => {
      const imageIds = [{ imageTag }, { imageTag: 'good' }];
      const { images: [subject, any] = [] } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds }));
      const size = subject?.imageManifest?.length;
      const named = { mediaType: subject?.imageManifestMediaType, digest: subject?.imageId?.imageDigest, size };
      const imageManifest = JSON.stringify({ ...JSON.parse(any?.imageManifest ?? ''), artifactType, subject: named });
      await ecr.send(new PutImageCommand({ repositoryName, imageManifest }));
    },
    /** Gives an image of the registry another tag, as CI does: by a push. */
    retag: async (repositoryName: string, from: string, imageTag: string): Promise<void> => {
      const asked = { repositoryName, imageIds: [{ imageTag: from }] };
      const { images: [image] = [] } = await ecr.send(new BatchGetImageCommand(asked));
      const { imageManifest, imageManifestMediaType } = image ?? {};
      await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageManifestMediaType, imageTag }));
    },
    /** The first verified revision is earned: by a deployment of `good`. */
    earnFirst: async (environment: string, name: string, most = 300) => {
      const repository = name.startsWith('conflicto-') ? `conflicto-backend-${environment}` : environment;
      await deploy(environment, `${repository}:good`, name);
      const first = await verdict(most);
      if (first.type !== 'DeploymentSucceeded')
        throw new Error(`the first deployment of ${name} ended as ${first.type}: ${first.detail.reason?.message}`);
      return first;
    },
  };
};
