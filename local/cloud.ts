import type { Clock } from './clock.ts';
import { createCloudWatchStore } from './cloudwatch/store.ts';
import { createCodeDeployStore } from './codedeploy/store.ts';
import type { Journal } from './data/journal.ts';
import { keepIn } from './data/keep.ts';
import { createDynamoDbStore } from './dynamodb/store.ts';
import { createEcrStore } from './ecr/store.ts';
import { createEcsStore } from './ecs/store.ts';
import { createEventsStore } from './events/store.ts';
import type { Faults } from './faults.ts';
import { type Authorizer, createAuthorizer, type TrailRecord } from './iam/authorizer.ts';
import { createIamStore } from './iam/store.ts';
import { functionsOf } from './lambda/invoke-later.ts';
import type { FunctionLoader } from './lambda/loader.ts';
import { createLambdaStore, stopLambda } from './lambda/store.ts';
import type { Basics, Network } from './ports.ts';
import { isRegistryPath, registryWire } from './registry/wire.ts';
import { createSecretsStore } from './secretsmanager/store.ts';
import { loadActions } from './service.ts';
import { findQueue } from './sqs/lookup.ts';
import { createSqsStore } from './sqs/store.ts';
import { createSsmStore } from './ssm/store.ts';
import { createStack, type Stack, type StackOptions } from './stack/create-stack.ts';
import { describeCall } from './wire/describe-call.ts';
import type { Handle } from './wire/http.ts';
import type { ServiceName } from './wire/services.ts';
import { type BoundService, bindService, createWire } from './wire/wire.ts';

export interface CloudOptions extends Basics {
  readonly network: Network;
  /** Where functions' code comes from. */
  readonly load: FunctionLoader;
  /** One line of a function's log that Lambda itself writes: what went wrong with an invocation. */
  readonly log: (functionName: string, line: string) => void;
  /** Where everything is kept; absent: nowhere. */
  readonly data?: Journal;
  /** What is made to go wrong. */
  readonly faults?: Faults;
  /** Every decision of IAM, as CloudTrail would deliver it. */
  readonly trail?: (record: TrailRecord) => void;
  /** Seconds from a task's creation until its containers run, where its image does not say otherwise. */
  readonly taskStartSeconds?: number;
}

/** AWS of one account and region, in this process. */
export interface Cloud {
  readonly handle: Handle;
  /** Creates a packaged template's resources, through the cloud's own API. */
  readonly createStack: (options: StackOptions) => Promise<Stack>;
  /** Brings back what the folder holds into what is there by now; from then on everything is kept. */
  readonly restore: () => void;
  /** Ends the functions and closes the listeners. */
  readonly stop: () => Promise<void>;
}

/** A new, empty cloud. */
export const createCloud = async (options: CloudOptions): Promise<Cloud> => {
  const { clock: given, random, network, load, log, trail, data, faults = {}, ...ecsSettings } = options;
  const keeping: { flush: () => void } = { flush: () => undefined };
  const clock = data === undefined ? given : flushing(given, () => keeping.flush());
  const basics: Basics = { clock, random };
  const iam = createIamStore(basics);
  const dynamodb = createDynamoDbStore(basics);
  const authorizer = createAuthorizer({
    iam,
    policyOf: (arn) => policyOf(arn),
    hashKeyOf: (name) => dynamodb.tables.get(name)?.schema.hash.name,
    groupOf: (id) => groupNameOf(id),
    record: trail,
  });
  const { permissions } = authorizer;
  const sqs = createSqsStore(basics);
  const lambda = createLambdaStore({ ...basics, queues: sqs.queues, permissions, load, log });
  const events = createEventsStore({
    ...basics,
    queues: sqs.queues,
    permissions,
    functions: functionsOf(lambda),
    faults,
    undelivered: (line) => log('eventbridge', `not delivered: ${line}`),
  });
  const cloudwatch = createCloudWatchStore({ ...basics, events });
  const ecr = createEcrStore({ ...basics, events, ...(data === undefined ? {} : { blobs: data.blobs }) });
  const ecs = createEcsStore({
    ...basics,
    ...ecsSettings,
    events,
    alarms: cloudwatch,
    images: ecr.images,
    network,
    functions: functionsOf(lambda),
  });
  const codedeploy = createCodeDeployStore({ ...basics, events, alarms: cloudwatch, ecs });
  const ssm = createSsmStore(basics);
  const secrets = createSecretsStore(basics);
  const kept =
    data === undefined
      ? undefined
      : keepIn(data, { sqs, dynamodb, events, cloudwatch, ecr, ecs, codedeploy, ssm, secrets, iam, lambda });
  if (kept !== undefined) keeping.flush = kept.flush;
  const groupNameOf = (id: string): string | undefined => {
    const found = codedeploy.deployments.get(id);
    return found === undefined ? undefined : `${found.application}/${found.group}`;
  };
  const policyOf = (arn: string): unknown => {
    const [, , service, , , resource = ''] = arn.split(':');
    if (service === 'sqs') return findQueue(sqs, arn)?.attributes.get('Policy');
    if (service === 'lambda') return lambda.policies.get(arn.slice(arn.lastIndexOf(':') + 1));
    return service === 'events' ? events.buses.get(resource.replace('event-bus/', ''))?.policy : undefined;
  };
  const bound = binder(authorizer);
  const services: Readonly<Record<ServiceName, BoundService>> = {
    sqs: await bound('sqs', sqs),
    dynamodb: await bound('dynamodb', dynamodb),
    cloudwatch: await bound('cloudwatch', cloudwatch),
    events: await bound('events', events),
    ecs: await bound('ecs', ecs),
    ecr: await bound('ecr', ecr),
    codedeploy: await bound('codedeploy', codedeploy),
    ssm: await bound('ssm', ssm),
    secretsmanager: await bound('secretsmanager', secrets),
    sts: await bound('sts', { iam, authorizer }),
    iam: await bound('iam', iam),
    lambda: await bound('lambda', lambda),
  };
  const wire = createWire({ random, services, identityOf: authorizer.identityOf });
  const registry = registryWire(ecr.registry, authorizer);
  const { call: intercept } = faults;
  const answer: Handle = async (request) => {
    const response = isRegistryPath(request.path) ? registry(request) : await wire(request);
    keeping.flush();
    return response;
  };
  const handle: Handle =
    intercept === undefined ? answer : (request) => intercept(describeCall(request), (other = request) => answer(other));
  return {
    handle,
    createStack: (stack) => createStack(handle, { lambda, iam }, stack),
    restore: () => kept?.restore(),
    async stop() {
      keeping.flush();
      keeping.flush = () => undefined;
      await stopLambda(lambda);
      await network.close();
    },
  };
};

/** What a timer has changed is kept too. */
const flushing = (clock: Clock, flush: () => void): Clock => ({
  ...clock,
  after: (milliseconds, task) =>
    clock.after(milliseconds, async () => {
      await task();
      flush();
    }),
});

/** Each service's actions are the files of its own folder. Each is asked for permission first, whoever calls. */
const binder =
  (authorizer: Authorizer) =>
  async <Store>(name: ServiceName, store: Store): Promise<BoundService> =>
    bindService(store, await loadActions<Store>(new URL(`./${name}/actions/`, import.meta.url)), (action, input, context) =>
      authorizer.authorize(name, action, input, context),
    );
