import { DeleteMessageCommand, ListQueuesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { type Call, startPipeline } from './pipeline.ts';

const prepared = async () => {
  const pipeline = await startPipeline({ services: ['adit-service-preprod'] });
  await pipeline.earnFirst('preprod', 'adit-service-preprod');
  return pipeline;
};

const sends =
  (text: string) =>
  ({ action, body }: Call): boolean =>
    action === 'sqs:SendMessage' && body.includes(text);

describe('what is lost', () => {
  it('costs time only: without any wake from function to function the sweep finishes it', async () => {
    const pipeline = await prepared();
    pipeline.faults.lose = (call) => call.function !== 'sweep' && call.function !== 'route' && sends('wake')(call);
    await pipeline.deploy('preprod', 'preprod:better', 'adit-service-preprod');
    expect((await pipeline.verdict(600)).type).toBe('DeploymentSucceeded');
  });

  it("costs time only: without any of ECS's events the back-stop looks find out", async () => {
    const pipeline = await prepared();
    pipeline.faults.lose = sends('ECS Deployment State Change');
    await pipeline.deploy('preprod', 'preprod:better', 'adit-service-preprod');
    expect((await pipeline.verdict(900)).type).toBe('DeploymentSucceeded');
    pipeline.faults.lose = (call) => sends('ECS Deployment State Change')(call) || sends('ECS Task State Change')(call);
    await pipeline.deploy('preprod', 'preprod:crashing', 'adit-service-preprod');
    expect(await pipeline.verdict(900)).toMatchObject({ type: 'DeploymentRolledBack' });
  });

  it('is the answer of a start: what was begun is found, and not begun again', async () => {
    const pipeline = await prepared();
    let died = false;
    pipeline.faults.crash = ({ action }) => {
      if (died || action !== 'ecs:UpdateService') return undefined;
      died = true;
      return 'after';
    };
    pipeline.calls.length = 0;
    await pipeline.deploy('preprod', 'preprod:better', 'adit-service-preprod');
    expect((await pipeline.verdict(900)).type).toBe('DeploymentSucceeded');
    expect(pipeline.calls.filter((call) => call === 'ecs:UpdateService')).toHaveLength(1);
  });

  it('is a request that was accepted and whose message is gone: the sweep finishes it', async () => {
    const pipeline = await prepared();
    pipeline.faults.loseMessageOfCrash = true;
    let died = false;
    pipeline.faults.crash = ({ function: name, action }) => {
      if (died || name !== 'deploy' || action !== 'dynamodb:TransactWriteItems') return undefined;
      died = true;
      return 'after';
    };
    await pipeline.deploy('preprod', 'preprod:better', 'adit-service-preprod');
    expect((await pipeline.verdict(900)).type).toBe('DeploymentSucceeded');
    expect(died).toBe(true);
  });

  it('is not the environment: a message that fails for ever leaves its group within a minute, and goes to the dead-letter queue in the end', async () => {
    const pipeline = await prepared();
    let poisoned = '';
    pipeline.faults.crash = ({ function: name, action, body }) =>
      name === 'deploy' && action === 'ecr:DescribeImages' && body.includes(poisoned || 'never') ? 'before' : undefined;
    poisoned = 'v1-poison';
    await pipeline.deploy('preprod', 'preprod:v1-poison', 'adit-service-preprod');
    pipeline.faults.failSoftly = true;
    await pipeline.deploy('preprod', 'preprod:better', 'adit-service-preprod');
    expect(await pipeline.verdict(120)).toMatchObject({
      type: 'DeploymentSucceeded',
      detail: { asked: { image: 'preprod:better' } },
    });
    await pipeline.pass(30 * 60);
    const { QueueUrls = [] } = await pipeline.sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'switchyard-deploy-dlq' }));
    const { Messages = [] } = await pipeline.sqs.send(new ReceiveMessageCommand({ QueueUrl: QueueUrls[0] }));
    expect(Messages.map(({ Body = '' }) => Body.includes('v1-poison'))).toEqual([true]);
    await pipeline.sqs.send(new DeleteMessageCommand({ QueueUrl: QueueUrls[0], ReceiptHandle: Messages[0]?.ReceiptHandle }));
  });
});

describe('what is doubled', () => {
  it('changes nothing: every message of the pipeline delivered twice', async () => {
    const pipeline = await prepared();
    pipeline.faults.double = ({ action }) => action === 'sqs:SendMessage';
    await pipeline.deploy('preprod', 'preprod:better', 'adit-service-preprod');
    const good = await pipeline.verdict();
    expect(good.type).toBe('DeploymentSucceeded');
    await pipeline.deploy('preprod', 'preprod:unhealthy', 'adit-service-preprod');
    expect((await pipeline.verdict()).type).toBe('DeploymentRolledBack');
    await pipeline.pass(400);
    const verdicts = pipeline.told.filter(({ detail }) => detail['terminal'] === true);
    expect(verdicts).toHaveLength(3);
    expect(pipeline.calls.filter((call) => call === 'ecs:RegisterTaskDefinition')).toHaveLength(3);
  });
});
