import { readFileSync } from 'node:fs';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { mayBeSentTo } from './may-be-sent-to.ts';
import { startPipeline } from './pipeline.ts';

const PAGE = readFileSync(new URL('../../docs/monitoring.md', import.meta.url), 'utf8');

/** The pattern that the page gives to `put-rule`. */
const EventPattern = /--event-pattern '([^']+)'/.exec(PAGE)?.[1] ?? '';

const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:told';

it("the rule of docs/monitoring.md hears every alarm of the installation's own that rings, and none of a service", async () => {
  const { access, events, sqs, setAlarm, pass } = await startPipeline({ services: ['adit-service-preprod'] });
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'told', Attributes: { Policy: mayBeSentTo('told', 'own-alarms') } }),
  );
  await events.send(new PutRuleCommand({ Name: 'own-alarms', EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: 'own-alarms', Targets: [{ Id: 'queue', Arn: QUEUE }] }));
  const { MetricAlarms = [] } = await new CloudWatchClient(access).send(
    new DescribeAlarmsCommand({ AlarmNamePrefix: 'switchyard-' }),
  );
  const names = MetricAlarms.map(({ AlarmName = '' }) => AlarmName);
  expect(names).toContain('switchyard-dead-letters-MeasureDeadLetters');
  for (const name of names) await setAlarm(name, 'ALARM');
  for (const name of names) await setAlarm(name, 'OK');
  await setAlarm('adit-service-preprod-5xx', 'ALARM');
  await pass(5);
  const told: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) break;
    told.push(...Messages.map(({ Body = '{}' }) => JSON.parse(Body).detail.alarmName));
  }
  expect(told.sort()).toEqual(names.toSorted());
}, 60_000);
