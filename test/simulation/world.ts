import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { manualClock } from '../../local/clock.ts';
import { createCloud } from '../../local/cloud.ts';
import { createImages, toCloud } from '../../local/example-images.ts';
import { addressesOf, createExamples } from '../../local/examples.ts';
import type { InterceptedCall } from '../../local/faults.ts';
import { virtualNetwork } from '../../local/network/virtual-network.ts';
import { randomFrom } from '../../local/random.ts';
import { ACCOUNT } from '../../local/service.ts';
import { archiveLoader } from './archives.ts';
import { type Choices, choicesOf } from './choices.ts';
import { askedBy, BUS, deadLetters, desk, isQuiet, receiveAll, redrive, scan, subscribe } from './desk.ts';
import { type Run, simulatedFunctions } from './functions.ts';
import { goingBy, platformsToIndexes } from './functions-of-lambda.ts';
import { artifactsToArchives, installZips, ofArchives, pushArchives } from './functions-of-zips.ts';
import { simulatedHosts } from './hosts.ts';
import { IMAGES } from './images.ts';
import { TERMINAL } from './invariants/events.ts';
import { meetingsOf } from './meetings.ts';
import { simulatedModules } from './modules-of-terraform.ts';
import { hurried, otherRegion, type Packages } from './package.ts';
import { people } from './people.ts';
import { PLACES, placeOf, SHARED, SHARING } from './places.ts';
import { isOfZips, type Plan, SITES, type Step } from './plan.ts';
import { audienceOf } from './receivers.ts';
import { runningAt } from './running.ts';
import { BEGIN, type Published, type Running, type Seen, START, type Told } from './seen.ts';
import { installSubscribers, simulatedSubscribers } from './subscribers.ts';
import { isOvertaken, watching } from './watch.ts';

export interface Outcome {
  readonly seen: Seen;
  readonly trace: readonly string[];
  readonly choices: Choices;
  /** The calls at which misfortune could have happened, in order, and when (in seconds). */
  readonly points: readonly { readonly point: string; readonly at: number }[];
  readonly calls: number;
}

/** Runs one schedule from its beginning until nothing is left to do. */
export const simulate = async (
  packages: Packages,
  plan: Plan,
  choices: Choices = choicesOf(plan.seed, plan.rates),
): Promise<Outcome> => {
  const pack = plan.kind === undefined ? packages : packages.kinds[plan.kind];
  const clock = manualClock(START);
  const network = virtualNetwork(clock);
  const trace: string[] = [];
  const wrong: string[] = [];
  const points: { readonly point: string; readonly at: number }[] = [];
  const time = () => (clock.now() - BEGIN) / 1000;
  const tell = (line: string) => void trace.push(`${time().toFixed(3)} ${line}`);
  const replaced = { generation: 0 };
  const bundles = [hurried(pack.catalogue, 10), hurried(pack.catalogue, 0)] as const;
  const subscribers = simulatedSubscribers(plan, clock);
  const references = await addressesOf(network, pack.catalogue);
  /** Seconds by which the plan is late: it waits for what has not ended. */
  let late = 0;
  const isHealed = () => time() >= plan.healed + late;
  /** What was done, and when. */
  const steps: Step[] = [];
  const watch = watching(time, wrong, { ...plan, steps });
  const act = async (step: Step): Promise<void> => {
    steps.push({ ...step, at: time() });
    tell(`does ${JSON.stringify(step)}`);
    await actors.perform(step);
  };
  const meetings = meetingsOf(plan, act);
  const published: Published[] = [];
  let calls = 0;
  const functions = simulatedFunctions({
    clock,
    network,
    receivers: subscribers?.receivers ?? {},
    plan,
    choices,
    bundle: () => ({ catalogue: bundles[replaced.generation % 2] ?? bundles[0], generation: replaced.generation }),
    references,
    referenceNames: Object.keys(references),
    handle: (request) => cloud.handle(request),
    overtaken: isOvertaken,
    time,
    isHealed,
    tell,
    meets: (called) => meetings.at(called),
    passes: (point) => void points.push({ point, at: time() }),
    tooMany: () => calls > MOST_CALLS,
    async arriving(run, call) {
      calls += 1;
      if (calls === MOST_CALLS)
        wrong.push(
          `I9: the functions made ${MOST_CALLS} calls, at last ${run.name} ${call.service}:${call.action} at ${time()} s`,
        );
      if (call.service === 'sns') published.push(publishedBy(run, call));
      await watch.arriving(run, call);
    },
  });
  const archives = { load: archiveLoader(clock) };
  const events: Record<string, number> = {};
  const hosts = simulatedHosts(clock, network);
  const modules = simulatedModules({
    clock,
    network,
    handle: (request) => cloud.handle(request),
    fault(point) {
      const fault = isHealed() ? undefined : choices.build(point);
      tell(`${point}${fault === undefined ? '' : `: ${fault}`}`);
      return fault;
    },
  });
  const cloud = await createCloud({
    ...(plan.kind === 'hosts' ? { hosts: hosts.machines } : {}),
    ...(plan.kind === 'terraform' ? { builds: modules.builds } : {}),
    ...(subscribers?.post === undefined ? {} : { post: subscribers.post }),
    clock,
    random: randomFrom(plan.seed),
    network,
    load: (configuration) => (configuration.name.startsWith('switchyard-') ? functions : archives).load(configuration),
    log: () => undefined,
    faults: {
      arrivals({ source, detailType, target }) {
        if (isHealed() || time() < 0) return [0];
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
  desk.notifiers = audienceOf(plan.kind)?.notifiers ?? [];
  const { ecs } = desk.clients;

  const acting = plan.steps.flatMap((step) => ('place' in step ? (step.do === 'promote' ? [0, step.place] : [step.place]) : []));
  // Whose alarm is shared is there too: a deployment asks for every alarm that its catalogue names.
  const places = [...new Set(acting.includes(PLACES.indexOf(SHARING)) ? [...acting, PLACES.indexOf(SHARED)] : acting)];
  const repositories = new Set<string>(places.map((place) => placeOf(place).repository));
  const archived = isOfZips(plan.kind) ? ofArchives(repositories) : [];
  const images = Object.fromEntries(
    Object.entries(IMAGES).filter(([name]) => repositories.has(name) && !archived.includes(name)),
  );
  await createImages(desk.access, toCloud(cloud.handle), images);
  await pushArchives(cloud.handle, archived);
  await cloud.createStack({ name: BUS, template: pack.template, folder: pack.folder, host: 'cloud.test' });
  if (plan.kind === 'sites') {
    const place = { account: ACCOUNT, region: SITES[1].region };
    await cloud.createStack({
      name: 'target',
      template: otherRegion(pack.catalogue),
      folder: pack.folder,
      host: 'cloud.test',
      place,
    });
  }
  const queue = await subscribe();
  const names: readonly (string | undefined)[] = places.map((place) => PLACES[place]?.service);
  await createExamples(desk.access, { services: pack.catalogue.services.filter(({ name }) => names.includes(name)) });
  if (plan.kind === 'hosts') await hosts.install();
  if (plan.kind === 'terraform') await modules.install(cloud, pack.folder);
  if (subscribers !== undefined) await installSubscribers(subscribers);
  if (plan.kind === 'hosts' || plan.kind === 'terraform') await createAlarms();
  if (isOfZips(plan.kind)) await installZips(places, plan.kind === 'zip-alias');
  const goesBy = await goingByIn(plan, archived);
  for (const place of places.map(placeOf).filter(({ balanced }) => !balanced))
    await ecs.send(new UpdateServiceCommand({ cluster: place.cluster, service: place.service, loadBalancers: [] }));
  await clock.advance(BEGIN - clock.now());

  const runningNow = async (): Promise<readonly Running[]> =>
    (await Promise.all(places.map((place) => runningAt(place, plan.kind, network.fetch)))).map((one): typeof one =>
      JSON.parse(goingBy(JSON.stringify(one), goesBy)),
    );
  const ran = await runningNow();
  const told: Told[] = [];
  const ofPromotions: Told[] = [];
  const before = await tagsPromotedTo(names);
  const receive = async (): Promise<void> => {
    for (const { Body = '' } of await receiveAll(queue)) {
      const event = JSON.parse(goingBy(Body, goesBy));
      const one: Told = { at: clock.now(), type: event['detail-type'], detail: event.detail };
      if (one.detail.promotion !== undefined) ofPromotions.push(one);
      else if (one.detail.deployment !== undefined) told.push(one);
      tell(
        `told ${event['detail-type']} ${event.detail.service ?? event.detail.tag} ${event.detail.deployment ?? event.detail.promotion} ${event.detail.reason?.code ?? ''}`,
      );
    }
  };
  const actors = people({
    clock,
    kind: plan.kind,
    modules,
    replaceFunctions: () => {
      replaced.generation += 1;
    },
  });
  for (const step of plan.steps) {
    const arrived = clock.now();
    for (let look = 0; look < MOST_LOOKS && step.after !== undefined && !(await hasEnded(step.after)); look += 1)
      await clock.advance(PAUSE);
    late += (clock.now() - arrived) / 1000;
    await clock.advance(Math.max(0, BEGIN + (step.at + late) * 1000 - clock.now()));
    if (!(await meetings.hasMet(step))) await act(step);
  }
  const { asked, cancels } = actors;
  await clock.advance(Math.max(0, BEGIN + (plan.healed + late) * 1000 - clock.now()));
  const earlier = await scan({
    FilterExpression: 'begins_with(sk, :audit)',
    ExpressionAttributeValues: { ':audit': { S: 'audit#' } },
  });
  await receive();
  await clock.advance(1000);
  let quiet = false;
  let dead = await deadLetters();
  for (let minute = 0; minute < MOST_MINUTES && !quiet; minute += 2) {
    // What has died for the last time a moment ago comes to the dead letters only when it is received once more.
    await redrive();
    await clock.advance(120_000);
    await receive();
    // What was given up meanwhile has not been redriven yet.
    const before = dead;
    dead = await deadLetters();
    quiet = dead === before && (await isQuiet());
  }
  const running = await runningNow();
  const items = await scan();
  const heard = subscribers === undefined ? {} : { heard: await subscribers.heard() };
  const promoted = { asked: actors.promotions, told: ofPromotions, before, tags: await tagsPromotedTo(names) };
  const tags = await tagsNamedIn(plan);
  const deaths = choices.chosen.filter(({ point, what }) => what.startsWith('crash') && !point.startsWith('sweep')).length;
  await cloud.stop();
  functions.release();
  return {
    seen: {
      plan: { ...plan, steps },
      told,
      items,
      earlier,
      asked,
      cancels,
      ran,
      running,
      tags,
      promoted,
      published,
      ...heard,
      deaths,
      wrong,
      quiet,
    },
    trace,
    choices,
    points,
    calls,
  };
};

/** A function that met with misfortune then or later may not have kept that it has published. */
const publishedBy = (run: Run, { input }: InterceptedCall): Published => {
  const { calls } = run;
  return { text: new URLSearchParams(input).get('Message') ?? '', mayComeAgain: () => run.troubled >= calls };
};

/** How often a step looks whether what it waits for has ended, and milliseconds in between. */
const MOST_LOOKS = 450;
const PAUSE = 2000;

/** Whether the table says so of the deployment that was asked for by this name. */
const hasEnded = async (request: string): Promise<boolean> => (await askedBy(request)).some(({ state }) => TERMINAL.has(state));

/** Of the places that are not made from the examples. */
const createAlarms = async (): Promise<void> => {
  for (const { service } of PLACES.slice(0, 2)) {
    const alarm = { AlarmName: `${service}-5xx`, Namespace: 'x', MetricName: 'y', Statistic: 'Sum', Period: 60 } as const;
    const often = { Threshold: 1, EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanThreshold' } as const;
    await desk.clients.cloudwatch.send(new PutMetricAlarmCommand({ ...alarm, ...often }));
  }
};

/** Under which digest others are judged: what runs is one platform's image, or the archive of an artifact. */
const goingByIn = async ({ kind }: Plan, archived: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  if (isOfZips(kind)) return artifactsToArchives(archived);
  return kind === 'alias' || kind === 'function' ? platformsToIndexes() : new Map();
};

/** By tag, in the repository of the place that images are promoted to, where it takes part. */
const tagsPromotedTo = async (names: readonly (string | undefined)[]): Promise<ReadonlyMap<string, string>> => {
  const { service, repository } = PLACES[1];
  return new Map(names.includes(service) ? await tagsOf(repository) : []);
};

const tagsOf = async (repositoryName: string): Promise<readonly (readonly [tag: string, digest: string])[]> => {
  const { imageDetails = [] } = await desk.clients.ecr.send(new DescribeImagesCommand({ repositoryName, maxResults: 1000 }));
  return imageDetails.flatMap(({ imageTags = [], imageDigest = '' }) => imageTags.map((tag) => [tag, imageDigest] as const));
};

/** In the repositories of whose images a person names any. */
const tagsNamedIn = async ({ steps }: Plan): Promise<ReadonlyMap<string, string>> => {
  const naming = steps.flatMap((step) => (step.do === 'rollback' && (step.from ?? step.to) !== undefined ? [step] : []));
  const repositories = new Set(naming.map(({ place }) => placeOf(place).repository));
  const tags = await Promise.all(
    [...repositories].map(async (repository) =>
      (await tagsOf(repository)).map(([tag, digest]) => [`${repository}:${tag}`, digest] as const),
    ),
  );
  return new Map(tags.flat());
};

/** Ten times what the busiest schedules take. */
const MOST_CALLS = 20_000;

/** Every clock of a deployment and its rollback, with room for what waits behind others. */
const MOST_MINUTES = 120;
