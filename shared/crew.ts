import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Site } from './deployment/settings.ts';
import type { Deployment, FunctionName, QueueName } from './deployment/types.ts';
import { FinalError } from './errors.ts';
import { publishOutcomes } from './events/publish.ts';
import type { Invocation, OwnQueue } from './handler.ts';
import { sendAgain, sendWake } from './messages.ts';
import { perform, type Tools } from './perform.ts';
import { readMessage } from './reading.ts';
import type { Runtime } from './runtime.ts';
import { createWhose } from './sharing.ts';
import { across } from './sites/across.ts';
import { siteClients } from './sites/clients.ts';
import type { Reach } from './sites/reach.ts';
import { type Crew, OutOfTimeError } from './step.ts';
import { createStore } from './store/store.ts';
import { targets } from './targets/registry.ts';

/** The SDK clients of one execution environment. */
export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  readonly cloudwatch: CloudWatchClient;
  readonly ecr: ECRClient;
  /** Of what is deployed to. */
  readonly site: ReturnType<typeof siteClients>;
  readonly lambda: LambdaClient;
}

export const createClients = ({ aws }: Pick<Runtime, 'aws'>): Clients => ({
  dynamodb: new DynamoDBClient(aws),
  sqs: new SQSClient(aws),
  events: new EventBridgeClient(aws),
  cloudwatch: new CloudWatchClient(aws),
  ecr: new ECRClient(aws),
  site: siteClients(aws),
  lambda: new LambdaClient({ ...aws, maxAttempts: 1 }),
});

/** What a call to a target may take; none begins that could not end before the function does. */
const CALL_MILLISECONDS = 10_000;

/** Longer than a request can be in flight after its function has ended. */
const LEASE_MARGIN_MILLISECONDS = 60_000;

/** How long a function has what it does to itself. */
export const leaseMilliseconds = ({ timeoutSeconds }: Runtime['settings']): number =>
  timeoutSeconds * 1000 + LEASE_MARGIN_MILLISECONDS;

export const ownQueue = (runtime: Runtime, clients: Clients, name: QueueName): OwnQueue => ({
  sqs: clients.sqs,
  url: runtime.settings.queueUrls[name],
  deadLetterUrl: runtime.settings.deadLetterUrl,
  fifo: true,
  putOff: putOff(runtime, clients),
});

/** Seconds, by how often a message was put off before: an outage of a quarter of an hour is outlived. */
const PUT_OFF = [60, 120, 240, 480] as const;

/** An event comes again through the inbox, behind its group; a wake is left to the sweep. Nothing else was written by us. */
const putOff =
  ({ settings }: Runtime, { sqs }: Clients): NonNullable<OwnQueue['putOff']> =>
  async ({ body }, log) => {
    const message = readMessage(body);
    if ('wake' in message) {
      log.warn('left to the sweep', { deployment: message.wake.deployment });
      return true;
    }
    const { putOff: before = 0 } = message;
    const seconds = PUT_OFF[before];
    if (seconds === undefined) return false;
    const sent = await sendAgain(sqs, settings.inboxUrl, { ...message, putOff: before + 1 }, seconds).then(
      () => true,
      () => false,
    );
    if (sent) log.warn('put off, so that its group goes on', { event: message.event.id, seconds });
    return sent;
  };

/** The targets of one invocation: each is made once, so that what its look has read serves its call. */
const targetsOf = (runtime: Runtime, clients: Clients, timeLeft: () => number): Tools['targetOf'] => {
  const signal = () => {
    if (timeLeft() < CALL_MILLISECONDS) throw new OutOfTimeError('the function has too little time left for another call');
    return runtime.timeout(CALL_MILLISECONDS).signal;
  };
  const make = ({ id, settings }: Deployment, site?: Site) => {
    const { target } = site ?? settings;
    const module = targets[target.kind];
    if (module === undefined) {
      throw new FinalError(
        'unknown-target',
        `there is no target "${target.kind}"; there are: ${Object.keys(targets).join(', ')}`,
      );
    }
    return module.create({ client: clients.site(site, id), fetch: runtime.fetch, now: runtime.now, signal });
  };
  const made = new Map<string, ReturnType<Tools['targetOf']>>();
  return (deployment) => {
    const [only, ...others] = deployment.settings.sites ?? [];
    const known =
      made.get(deployment.id) ??
      (only === undefined || others.length === 0
        ? make(deployment, only)
        : across([only, ...others].map((site) => ({ site, target: make(deployment, site) }))));
    made.set(deployment.id, known);
    return known;
  };
};

/** What alarms and functions are asked with, where the service is. */
export const reaching =
  ({ cloudwatch, lambda, site: clientsAt }: Clients): Reach =>
  (site, deployment) => {
    if (site === undefined) return { cloudwatch, lambda };
    const client = clientsAt(site, deployment);
    return { cloudwatch: client(CloudWatchClient), lambda: client(LambdaClient) };
  };

/** Everything one invocation of a deciding function works with. */
export const createCrew = (runtime: Runtime, clients: Clients, name: FunctionName, { id, timeLeft, log }: Invocation): Crew => {
  const { settings } = runtime;
  const targetOf = targetsOf(runtime, clients, timeLeft);
  const store = createStore({ client: clients.dynamodb, TableName: settings.table });
  const whose = createWhose(runtime.catalogue, store);
  const tools: Tools = { runtime, targetOf, reach: reaching(clients), ecr: clients.ecr, whose };
  return {
    function: name,
    invocation: id,
    leaseMilliseconds: leaseMilliseconds(settings),
    now: runtime.now,
    log,
    store,
    whose,
    perform: (effect, deployment, world) => perform(tools, effect, deployment, world),
    publish: (entries) => publishOutcomes(clients.events, settings.bus, entries),
    wake: (wake, token) => sendWake(clients.sqs, settings.inboxUrl, wake, token),
  };
};
