import { GetQueueAttributesCommand, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { halfAccepted, serverError, throttle } from '../../local/faults.ts';
import { randomFrom } from '../../local/random.ts';
import { startPipeline } from './pipeline.ts';

const SERVICE = 'adit-service-preprod';
const ARN = 'arn:aws:sqs:eu-west-1:123456789012:switchyard';

const prepared = async () => {
  const pipeline = await startPipeline({ services: [SERVICE] });
  await pipeline.earnFirst('preprod', SERVICE);
  return pipeline;
};

type Pipeline = Awaited<ReturnType<typeof prepared>>;

/** Every event of a deployment, once and without a gap, however often it was tried. */
const requireAllEvents = (pipeline: Pipeline, deployment: string): void => {
  const sequences = pipeline.told
    .filter(({ detail }) => detail.deployment === deployment)
    .map(({ detail }) => Number(detail['sequence']));
  expect(sequences.toSorted((a, b) => a - b)).toEqual(sequences.map((_, index) => index + 1));
};

const deployBetter = async (pipeline: Pipeline, most = 900) => {
  await pipeline.deploy('preprod', 'preprod:better', SERVICE);
  const verdict = await pipeline.verdict(most);
  requireAllEvents(pipeline, verdict.detail.deployment);
  return verdict.type;
};

describe('nothing is lost', () => {
  it.each(['deploy', 'verify'])('when %s hangs until its function times out', async (name) => {
    const pipeline = await prepared();
    let hung = 0;
    pipeline.faults.call = ({ function: calling, action }) => {
      if (calling !== name || hung > 0 || action !== 'dynamodb:TransactWriteItems') return undefined;
      hung += 1;
      pipeline.clock.park();
      return new Promise(() => undefined);
    };
    expect(await deployBetter(pipeline)).toBe('DeploymentSucceeded');
    expect(hung).toBe(1);
    expect(pipeline.log.some((line) => line.includes('Task timed out after 60.00 seconds'))).toBe(true);
  });

  it('when a message fails for hours, goes to the dead letters, and is sent back from there', async () => {
    const pipeline = await prepared();
    pipeline.faults.call = ({ function: name, action }, call) =>
      name === 'deploy' && action.startsWith('dynamodb:') ? Promise.resolve(serverError(call)) : undefined;
    await pipeline.deploy('preprod', 'preprod:better', SERVICE);
    await pipeline.pass(2 * 3600);
    const { Attributes } = await pipeline.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: 'http://cloud.test/123456789012/switchyard-deploy-dlq.fifo',
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    expect(Attributes).toEqual({ ApproximateNumberOfMessages: '1' });
    delete pipeline.faults.call;
    await pipeline.sqs.send(
      new StartMessageMoveTaskCommand({ SourceArn: `${ARN}-deploy-dlq.fifo`, DestinationArn: `${ARN}-deploy.fifo` }),
    );
    // It is two hours old by now, and nobody knows whether it is still wanted.
    expect(await pipeline.verdict(900)).toMatchObject({
      type: 'DeploymentExpired',
      detail: { reason: { code: 'request-too-old' } },
    });
  });

  it('when the table throttles a sixth of all calls, and no client tries again', async () => {
    const pipeline = await prepared();
    let throttled = 0;
    // A fixed rhythm would meet the same call of each attempt.
    const random = randomFrom(7);
    pipeline.faults.call = ({ action }, call) => {
      if (!action.startsWith('dynamodb:')) return undefined;
      if (random() > 1 / 6) return undefined;
      throttled += 1;
      return Promise.resolve(throttle(call));
    };
    expect(await deployBetter(pipeline, 1800)).toBe('DeploymentSucceeded');
    expect(throttled).toBeGreaterThan(2);
  });

  it('when the table takes nothing for ten minutes', async () => {
    const pipeline = await prepared();
    const until = pipeline.clock.now() + 600_000;
    pipeline.faults.call = ({ action }, call) =>
      action.startsWith('dynamodb:') && pipeline.clock.now() < until ? Promise.resolve(throttle(call)) : undefined;
    expect(await deployBetter(pipeline, 1800)).toBe('DeploymentSucceeded');
  });

  it('when the bus takes half of what it is given', async () => {
    const pipeline = await prepared();
    let halved = 0;
    pipeline.faults.call = ({ action }, call, next) => {
      if (action !== 'events:PutEvents' || halved >= 20) return undefined;
      halved += 1;
      return halfAccepted(call, next);
    };
    expect(await deployBetter(pipeline, 1800)).toBe('DeploymentSucceeded');
    expect(halved).toBeGreaterThan(3);
  });
});
