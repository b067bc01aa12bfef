import { randomBytes } from 'node:crypto';
import { systemClock } from '../../local/clock.ts';
import { createCloud } from '../../local/cloud.ts';
import { createImages, toCloud } from '../../local/example-images.ts';
import imageFile from '../../local/images.json' with { type: 'json' };
import { workerLoader } from '../../local/lambda/worker-loader.ts';
import { socketNetwork } from '../../local/network/socket-network.ts';
import { listen } from '../../local/server.ts';
import { REGION } from '../../local/service.ts';

/**
 * Where the conformance suites run. They hold for AWS and for whatever claims to behave like it: `CONFORMANCE_ENDPOINT=http://…` names
 * another endpoint, with the SDK's usual AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Without it, each file starts the
 * local cloud on a free port, by the machine's own clock.
 */
export interface Endpoint {
  /** For the reports: the address, or `the local cloud`. */
  readonly name: string;
  /** Of an SDK client. */
  readonly config: {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
    /** An answer is judged, not asked for again. */
    readonly maxAttempts: 1;
  };
  readonly local: boolean;
  readonly close: () => Promise<void>;
}

export const openEndpoint = async (): Promise<Endpoint> => {
  const address = process.env['CONFORMANCE_ENDPOINT'];
  return address === undefined || address === '' ? openLocalCloud() : openAddress(address);
};

const openAddress = (endpoint: string): Endpoint => {
  const { AWS_REGION = REGION, AWS_ACCESS_KEY_ID = 'local', AWS_SECRET_ACCESS_KEY = 'local', AWS_SESSION_TOKEN } = process.env;
  const credentials = {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
  };
  const config = { region: AWS_REGION, endpoint, credentials, maxAttempts: 1 } as const;
  return { name: endpoint, config, local: false, close: async () => undefined };
};

const openLocalCloud = async (): Promise<Endpoint> => {
  const address = { endpoint: '' };
  const network = socketNetwork();
  const log = () => undefined;
  const cloud = await createCloud({
    clock: systemClock(),
    random: Math.random,
    network,
    load: (configuration) => workerLoader({ endpoint: address.endpoint, log })(configuration),
    log,
  });
  const listening = await listen(cloud.handle, 0);
  address.endpoint = `http://127.0.0.1:${listening.port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const config = { region: REGION, endpoint: address.endpoint, credentials, maxAttempts: 1 } as const;
  await createImages(config, toCloud(cloud.handle), imageFile);
  return {
    name: 'the local cloud',
    config,
    local: true,
    async close() {
      await cloud.stop();
      await listening.close();
    },
  };
};

/** Whether `CONFORMANCE_SKIP` (services, separated by commas) leaves a service out. What is not left out has to pass. */
export const leftOut = (service: string): boolean =>
  (process.env['CONFORMANCE_SKIP'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .includes(service);

/** A name that no other run has taken: endpoints may keep what an earlier run made, and SQS keeps names of deleted queues. */
export const uniqueName = (name: string): string => `${name}-${randomBytes(5).toString('hex')}`;

/** Milliseconds between two questions. */
const PAUSE = 40;

/**
 * Asks again until `check` no longer throws, and answers what it answers; after `withinMilliseconds` it rejects with what was last
 * thrown. AWS's services are eventually consistent, so most of what follows from a call has to be asked for this way.
 */
export const eventually = async <T>(check: () => T | Promise<T>, withinMilliseconds = 10_000): Promise<T> => {
  const end = performance.now() + withinMilliseconds;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= end) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
};
