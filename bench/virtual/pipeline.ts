import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { manualClock } from '../../local/clock.ts';
import { createCloud } from '../../local/cloud.ts';
import { createImages, toCloud } from '../../local/example-images.ts';
import { addressesOf, createExamples } from '../../local/examples.ts';
import type { Intercept } from '../../local/faults.ts';
import type { FunctionConfiguration } from '../../local/lambda/configuration.ts';
import { accessKeyOf } from '../../local/lambda/identity.ts';
import { inProcessLoader } from '../../local/lambda/in-process-loader.ts';
import { virtualNetwork } from '../../local/network/virtual-network.ts';
import { packagePipeline, templateIn } from '../../local/packaging.ts';
import { randomFrom } from '../../local/random.ts';
import { createRequestHandler } from '../../local/request-handler.ts';
import { ACCOUNT, REGION } from '../../local/service.ts';
import { readTemplate } from '../../local/stack/template.ts';
import type { Handle } from '../../local/wire/http.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { readCatalogue } from '../../shared/catalogue/load.ts';
import { referencesOf, resolveCatalogue } from '../../shared/catalogue/resolve.ts';
import { readSettings } from '../../shared/environment.ts';
import type { Runtime } from '../../shared/runtime.ts';
import { createHandler, pauseOf, shortName, timeoutOf } from '../../test/in-process/functions.ts';
import { inProcess } from '../../test/in-process/sdk.ts';
import { type BenchService, catalogueOf, imagesOf } from '../cloud/services.ts';
import { sendingFrom } from '../cloud/verdict-policy.ts';
import { askingForUnits, type Counted, details, unitsIn } from './count.ts';

const BUS = 'switchyard';
const HOST = 'cloud.test';

/** One invocation of a function, from the record of what it was given. */
export interface Invoked {
  readonly function: string;
  /** Of its queue; 0 for a schedule. */
  readonly messages: number;
  /** Those of them that a rule of EventBridge sent. */
  readonly fromRules: number;
  readonly memoryMegabytes: number;
}

/** What is told of everything that the functions do. */
export interface Observer {
  readonly called: (call: Counted) => void;
  readonly invoked: (invocation: Invoked) => void;
  /** Bytes that a function wrote to its log. */
  readonly logged: (bytes: number) => void;
}

/** An outcome event, as far as it is looked at here. */
export interface Verdict {
  readonly type: string;
  readonly service: string;
  readonly environment: string;
  readonly terminal: boolean;
}

export interface VirtualOptions {
  /** The services that the packaged roles name, where a role has no room for all. */
  readonly packaged?: readonly BenchService[];
  /** Whether the subscriber gets every event, and not the verdicts alone. */
  readonly everything?: boolean;
}

const readSource = (services: readonly BenchService[]) => {
  const read = readCatalogue(catalogueOf(services));
  if ('problems' in read) throw new Error(`the catalogue of the bench is not valid: ${JSON.stringify(read.problems)}`);
  return read.source;
};

/** A catalogue is a file of 256 kB at most: so many services have room in one. */
const IN_A_FILE = 500;

const parts = (services: readonly BenchService[]): readonly (readonly BenchService[])[] => {
  const ordered = services.toSorted((one, other) => (one.environment < other.environment ? -1 : 1));
  return Array.from({ length: Math.ceil(ordered.length / IN_A_FILE) }, (_, index) =>
    ordered.slice(index * IN_A_FILE, (index + 1) * IN_A_FILE),
  );
};

/** The functions' record of an invocation, as Lambda hands it over. */
const invokedBy = ({ name, memory }: FunctionConfiguration, event: unknown): Invoked => {
  const { Records: records = [] } = event as { readonly Records?: readonly { readonly body: string }[] };
  const fromRules = records.filter(({ body }) => 'detail-type' in JSON.parse(body)).length;
  return { function: shortName(name), messages: records.length, fromRules, memoryMegabytes: memory };
};

/**
 * The whole pipeline in this process with a clock that only moves when nothing is left to do: what it asks of AWS can be counted, and
 * hours take seconds. The functions, the cloud and every request between them are real; only time and sockets are not.
 */
export const startVirtual = async (
  services: readonly BenchService[],
  observer: Observer,
  { packaged = services, everything = false }: VirtualOptions = {},
) => {
  const clock = manualClock(Date.parse('2026-03-01T12:00:00Z'));
  const network = virtualNetwork(clock);
  const sources = parts(services).map(readSource);
  const catalogue: Catalogue = {
    promotions: [],
    external: [],
    services: sources.flatMap((source) => resolveCatalogue(source, { account: ACCOUNT, region: REGION }).services),
  };
  const referenceNames = sources.flatMap(referencesOf);
  const references = await addressesOf(network, catalogue);

  const settingsOf = new Map<string, Runtime['settings']>();
  const load = inProcessLoader((configuration, lifetime) => {
    const name = shortName(configuration.name);
    let invocation = '';
    const counting: Intercept = async ({ service, action, input }, next) => {
      const response = await next();
      const units = unitsIn(action, response);
      observer.called({ function: name, invocation, action: `${service}:${action}`, ...details(input), units });
      return response;
    };
    const handle: Handle = (request) => cloud.handle(askingForUnits(request));
    const settings =
      settingsOf.get(name) ?? readSettings({ ...configuration.environment, ...references, AWS_REGION: REGION }, referenceNames);
    settingsOf.set(name, settings);
    const runtime: Runtime = {
      now: clock.now,
      timeout: timeoutOf(clock),
      pause: pauseOf(clock),
      fetch: network.fetch,
      aws: inProcess(createRequestHandler(handle, { intercept: counting, lifetime }), accessKeyOf(configuration.name)),
      write: (line) => observer.logged(Buffer.byteLength(line) + 1),
      catalogue,
      settings,
    };
    const handler = createHandler(name, runtime);
    return (event, context) => {
      invocation = context.awsRequestId;
      observer.invoked(invokedBy(configuration, event));
      return handler(event, context);
    };
  });

  const cloud = await createCloud({
    clock,
    random: randomFrom(7),
    network,
    load,
    log: (name, line) => process.stderr.write(`${name}: ${line}\n`),
  });
  const ownHandler = createRequestHandler((request) => cloud.handle(request));
  const own = inProcess(ownHandler, 'bench');
  await createImages(own, toCloud(cloud.handle), imagesOf(services));
  const [events, sqs, dynamodb] = [new EventBridgeClient(own), new SQSClient(own), new DynamoDBClient(own)];
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const file = join(folder, 'switchyard.yml');
  await writeFile(file, catalogueOf(packaged));
  await packagePipeline(folder, { ...references, SWITCHYARD_CATALOGUE: file });
  await cloud.createStack({ name: BUS, template: await readTemplate(templateIn(folder)), folder, host: HOST });
  await rm(folder, { recursive: true, force: true });
  if (packaged.length < services.length) {
    const signedFor = (service: string) => inProcess(ownHandler, 'bench', service);
    await allowAllServices(new IAMClient(signedFor('iam')), new LambdaClient(signedFor('lambda')));
  }
  const QueueUrl = await subscribe(sqs, events, everything);
  await createExamples({ ...own }, catalogue);
  await clock.advance(5000);

  const receive = async (): Promise<readonly Verdict[]> => {
    const found: Verdict[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return found;
      const events = Messages.map(({ Body = '{}' }) => JSON.parse(Body));
      found.push(...events.map((event): Verdict => ({ type: event['detail-type'], ...event.detail })));
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  };

  return {
    clock,
    /** Configuration of a client of the SDK: the account's administrator. */
    access: own,
    /** Requests to the services' listeners. */
    fetch: network.fetch,
    dynamodb,
    events,
    receive,
    /** Asks for a deployment of each of them, and moves the time on until each has its verdict. */
    async deploy(which: readonly BenchService[], imageOf: (service: BenchService) => string): Promise<readonly Verdict[]> {
      for (const service of which) {
        const Detail = JSON.stringify({ environment: service.environment, service: service.name, image: imageOf(service) });
        await events.send(
          new PutEventsCommand({ Entries: [{ EventBusName: BUS, Source: 'bench', DetailType: 'DeployRequested', Detail }] }),
        );
      }
      const verdicts: Verdict[] = [];
      for (let second = 0; verdicts.length < which.length; second += 1) {
        if (second > 900) throw new Error(`${verdicts.length} of ${which.length} verdicts within 15 minutes`);
        await clock.advance(1000);
        verdicts.push(...(await receive()));
      }
      return verdicts;
    },
    stop: () => cloud.stop(),
  };
};

export type Virtual = Awaited<ReturnType<typeof startVirtual>>;

/** What a role's own list has no room for: an account that grants it does so by a policy of its own. */
const allowAllServices = async (iam: IAMClient, lambda: LambdaClient): Promise<void> => {
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'ecs:*', Resource: '*' },
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' },
    ],
  });
  for (const name of ['deploy', 'verify', 'rollback']) {
    const { Role = '' } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: `${BUS}-${name}` }));
    const RoleName = Role.slice(Role.lastIndexOf('/') + 1);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'all-services', PolicyDocument }));
  }
};

/** A queue that gets the verdicts alone, or everything that the pipeline tells. */
const subscribe = async (sqs: SQSClient, events: EventBridgeClient, everything: boolean): Promise<string> => {
  const Attributes = { Policy: sendingFrom('verdicts', 'verdicts') };
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'verdicts', Attributes }));
  const EventPattern = JSON.stringify(everything ? { source: [BUS] } : { detail: { terminal: [true] } });
  await events.send(new PutRuleCommand({ Name: 'verdicts', EventBusName: BUS, EventPattern }));
  const Arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:verdicts`;
  await events.send(new PutTargetsCommand({ Rule: 'verdicts', EventBusName: BUS, Targets: [{ Id: 'queue', Arn }] }));
  return QueueUrl;
};
