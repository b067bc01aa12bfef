import { setTimeout as pause } from 'node:timers/promises';
import { DescribeTasksCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { deployFirst, reasonOf, requestDeployment, verdictOn } from './cloud/request.ts';
import { type BenchService, benchService } from './cloud/services.ts';
import { startCloud } from './cloud/start.ts';
import { type Subscriber, subscribe } from './cloud/subscriber.ts';
import type { Measurement } from './measurement.ts';
import { mean, median, percentile } from './report/statistics.ts';

const SERVICES = 24;
/** Seconds between two requests. */
const BETWEEN_REQUESTS = 2;

/** Exits with 1 half a second after its start, before it can be in service. */
const LABELS = { 'switchyard.local.exit-code': '1', 'switchyard.local.exit-after-seconds': '0.5' };

interface Sample {
  /** Seconds after the first task stopped. */
  readonly reason: number;
  readonly verdict: number;
}

/** From the first task that stops to its reason in a subscriber's hands. */
export const stoppedTask: Measurement = {
  name: 'stopped-task',
  about: 'from the first stopped task to its reason at a subscriber',
  async run(say) {
    const services = Array.from({ length: SERVICES }, (_, index) => benchService(index + 1, LABELS));
    const cloud = await startCloud(services);
    const subscriber = await subscribe(cloud.access);
    try {
      const ecs = new ECSClient(cloud.access);
      const events = new EventBridgeClient(cloud.access);
      say(`${SERVICES} services get their first deployment`);
      await deployFirst(events, subscriber, services);
      say(`${SERVICES} deployments of an image that crashes`);
      const samples = await Promise.all(
        services.map(async (service, index) => {
          await pause(index * BETWEEN_REQUESTS * 1000);
          return measure(ecs, events, subscriber, service);
        }),
      );
      return findings(samples);
    } finally {
      subscriber.close();
      await cloud.stop();
    }
  },
};

const measure = async (
  ecs: ECSClient,
  events: EventBridgeClient,
  subscriber: Subscriber,
  service: BenchService,
): Promise<Sample> => {
  const request = await requestDeployment(events, service, service.image);
  const [reason, verdict] = await Promise.all([reasonOf(subscriber, request, 60), verdictOn(subscriber, request, 180)]);
  if (verdict.type !== 'DeploymentRolledBack') throw new Error(`the deployment of ${service.name} ended as ${verdict.type}`);
  const stopped = await firstStop(ecs, service);
  return { reason: (reason.at - stopped) / 1000, verdict: (verdict.at - stopped) / 1000 };
};

/** The time that ECS itself gives for the first task that ended by its container, in milliseconds. */
const firstStop = async (ecs: ECSClient, { cluster, name }: BenchService): Promise<number> => {
  const { taskArns: tasks = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName: name, desiredStatus: 'STOPPED' }));
  const { tasks: found = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks }));
  const times = found.flatMap(({ stopCode, stoppedAt }) =>
    stopCode === 'EssentialContainerExited' && stoppedAt !== undefined ? [stoppedAt.getTime()] : [],
  );
  if (times.length === 0) throw new Error(`no task of ${name} has crashed`);
  return Math.min(...times);
};

const findings = (samples: readonly Sample[]) => {
  const row = (title: string, values: readonly number[]) => [
    title,
    values.length,
    median(values),
    percentile(values, 95),
    mean(values),
  ];
  return {
    tables: [
      {
        columns: [
          { title: 'after the first task stopped' },
          { title: 'samples' },
          { title: 'p50 (s)', decimals: 3 },
          { title: 'p95 (s)', decimals: 3 },
          { title: 'mean (s)', decimals: 3 },
        ],
        rows: [
          row(
            'its reason and exit code',
            samples.map(({ reason }) => reason),
          ),
          row(
            "the verdict: rolled back, by ECS's circuit breaker after three such tasks",
            samples.map(({ verdict }) => verdict),
          ),
        ],
      },
    ],
    notes: [
      "The first line is the pipeline's own; most of the second is the time in which ECS starts two more tasks that crash, and goes back.",
    ],
  };
};
