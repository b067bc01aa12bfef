import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startPipeline, type Told } from './pipeline.ts';

const SERVICE = 'adit-service-preprod';
const MEASURE = 'http://cloud.test/123456789012/switchyard-measure';

type Line = Readonly<Record<string, unknown>> & {
  readonly _aws: { readonly CloudWatchMetrics: readonly [{ readonly Metrics: readonly [{ readonly Name: string }] }] };
};

const linesIn = (log: readonly string[]): readonly Line[] =>
  log.filter((line) => line.includes('"_aws"')).map((line) => JSON.parse(line.slice(line.indexOf('{'))));

/** What was counted under a name, in the order of the lines. */
const valuesOf = (log: readonly string[], name: string): readonly unknown[] =>
  linesIn(log)
    .filter(({ _aws }) => _aws.CloudWatchMetrics[0].Metrics[0].Name === name)
    .map((line) => line[name]);

describe('the metrics of the pipeline', () => {
  let pipeline: Awaited<ReturnType<typeof startPipeline>>;
  let good: Told;
  let undone: Told;

  beforeAll(async () => {
    pipeline = await startPipeline({ services: [SERVICE] });
    good = await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.deploy('preprod', 'preprod:crashing', SERVICE);
    undone = await pipeline.verdict(900);
    await pipeline.deploy('preprod', 'preprod:absent', SERVICE);
    await pipeline.verdict();
    await pipeline.pass(130);
  }, 240_000);

  it('count each verdict, by its service and end', () => {
    const ends = linesIn(pipeline.log).flatMap((line) =>
      'Deployments' in line ? [[line['environment'], line['service'], line['verdict']]] : [],
    );
    expect(ends).toEqual([
      ['preprod', SERVICE, 'succeeded'],
      ['preprod', SERVICE, 'rolled-back'],
      ['preprod', SERVICE, 'rejected'],
    ]);
    expect([valuesOf(pipeline.log, 'Changes'), valuesOf(pipeline.log, 'ChangeFailures')]).toEqual([[1, 1], [1]]);
    expect([valuesOf(pipeline.log, 'Rollbacks'), valuesOf(pipeline.log, 'FailedRollbacks')]).toEqual([[1], [0, 0, 0]]);
  });

  it('say as long as the verdict does', () => {
    expect(valuesOf(pipeline.log, 'Duration')).toEqual([good, undone].map(({ detail }) => detail['durationSeconds']));
    const phases = linesIn(pipeline.log).filter((line) => 'PhaseDuration' in line);
    const sum = phases.reduce((all, line) => all + Number(line['PhaseDuration']), 0);
    expect(Math.abs(sum - Number(good.detail['durationSeconds']) - Number(undone.detail['durationSeconds']))).toBeLessThanOrEqual(
      1,
    );
    expect(new Set(phases.map((line) => line['phase']))).toEqual(
      new Set(['starting', 'rolling-out', 'verifying', 'baking', 'rolling-back', 'verifying-rollback']),
    );
  });

  it('come of the sweep each minute, and nothing is overdue', () => {
    const sweeps = valuesOf(pipeline.log, 'Sweeps');
    expect(sweeps.length).toBeGreaterThan(1);
    expect(new Set(valuesOf(pipeline.log, 'OverdueDeployments'))).toEqual(new Set([0]));
  });

  it('do not count a verdict that comes three times more', async () => {
    const before = linesIn(pipeline.log).filter((line) => 'Deployments' in line).length;
    const body = JSON.stringify({ 'detail-type': good.type, detail: good.detail });
    for (let copy = 0; copy < 3; copy += 1)
      await pipeline.sqs.send(new SendMessageCommand({ QueueUrl: MEASURE, MessageBody: body }));
    await pipeline.pass(5);
    expect(linesIn(pipeline.log).filter((line) => 'Deployments' in line)).toHaveLength(before);
    expect(pipeline.log.filter((line) => line.includes('counted already'))).toHaveLength(3);
  });
});

it('a deployment that nobody has seen to in its time is counted as overdue', async () => {
  const pipeline = await startPipeline({ services: [SERVICE] });
  await pipeline.deploy('preprod', 'preprod:good', SERVICE);
  await pipeline.until(({ type }) => type === 'DeploymentStarted');
  // Every function but the sweep is dead from now on.
  pipeline.faults.crash = ({ function: name }) => (name === 'sweep' ? undefined : 'before');
  const counted = () => valuesOf(pipeline.log, 'OverdueDeployments');
  for (let minutes = 0; minutes < 180 && counted().at(-1) !== 1; minutes += 10) await pipeline.clock.advance(10 * 60_000);
  expect([counted()[0], counted().at(-1)]).toEqual([0, 1]);
}, 240_000);
