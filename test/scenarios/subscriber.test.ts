import { readFileSync } from 'node:fs';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { subscriber } from '../../examples/subscriber.mjs';
import { mayBeSentTo } from './may-be-sent-to.ts';
import { startPipeline } from './pipeline.ts';

const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:verdicts';

it('the example of a subscriber, in ten lines, says each verdict once', async () => {
  const text = readFileSync(new URL('../../examples/subscriber.mjs', import.meta.url), 'utf8');
  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('//'))).toHaveLength(10);
  const { sqs, events, earnFirst, deploy, verdict } = await startPipeline({ services: ['adit-service-preprod'] });
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'verdicts', Attributes: { Policy: mayBeSentTo('verdicts') } }),
  );
  const EventPattern = JSON.stringify({ detail: { terminal: [true] } });
  await events.send(new PutRuleCommand({ Name: 'verdicts', EventBusName: 'switchyard', EventPattern }));
  await events.send(
    new PutTargetsCommand({ Rule: 'verdicts', EventBusName: 'switchyard', Targets: [{ Id: 'queue', Arn: QUEUE }] }),
  );
  await earnFirst('preprod', 'adit-service-preprod');
  await deploy('preprod', 'preprod:absent', 'adit-service-preprod');
  await verdict();

  const lines: string[] = [];
  const handle = subscriber((line) => void lines.push(line));
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  const Records = Messages.map(({ Body = '' }) => ({ body: Body }));
  await handle({ Records: [...Records, ...Records] });
  expect(lines.sort()).toEqual([
    expect.stringMatching(/^DeploymentRejected: adit-service-preprod in preprod: .*absent/),
    'DeploymentSucceeded: adit-service-preprod in preprod: rolled out, and every check passed',
  ]);
});
