import { SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { manualClock } from '../../../local/clock.ts';
import { createCloud } from '../../../local/cloud.ts';
import { AwsError } from '../../../local/errors.ts';
import type { Intercept } from '../../../local/faults.ts';
import { type HostImage, virtualHost } from '../../../local/hosts/virtual-host.ts';
import { virtualNetwork } from '../../../local/network/virtual-network.ts';
import type { Host, Ran } from '../../../local/ports.ts';
import { randomFrom } from '../../../local/random.ts';
import { createRequestHandler } from '../../../local/request-handler.ts';
import { composeHost } from '../../../shared/targets/compose-host.ts';
import { NotYetError } from '../../../shared/targets/not-yet.ts';
import type { Job, Target } from '../../../shared/targets/target.ts';
import { LOOKED_UP } from '../../in-process/sdk.ts';

export const REPOSITORY = 'registry.example.com/shop';

/** Of an image by its name: its digest is made of it. */
export const digestOf = (name: string): string => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}`;
export const imageOf = (name: string): string => `${REPOSITORY}@${digestOf(name)}`;

const IMAGES: Readonly<Record<string, HostImage>> = {
  initial: { healthy: true },
  good: { healthy: true },
  better: { healthy: true },
  sick: { healthy: false },
  dead: { healthy: true, exits: true },
  migrating: { healthy: true, migration: 3 },
};

const byReference = new Map(Object.entries(IMAGES).map(([name, image]) => [imageOf(name), image]));

const idOf = (number: number): string => `mi-${String(number).padStart(17, '0')}`;

/** What is not the host's to say: whether a run changed something. */
const changed = ({ out }: Ran): boolean => /"what":"(deployed|rolled-back|started)"/.test(out);

interface Setting {
  readonly hosts?: number;
  /** Of the target, beside its kind. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Hosts that run `initial`, managed by a local cloud; the target speaks to it through the SDK. */
export const localHosts = async ({ hosts: count = 1, config }: Setting = {}) => {
  const clock = manualClock();
  const runs: { readonly script: string; readonly ran: Ran }[] = [];
  const hosts = Array.from({ length: count }, (_, index) =>
    virtualHost({
      ...{ clock, id: idOf(index + 1), name: `web-${index + 1}`, tags: { Name: 'web' } },
      image: (reference) => byReference.get(reference),
    }),
  );
  for (const host of hosts) host.install(imageOf('initial'));
  const recorded = hosts.map(
    (host): Host => ({
      ...host,
      async run(order) {
        const ran = await host.run(order);
        runs.push({ script: order.script, ran });
        return ran;
      },
    }),
  );
  const cloud = await createCloud({
    ...{ clock, random: randomFrom(3), network: virtualNetwork(clock), hosts: recorded },
    load: () => {
      throw new Error('there are no functions here');
    },
    log: () => undefined,
  });
  const calls: { readonly action: string; readonly input: string }[] = [];
  const faults: { next: (count: number) => { readonly before?: Error; readonly after?: Error } | undefined } = {
    next: () => undefined,
  };
  const failing = (error: Error) => {
    if (!(error instanceof AwsError)) throw error;
    const body = JSON.stringify({ __type: error.code, message: error.message });
    return { status: error.status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
  };
  const intercept: Intercept = async ({ action, input }, next) => {
    calls.push({ action, input });
    const fault = faults.next(calls.length);
    if (fault?.before !== undefined) return failing(fault.before);
    const answer = await next();
    return fault?.after === undefined ? answer : failing(fault.after);
  };
  const access = (requestHandler: object) => ({
    ...LOOKED_UP,
    region: 'eu-west-1',
    endpoint: 'http://cloud.test',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler,
  });
  const own = new SSMClient(access(createRequestHandler(cloud.handle, { intercept })));
  /** Somebody else's. */
  const ssm = new SSMClient(access(createRequestHandler(cloud.handle)));

  /** Asks again when it is told to, as the pipeline does. */
  const patient =
    <A extends unknown[], T>(method: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      for (let asked = 0; ; asked += 1)
        try {
          return await method(...args);
        } catch (error) {
          if (!(error instanceof NotYetError) || asked > 50) throw error;
          await clock.advance(error.seconds * 1000);
        }
    };
  const impatient = (): Target =>
    composeHost.create({
      client: <T>() => own as T,
      now: clock.now,
      fetch: globalThis.fetch,
      signal: () => new AbortController().signal,
    });
  const target = (): Target => {
    const { kind, schema, permissions, ...methods } = impatient();
    return {
      ...{ kind, schema, permissions },
      current: patient(methods.current),
      start: patient(async (job: Job) => methods.start({ ...job, again: job.again || sends(job) > 0 })),
      observe: patient(methods.observe),
      restore: patient(methods.restore),
    };
  };
  /** A second attempt of the same start knows that there was a first one. */
  const sends = ({ deployment }: Job): number =>
    hosts.length === 1
      ? 0
      : calls.filter(({ action, input }) => action === 'SendCommand' && input.includes(`switchyard ${deployment} start`)).length;
  const orders = () => calls.filter(({ action, input }) => action === 'SendCommand' && / (deploy|rollback) /.test(input));
  const job: Job = {
    deployment: 'd-1',
    config: { kind: 'compose-host', ...(config ?? { instances: hosts.map(({ id }) => id) }) },
    image: { repository: REPOSITORY, digest: digestOf('good'), platforms: [] },
    again: false,
  };
  return {
    ...{ calls, clock, faults, hosts, impatient, job, runs, ssm, target },
    withImage: (name: string): Job => ({ ...job, image: { repository: REPOSITORY, digest: digestOf(name), platforms: [] } }),
    /** Commands that change hosts, but those of which a host has said that they changed nothing. */
    rollouts: () =>
      orders().length - runs.filter(({ script, ran }) => / (deploy|rollback) /.test(script) && !changed(ran)).length,
    send: (words: string, ids = hosts.map(({ id }) => id)) =>
      ssm.send(
        new SendCommandCommand({
          DocumentName: 'AWS-RunShellScript',
          InstanceIds: [...ids],
          Parameters: { commands: [`/opt/staging/blue_green_deploy.sh ${words}`] },
        }),
      ),
  };
};
