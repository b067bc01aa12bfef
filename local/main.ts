/**
 * `npm start`: the pipeline and the examples on this machine.
 * Usage: npm start -- [--port N] [--once] [--faults <seed>] [--data <folder>] [--host <name>=<folder>]…
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Catalogue } from '../shared/catalogue/catalogue.ts';
import { formatProblems, readCatalogue } from '../shared/catalogue/load.ts';
import { resolveCatalogue } from '../shared/catalogue/resolve.ts';
import { leastSeconds } from '../shared/targets/plans.ts';
import { readArguments, UsageError } from './arguments.ts';
import { systemClock } from './clock.ts';
import { createCloud } from './cloud.ts';
import { processBuilds } from './codebuild/process-builds.ts';
import { openJournal } from './data/journal.ts';
import { createImages, overHttp } from './example-images.ts';
import { type Access, addressesOf, createExamples, deployExamples, repositoryOf } from './examples.ts';
import type { Faults } from './faults.ts';
import { followEvents } from './follow.ts';
import { processHost } from './hosts/process-host.ts';
import imageFile from './images.json' with { type: 'json' };
import { accessKeyOf } from './lambda/identity.ts';
import { workerLoader } from './lambda/worker-loader.ts';
import { socketNetwork } from './network/socket-network.ts';
import { type Notified, notifiedBy } from './notified/notified.ts';
import { packagePipeline, targetAccount, templateIn } from './packaging.ts';
import { HOME, type Place } from './place.ts';
import type { Network } from './ports.ts';
import { seededFaults } from './seeded-faults.ts';
import { listen } from './server.ts';
import { ACCOUNT, REGION } from './service.ts';
import { eventLine } from './show.ts';
import { parseTemplate, readTemplate } from './stack/template.ts';

const BUS = 'switchyard';
/** The same file that is packaged: `SWITCHYARD_CATALOGUE`, or the project's own. */
const CATALOGUE = resolve(process.env['SWITCHYARD_CATALOGUE'] ?? fileURLToPath(new URL('../switchyard.yml', import.meta.url)));

const readCatalogueFile = async (): Promise<Catalogue> => {
  const read = readCatalogue(await readFile(CATALOGUE, 'utf8'), leastSeconds);
  if ('problems' in read)
    throw new UsageError(`the catalogue is not valid:\n${formatProblems(basename(CATALOGUE), read.problems)}`);
  return resolveCatalogue(read.source, { account: ACCOUNT, region: REGION });
};

/** What to type next, for the first service of the catalogue. */
const greeting = (endpoint: string, { services: [first] }: Catalogue, { asked }: Notified): string => {
  const listens = `The local cloud listens at ${endpoint}.`;
  if (first === undefined) return `${listens}\n`;
  const from = asked === undefined ? '' : ` --ref ${asked.ref} --pull-request ${asked.pullRequest}`;
  const deploy = (tag: string) =>
    `npx switchyard deploy --environment ${first.environment} --service ${first.name} --image ${repositoryOf(first)}:${tag}${from} --wait`;
  const [alarm] = first.settings.alarms;
  const fire = `aws --endpoint-url ${endpoint} cloudwatch set-alarm-state --alarm-name ${alarm?.split(':').at(-1)} --state-reason demo --state-value`;
  return [
    `${listens} In another terminal, in this folder:`,
    '',
    `  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${REGION} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`,
    '  # a good image',
    `  ${deploy('better')}`,
    '  # a bad image: it is rolled back',
    `  ${deploy('crashing')}`,
    ...(alarm === undefined
      ? []
      : ['  # with the AWS CLI: an alarm rolls it back too (put it out afterwards, with OK)', `  ${fire} ALARM`]),
    '',
  ].join('\n');
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const run = async (): Promise<number> => {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const { port, once, faults: seed, data: kept, hosts: machines } = readArguments(process.argv.slice(2));
  const catalogue = await readCatalogueFile();
  const data = kept === undefined ? undefined : openJournal(kept);
  const network = socketNetwork();
  const clock = systemClock();
  const life = { over: false };
  const complain = (name: string, line: string) => {
    if (!life.over && !line.startsWith('{')) process.stderr.write(`${name}: ${line}\n`);
  };
  const badDay: { faults?: Faults } = {};
  const address = { endpoint: '' };
  const notified = await notifiedBy({ catalogue, network, clock, say });
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-'));
  const hosts = Object.entries(machines).map(([name, machine]) => processHost({ clock, name, folder: machine }));
  const cloud = await createCloud({
    hosts,
    clock,
    random: Math.random,
    network,
    builds: processBuilds(join(folder, 'builds')),
    load: (configuration) => workerLoader({ endpoint: address.endpoint, log: complain })(configuration),
    log: complain,
    post: notified.post,
    ...(data === undefined ? {} : { data }),
    faults: {
      call: (call, next) => (badDay.faults?.call === undefined ? next() : badDay.faults.call(call, next)),
      arrivals: (delivery) => badDay.faults?.arrivals?.(delivery) ?? [0],
    },
  });
  const listening = await listen(cloud.handle, port);
  const endpoint = `http://127.0.0.1:${listening.port}`;
  address.endpoint = endpoint;
  say(greeting(endpoint, catalogue, notified));
  for (const { id, name } of hosts) say(`host ${name} is ${id}, tagged Name=${name}`);
  const stop = async () => {
    life.over = true;
    await cloud.stop();
    await listening.close();
    await network.close();
    data?.close();
    await rm(folder, { recursive: true, force: true });
  };
  const interrupted = new Promise<number>((resolve) => {
    process.once('SIGINT', () => resolve(130));
    process.once('SIGTERM', () => resolve(143));
  });
  try {
    const misbehave = (functions: readonly string[]) => {
      if (seed === undefined) return;
      badDay.faults = faultsFrom(seed, functions);
      say(`from now on AWS misbehaves (seed ${seed}):`);
    };
    const host = `127.0.0.1:${listening.port}`;
    const work = demonstrate({ cloud, network, notified, catalogue, endpoint, host, folder, once, misbehave });
    const code = await Promise.race([work, interrupted]);
    if (code >= 128) say('\nstopped');
    return code >= 128 ? 0 : code;
  } finally {
    await stop();
  }
};

/** What goes wrong is told beside the events. */
const faultsFrom = (seed: number, functions: readonly string[]): Faults => {
  const names = new Map(functions.map((name) => [accessKeyOf(name), name]));
  return seededFaults({
    seed,
    wait: (milliseconds) => pause(milliseconds),
    tell: (line) => say(`          fault  ${line}`),
    functionOf: (key) => names.get(key),
  });
};

interface Demonstration {
  readonly cloud: Awaited<ReturnType<typeof createCloud>>;
  readonly network: Network;
  readonly notified: Notified;
  readonly catalogue: Catalogue;
  readonly endpoint: string;
  readonly host: string;
  readonly folder: string;
  readonly once: boolean;
  readonly misbehave: (functions: readonly string[]) => void;
}

/** Packages and creates the pipeline, makes the examples, deploys each once, and shows what happens from then on. */
const demonstrate = async ({
  cloud,
  network,
  notified,
  catalogue,
  endpoint,
  host,
  folder,
  once,
  misbehave,
}: Demonstration): Promise<number> => {
  const access: Access = { endpoint, region: REGION, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  await createImages(access, overHttp(endpoint), imageFile);
  say('packaging the pipeline …');
  await packagePipeline(folder, { ...(await addressesOf(network, catalogue)), ...notified.environment });
  const { resources } = await cloud.createStack({
    name: 'switchyard',
    template: await readTemplate(templateIn(folder)),
    folder,
    host,
  });
  for (const place of placesOf(catalogue)) {
    const template = parseTemplate(JSON.parse(await targetAccount(place, HOME, CATALOGUE)));
    await cloud.createStack({ name: 'switchyard-target', template, folder, host, place });
  }
  cloud.restore();
  await notified.prepare(access);
  const fresh = await createExamples(access, catalogue);
  const { length } = catalogue.services;
  say(
    fresh.services.length === length
      ? 'the pipeline runs; the example services get their first deployment:'
      : `the pipeline runs; ${length - fresh.services.length} of ${length} example services are kept from before:`,
  );
  const events = followEvents(access, BUS);
  await events.ready;
  misbehave(resources.filter(({ type }) => type === 'AWS::Lambda::Function').map(({ ref }) => String(ref)));
  await deployExamples(access, BUS, fresh, notified.asked);
  if (once && fresh.services.length === 0) return 0;
  const first = new Map<string, boolean>();
  let told = false;
  for await (const event of events) {
    say(eventLine(event, process.stdout.isTTY === true));
    const { terminal, verified, environment, service } = event.detail;
    const name = `${String(environment)}/${String(service)}`;
    if (terminal === true && !first.has(name)) first.set(name, verified === true);
    if (terminal !== true || told || first.size < fresh.services.length) continue;
    told = true;
    say(summary(first));
    if (once) break;
  }
  if (!(await notified.settled(access))) say('not everything was told by now');
  return [...first.values()].every((verified) => verified) ? 0 : 1;
};

/** What is needed there is made too, as a person would: by `npm run target-account`. */
const placesOf = ({ services }: Catalogue): readonly Place[] => [
  ...new Map(
    services.flatMap(({ settings: { sites = [] } }) =>
      sites.map(({ account, region }) => [`${account} ${region}`, { account, region }] as const),
    ),
  ).values(),
];

const summary = (first: ReadonlyMap<string, boolean>): string => {
  const failed = [...first].filter(([, verified]) => !verified).map(([name]) => name);
  return failed.length === 0
    ? `all ${first.size} example services are deployed and verified`
    : `not verified: ${failed.join(', ')}`;
};

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
