import { afterAll, describe, expect, it } from 'vitest';
import { openAlarms } from './alarms.ts';
import { leftOut, openEndpoint } from './endpoint.ts';
import { openEvents } from './event-bus.ts';

const endpoint = await openEndpoint();
const { newAlarm, newComposite, set, find, becomes, close } = openAlarms(endpoint);
const { newQueue, subscribe, close: closeEvents } = openEvents(endpoint);
const left = leftOut('cloudwatch');

afterAll(async () => {
  await close();
  await closeEvents();
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
describe.skipIf(left)('the event of a change (skipped where CONFORMANCE_SKIP names cloudwatch)', () => {
  const CHANGE = 'CloudWatch Alarm State Change';
  const watch = async (...alarmName: string[]) => {
    const queue = await newQueue();
    await subscribe(
      'default',
      { Arn: queue.arn },
      { source: ['aws.cloudwatch'], 'detail-type': [CHANGE], detail: { alarmName } },
    );
    return async (count: number) => (await queue.take(count)).map(({ Body = '' }) => JSON.parse(Body));
  };

  it('tells of the alarm, its state before and now, and its metric', async () => {
    const name = await newAlarm({ AlarmDescription: 'of a test' });
    const arn = (await find(name))?.AlarmArn ?? '';
    const events = await watch(name);
    await set(name, 'ALARM', { StateReasonData: '{"a":1}' });
    const [event] = await events(1);
    const time = expect.stringMatching(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}\+0000$/);
    expect(event).toMatchObject({
      version: '0',
      'detail-type': CHANGE,
      source: 'aws.cloudwatch',
      resources: [arn],
      detail: {
        alarmName: name,
        state: { value: 'ALARM', reason: 'a test says so', reasonData: '{"a":1}', timestamp: time },
        previousState: { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation', timestamp: time },
        configuration: {
          description: 'of a test',
          metrics: [
            {
              id: expect.stringMatching(/.+/),
              metricStat: {
                metric: { namespace: 'Conformance', name: 'Errors', dimensions: { Service: 'api' } },
                period: 300,
                stat: 'Sum',
              },
              returnData: true,
            },
          ],
        },
      },
    });
  });

  it('comes only if the state is another', async () => {
    const name = await newAlarm();
    const events = await watch(name);
    for (const state of ['ALARM', 'ALARM', 'OK', 'OK', 'ALARM'] as const) await set(name, state);
    expect((await events(3)).map(({ detail }) => detail.state.value).sort()).toEqual(['ALARM', 'ALARM', 'OK']);
  });

  it('of a composite alarm tells its rule, and the alarm that has triggered it', async () => {
    const child = await newAlarm();
    const rule = `ALARM(${child})`;
    const name = await newComposite(rule);
    await becomes(name, 'OK');
    const events = await watch(name);
    await set(child, 'ALARM');
    const [{ detail }] = await events(1);
    expect(detail).toMatchObject({
      alarmName: name,
      configuration: { alarmRule: rule },
      state: { value: 'ALARM', reason: expect.stringMatching(/ transitioned to ALARM at /) },
      previousState: { value: 'OK' },
    });
    expect(JSON.parse(detail.state.reasonData)).toMatchObject({
      triggeringAlarms: [{ arn: (await find(child))?.AlarmArn, state: { value: 'ALARM' } }],
    });
  });
});
