import { createCloudWatchStore } from './cloudwatch/store.ts';
import { createDynamoDbStore } from './dynamodb/store.ts';
import { createEcrStore } from './ecr/store.ts';
import { createEcsStore } from './ecs/store.ts';
import { createEventsStore } from './events/store.ts';
import { identityOf } from './lambda/identity.ts';
import { functionsOf } from './lambda/invoke-later.ts';
import type { FunctionLoader } from './lambda/loader.ts';
import { createLambdaStore, type LambdaStore, stopLambda } from './lambda/store.ts';
import type { Basics, Images, Network } from './ports.ts';
import { ACCOUNT, loadActions } from './service.ts';
import { createSqsStore } from './sqs/store.ts';
import { createStack, type Stack, type StackOptions } from './stack/create-stack.ts';
import type { Handle } from './wire/http.ts';
import type { ServiceName } from './wire/services.ts';
import { type BoundService, bindService, createWire } from './wire/wire.ts';

export interface CloudOptions extends Basics {
  readonly images: Images;
  readonly network: Network;
  /** Where functions' code comes from. */
  readonly load: FunctionLoader;
  /** One line of a function's log that Lambda itself writes: what went wrong with an invocation. */
  readonly log: (functionName: string, line: string) => void;
  /** Seconds from a task's creation until its containers run, where its image does not say otherwise. */
  readonly taskStartSeconds?: number;
}

/** AWS of one account and region, in this process. */
export interface Cloud {
  readonly handle: Handle;
  /** Creates a packaged template's resources, through the cloud's own API. */
  readonly createStack: (options: StackOptions) => Promise<Stack>;
  /** Ends the functions and closes the listeners. */
  readonly stop: () => Promise<void>;
}

/** A new, empty cloud. */
export const createCloud = async (options: CloudOptions): Promise<Cloud> => {
  const { clock, random, images, network, load, log, ...ecsSettings } = options;
  const basics: Basics = { clock, random };
  const sqs = createSqsStore(basics);
  const lambda = createLambdaStore({ ...basics, queues: sqs.queues, load, log });
  const events = createEventsStore({ ...basics, queues: sqs.queues, functions: functionsOf(lambda) });
  const cloudwatch = createCloudWatchStore({ ...basics, events });
  const ecs = createEcsStore({ ...basics, ...ecsSettings, events, alarms: cloudwatch, images, network });
  const services: Readonly<Record<ServiceName, BoundService>> = {
    sqs: await bound('sqs', sqs),
    dynamodb: await bound('dynamodb', createDynamoDbStore(basics)),
    cloudwatch: await bound('cloudwatch', cloudwatch),
    events: await bound('events', events),
    ecs: await bound('ecs', ecs),
    ecr: await bound('ecr', createEcrStore({ images })),
    sts: await bound('sts', undefined),
    lambda: await bound('lambda', lambda),
  };
  const handle = createWire({ random, services, identityOf: (accessKeyId) => whoIs(lambda, accessKeyId) });
  return {
    handle,
    createStack: (stack) => createStack(handle, lambda, stack),
    async stop() {
      await stopLambda(lambda);
      await network.close();
    },
  };
};

/** Each service's actions are the files of its own folder. */
const bound = async <Store>(name: ServiceName, store: Store): Promise<BoundService> =>
  bindService(store, await loadActions<Store>(new URL(`./${name}/actions/`, import.meta.url)));

/** A function by the access key that it was given; anyone else is the account's user. */
const whoIs = ({ accessKeys, functions }: LambdaStore, accessKeyId: string): string => {
  const caller = functions.get(accessKeys.get(accessKeyId) ?? '');
  return caller === undefined ? `arn:aws:iam::${ACCOUNT}:user/local` : identityOf(caller.configuration);
};
