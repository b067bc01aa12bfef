import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { Faults } from '../../local/faults.ts';
import { HOME } from '../../local/place.ts';
import { randomFrom } from '../../local/random.ts';
import { createRequestHandler } from '../../local/request-handler.ts';
import { seededFaults } from '../../local/seeded-faults.ts';
import { startPipeline } from '../scenarios/pipeline.ts';
import { testCloud } from './cloud/cloud-builder.ts';

const of = (seed: number) => {
  const told: string[] = [];
  const functionOf = (key: string) => (key.startsWith('ASIA') ? 'deploy' : undefined);
  return { told, faults: seededFaults({ seed, wait: async () => undefined, tell: (line) => told.push(line), functionOf }) };
};

/** What becomes of a function's first 400 calls, with nothing behind them. */
const outcomes = async (faults: Faults, caller: string): Promise<readonly number[]> => {
  const statuses: number[] = [];
  const request = { method: 'POST', path: '/', headers: {}, body: '{}' };
  for (let index = 0; index < 400; index += 1) {
    const call = { service: 'ecs', action: 'DescribeServices', caller, ...HOME, input: '{}', request } as const;
    const answer = await faults.call?.(call, async () => ({ status: 200, headers: {}, body: '' }));
    statuses.push(answer?.status ?? 0);
  }
  return statuses;
};

describe('faults from a seed', () => {
  it('are the same for the same seed, and others for another', async () => {
    const [first, again, other] = [of(7), of(7), of(8)];
    await Promise.all([outcomes(first.faults, 'ASIAX'), outcomes(again.faults, 'ASIAX'), outcomes(other.faults, 'ASIAX')]);
    expect(again.told).toEqual(first.told);
    expect(other.told).not.toEqual(first.told);
  });

  it('throttle, fail, delay, double and lose, and say so', async () => {
    const { told, faults } = of(1);
    await outcomes(faults, 'ASIAX');
    for (let index = 0; index < 100; index += 1)
      faults.arrivals?.({
        ...HOME,
        source: 'aws.ecs',
        detailType: 'ECS Task State Change',
        rule: 'r',
        target: 'arn:aws:sqs:eu-west-1:1:inbox',
      });
    for (const kind of ['throttled', 'failed', 'failed after it took effect', 'delivered twice', 'lost'])
      expect(told.filter((line) => line.startsWith(`${kind}: `)).length, kind).toBeGreaterThan(0);
    expect(told.filter((line) => / ms late: ecs:DescribeServices of deploy$/.test(line)).length).toBeGreaterThan(0);
  });

  it("leave a person's calls alone, and lose no request", async () => {
    const { told, faults } = of(1);
    const own = await outcomes(faults, 'local');
    expect(new Set(own)).toEqual(new Set([200]));
    for (let index = 0; index < 100; index += 1)
      expect(
        faults.arrivals?.({
          ...HOME,
          source: 'ci',
          detailType: 'DeployRequested',
          rule: 'r',
          target: 'arn:aws:sqs:eu-west-1:1:inbox',
        }),
      ).not.toEqual([]);
    expect(told.filter((line) => !line.startsWith('delivered twice'))).toEqual([]);
  });

  it('are refusals as the services make them', async () => {
    const cloud = await testCloud();
    const thrown = async (client: { send: (command: never) => Promise<unknown> }, command: unknown) =>
      client
        .send(command as never)
        .catch((error: Error & { $metadata: { httpStatusCode: number } }) => [error.name, error.$metadata.httpStatusCode]);
    const failing = (seed: number) => {
      const { faults } = of(seed);
      return {
        ...cloud.access(),
        requestHandler: createRequestHandler(cloud.handle, {
          intercept: (call, next) => faults.call?.({ ...call, caller: 'ASIAX' }, next) ?? next(),
        }),
      };
    };
    // The first number of seed 1 is below the share that is throttled.
    expect(randomFrom(1)()).toBeLessThan(0.06);
    expect(await thrown(new DynamoDBClient(failing(1)), new ListTablesCommand({}))).toEqual([
      'ProvisionedThroughputExceededException',
      400,
    ]);
    expect(await thrown(new SQSClient(failing(1)), new ListQueuesCommand({}))).toEqual(['ThrottlingException', 400]);
    expect(await thrown(new SQSClient(failing(1)), new CreateQueueCommand({ QueueName: 'q' }))).toEqual([
      'ThrottlingException',
      400,
    ]);
  });
});

describe('the pipeline on a bad day', () => {
  it.each([1, 2, 3])('comes to its verdict all the same (seed %d)', async (seed) => {
    const pipeline = await startPipeline({ services: ['adit-service-preprod'] });
    await pipeline.earnFirst('preprod', 'adit-service-preprod');
    const functionOf = (key: string) => key;
    const wait = (milliseconds: number) =>
      new Promise<void>((resolve) => {
        const unpark = pipeline.clock.park();
        pipeline.clock.after(milliseconds, () => {
          unpark();
          resolve();
        });
      });
    const { call } = seededFaults({ seed, wait, tell: () => undefined, functionOf });
    pipeline.faults.call = (_, intercepted, next) => call?.(intercepted, next);
    await pipeline.deploy('preprod', 'preprod:better', 'adit-service-preprod');
    expect((await pipeline.verdict(3600)).type).toBe('DeploymentSucceeded');
    await pipeline.deploy('preprod', 'preprod:unhealthy', 'adit-service-preprod');
    expect((await pipeline.verdict(3600)).type).toBe('DeploymentRolledBack');
  });
});
