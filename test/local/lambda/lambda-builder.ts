import { type ManualClock, manualClock } from '../../../local/clock.ts';
import type { FunctionSpecification } from '../../../local/lambda/configuration.ts';
import { type Handler, inProcessLoader } from '../../../local/lambda/in-process-loader.ts';
import { createFunction, createLambdaStore, type LambdaOptions, type LambdaStore } from '../../../local/lambda/store.ts';
import { HOME } from '../../../local/place.ts';
import type { Queues } from '../../../local/ports.ts';
import { randomFrom } from '../../../local/random.ts';
import { everythingAllowed } from '../permissions.ts';

/** No queue at all. */
const noQueues: Queues = {
  exists: () => false,
  visibilityTimeout: () => 0,
  send: () => {
    throw new Error('there is no queue');
  },
  receive: () => [],
  delete: () => undefined,
  onAvailable: () => () => undefined,
};

/** No image, no object, and no address that anybody listens at. */
export const noImages: Pick<LambdaOptions, 'images' | 'network' | 'readCode'> = {
  readCode: () => {
    throw new Error('there is no bucket');
  },
  images: { find: () => undefined, mayPull: () => false, admit: () => undefined, architecture: () => undefined },
  network: { serve: () => undefined, address: async (group, name) => `http://${name}.${group}.test` },
};

export interface TestLambda {
  readonly store: LambdaStore;
  readonly clock: ManualClock;
  /** What Lambda itself wrote to the functions' logs. */
  readonly logged: string[];
}

export const testRandom = () => randomFrom(1);

/** A Lambda with one function, `worker`, in this process, on a clock that the test moves. */
export const lambdaWith = async (
  create: (lifetime: AbortSignal, clock: ManualClock) => Handler | Promise<Handler>,
  specification: Partial<FunctionSpecification> = {},
  options: { readonly clock?: ManualClock; readonly queues?: Queues } = {},
): Promise<TestLambda> => {
  const { clock = manualClock(), queues = noQueues } = options;
  const logged: string[] = [];
  const store = createLambdaStore({
    place: HOME,
    clock,
    random: testRandom(),
    queues,
    permissions: everythingAllowed,
    ...noImages,
    load: inProcessLoader((_, lifetime) => create(lifetime, clock)),
    log: (name, line) => logged.push(`${name} ${line}`),
  });
  await createFunction(store, {
    name: 'worker',
    handler: 'worker.handler',
    runtime: 'nodejs24.x',
    role: 'arn:aws:iam::123456789012:role/worker',
    code: '/nowhere',
    ...specification,
  });
  return { store, clock, logged };
};
