import { setTimeout as pause } from 'node:timers/promises';
import { DescribeServicesCommand, ECSClient, waitUntilServicesStable } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { deployFirst, eventOf, requestDeployment, verdictOn } from './cloud/request.ts';
import { type BenchService, benchService } from './cloud/services.ts';
import { startCloud } from './cloud/start.ts';
import { subscribe } from './cloud/subscriber.ts';
import type { Measurement } from './measurement.ts';
import { mean, median, percentile } from './report/statistics.ts';

/** How long the rollouts take, in seconds. */
const ROLLOUTS = [10, 60, 150] as const;
/** Services of each. */
const EACH = 18;
/** Two stacks, each on a cloud of its own. */
const STACKS = 2;
/** Seconds between two requests: two rollouts seldom end in the same instant, as they seldom do elsewhere. */
const BETWEEN_REQUESTS = 1.2;
/** Seconds. A poller's lag depends on where in its interval the end falls: the ends are spread over one interval. */
const POLL_INTERVAL = 15;
/** The local ECS takes so many seconds from a task's start to the end of a rollout: two probes and the old task's end. */
const AFTER_START = 1.2;
/** Seconds until a waiter is given up: it counts with this, which is in its favour. */
const MOST_WAITING = 420;
/** One service in so many is also watched finely. */
const WATCHED = 6;

interface Sample {
  readonly rollout: number;
  /** Seconds after the rollout's end. */
  readonly verdict: number;
  readonly poller: number;
  readonly waiter: number;
  /** When a fine observer saw the end: seconds after the time that ECS gives for it. */
  readonly seen?: number;
}

/** From the end of the rollout to the verdict in a subscriber's hands, beside what others do. */
export const verdictLag: Measurement = {
  name: 'verdict-lag',
  about: 'from the last condition to the verdict at a subscriber',
  async run(say) {
    const services = Array.from({ length: EACH * ROLLOUTS.length }, (_, index) => benchService(index + 1, labelsOf(index)));
    const stacks: Stack[] = [];
    try {
      // One after another: two packagings at once use the same folder.
      for (let stack = 0; stack < STACKS; stack += 1)
        stacks.push(await installed(services.filter((_, index) => index % STACKS === stack)));
      say(`${services.length} services get their first deployment`);
      for (const { events, subscriber, own } of stacks) await deployFirst(events, subscriber, own);
      say(
        `${services.length} rollouts side by side, and the waiters on them; up to ${Math.ceil((MOST_WAITING + 70) / 60)} minutes`,
      );
      const samples = await Promise.all(
        services.map(async (service, index) => {
          const stack = stacks[index % STACKS];
          if (stack === undefined) throw new Error(`there is no stack for ${service.name}`);
          await pause(index * BETWEEN_REQUESTS * 1000);
          return measure(stack, service, index);
        }),
      );
      return findings(samples);
    } finally {
      await Promise.all(stacks.map(({ stop }) => stop()));
    }
  },
};

type Stack = Awaited<ReturnType<typeof installed>>;

const installed = async (own: readonly BenchService[]) => {
  const cloud = await startCloud(own);
  const subscriber = await subscribe(cloud.access);
  return {
    own,
    ecs: new ECSClient(cloud.access),
    events: new EventBridgeClient(cloud.access),
    subscriber,
    async stop() {
      subscriber.close();
      await cloud.stop();
    },
  };
};

const rolloutOf = (index: number): number => ROLLOUTS[index % ROLLOUTS.length] ?? ROLLOUTS[0];

const labelsOf = (index: number) => {
  const turn = Math.floor(index / ROLLOUTS.length);
  const spread = ((turn + 0.5) / EACH - 0.5) * POLL_INTERVAL;
  return { 'switchyard.local.start-seconds': (rolloutOf(index) + spread - AFTER_START).toFixed(2) };
};

const measure = async ({ ecs, events, subscriber }: Stack, service: BenchService, index: number): Promise<Sample> => {
  const request = await requestDeployment(events, service, service.image);
  await eventOf(subscriber, request, 'DeploymentStarted', 60);
  const startSeconds = Number(service.labels['switchyard.local.start-seconds']);
  const [verdict, poller, waiter, seen] = await Promise.all([
    verdictOn(subscriber, request, startSeconds + 120),
    poll(ecs, service),
    wait(ecs, service),
    index % WATCHED === 0 ? watch(ecs, service, startSeconds) : undefined,
  ]);
  if (verdict.type !== 'DeploymentSucceeded') throw new Error(`the rollout of ${service.name} ended as ${verdict.type}`);
  const ended = await rolloutEnd(ecs, service);
  const after = (at: number) => (at - ended) / 1000;
  return {
    rollout: rolloutOf(index),
    verdict: after(verdict.at),
    poller: after(poller),
    waiter: after(waiter),
    ...(seen === undefined ? {} : { seen: after(seen) }),
  };
};

const describe = async (ecs: ECSClient, { cluster, name }: BenchService) => {
  const { services: [found] = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [name] }));
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found;
};

/** The time that ECS itself gives, in milliseconds: the primary deployment was last updated when it was completed. */
const rolloutEnd = async (ecs: ECSClient, service: BenchService): Promise<number> => {
  const [primary] = (await describe(ecs, service)).deployments ?? [];
  if (primary?.rolloutState !== 'COMPLETED' || primary.updatedAt === undefined)
    throw new Error(`the rollout of ${service.name} is ${primary?.rolloutState}`);
  return primary.updatedAt.getTime();
};

/** Asks every 15 s, as the AWS CLI's waiter and several deploy tools do; the condition is that of the SDK's waiter. */
const poll = async (ecs: ECSClient, service: BenchService): Promise<number> => {
  for (;;) {
    const { deployments = [], runningCount, desiredCount } = await describe(ecs, service);
    if (deployments.length === 1 && runningCount === desiredCount) return Date.now();
    await pause(POLL_INTERVAL * 1000);
  }
};

/** The SDK's own waiter with its own delays. */
const wait = async (client: ECSClient, { cluster, name }: BenchService): Promise<number> => {
  await waitUntilServicesStable({ client, maxWaitTime: MOST_WAITING }, { cluster, services: [name] }).catch((error: unknown) => {
    if (!(error instanceof Error) || error.name !== 'TimeoutError') throw error;
  });
  return Date.now();
};

/** Asks again and again from shortly before the end on: when the end could first be seen from outside. */
const watch = async (ecs: ECSClient, service: BenchService, startSeconds: number): Promise<number> => {
  await pause(startSeconds * 1000);
  for (;;) {
    const { deployments = [] } = await describe(ecs, service);
    if (deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED') return Date.now();
    await pause(10);
  }
};

const findings = (samples: readonly Sample[]) => {
  const lags = (rollout: number | undefined, who: 'verdict' | 'poller' | 'waiter') =>
    samples.filter((sample) => rollout === undefined || sample.rollout === rollout).map((sample) => sample[who]);
  const seen = samples.flatMap((sample) => (sample.seen === undefined ? [] : [sample.seen]));
  const given = samples.filter(({ waiter, rollout }) => waiter + rollout > MOST_WAITING - 10).length;
  const names = {
    verdict: 'Switchyard, verdict in hands',
    poller: 'poll each 15 s',
    waiter: 'waitUntilServicesStable, defaults',
  };
  const row = (rollout: number | undefined, who: 'verdict' | 'poller' | 'waiter') => {
    const values = lags(rollout, who);
    const [own, other] = [lags(rollout, 'verdict'), values];
    return [
      rollout === undefined ? 'all' : `${rollout} s`,
      names[who],
      values.length,
      median(values),
      percentile(values, 95),
      mean(values),
      who === 'verdict' ? '' : `${(median(other) / median(own)).toFixed(0)}`,
      who === 'verdict' ? '' : `${(mean(other) / mean(own)).toFixed(0)}`,
    ];
  };
  return {
    tables: [
      {
        columns: [
          { title: 'rollout' },
          { title: 'who' },
          { title: 'samples' },
          { title: 'p50 (s)', decimals: 3 },
          { title: 'p95 (s)', decimals: 3 },
          { title: 'mean (s)', decimals: 3 },
          { title: 'times Switchyard (p50)' },
          { title: 'times Switchyard (mean)' },
        ],
        rows: [...ROLLOUTS, undefined].flatMap((rollout) =>
          (['verdict', 'poller', 'waiter'] as const).map((who) => row(rollout, who)),
        ),
      },
    ],
    notes: [
      `Rollout ends are those of ECS's own \`updatedAt\`, in milliseconds. A separate observer, that asked each 10 ms in ${seen.length} of the rollouts, saw the end ${Math.round(Math.min(...seen) * 1000)} to ${Math.round(Math.max(...seen) * 1000)} ms after that time.`,
      `${given} of ${samples.length} waiters were given up after ${MOST_WAITING} s and count with that.`,
    ],
  };
};
