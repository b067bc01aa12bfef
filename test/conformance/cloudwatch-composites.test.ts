import { DeleteAlarmsCommand, PutCompositeAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, describe, expect, it } from 'vitest';
import { INVALID, openAlarms } from './alarms.ts';
import { leftOut, openEndpoint, uniqueName } from './endpoint.ts';

const endpoint = await openEndpoint();
const { cloudwatch, made, newAlarm, newComposite, set, find, becomes, close } = openAlarms(endpoint);
const left = leftOut('cloudwatch');

afterAll(async () => {
  await close();
  await endpoint.close();
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
describe.skipIf(left)('a composite alarm (skipped where CONFORMANCE_SKIP names cloudwatch)', () => {
  it('follows its rule', async () => {
    const [a, b, c] = [await newAlarm(), await newAlarm(), await newAlarm()];
    const name = await newComposite(`ALARM(${a}) AND (ALARM("${b}") OR NOT OK(${c}))`);
    await set(c, 'OK');
    for (const [child, value, whole] of [
      [a, 'ALARM', 'OK'],
      [b, 'ALARM', 'ALARM'],
      [b, 'OK', 'OK'],
      [c, 'INSUFFICIENT_DATA', 'ALARM'],
      [a, 'OK', 'OK'],
    ] as const) {
      await set(child, value);
      await becomes(name, whole);
    }
  });

  it.each([
    ['TRUE', 'ALARM'],
    ['FALSE', 'OK'],
    ['NOT TRUE', 'OK'],
    ['TRUE OR FALSE', 'ALARM'],
    ['TRUE AND FALSE', 'OK'],
    // AND before OR.
    ['TRUE OR TRUE AND FALSE', 'ALARM'],
    ['(TRUE OR TRUE) AND FALSE', 'OK'],
  ] as const)('of %s is %s', async (rule, state) => {
    await becomes(await newComposite(rule), state);
  });

  it('may be about an alarm by its ARN, and about other composite alarms', async () => {
    const child = await newAlarm();
    const middle = await newComposite(`ALARM("${(await find(child))?.AlarmArn}")`);
    const top = await newComposite(`ALARM(${middle})`);
    await becomes(top, 'OK');
    await set(child, 'ALARM');
    await becomes(top, 'ALARM');
  });

  it('changed again follows its new rule', async () => {
    const name = await newComposite('FALSE');
    await becomes(name, 'OK');
    await newComposite('TRUE', name);
    await becomes(name, 'ALARM');
    expect(await find(name)).toMatchObject({ AlarmRule: 'TRUE' });
  });

  it('in a cycle stops being evaluated', async () => {
    // "The evaluation of composite alarms stops if CloudWatch detects a cycle in the evaluation path."
    const child = await newAlarm();
    const one = await newComposite('FALSE');
    const two = await newComposite(`ALARM(${one})`);
    await newComposite(`ALARM(${child}) AND NOT ALARM(${two})`, one);
    await set(child, 'ALARM');
    expect([await find(one), await find(two)]).toMatchObject([{ AlarmName: one }, { AlarmName: two }]);
    await newComposite('FALSE', one);
    await becomes(one, 'OK');
    await becomes(two, 'OK');
  });

  it.each([
    ['an alarm that is not there', 'ALARM(conformance-nobody)'],
    ['what stands open', 'ALARM('],
    ['a state that there is not', 'RED(conformance-nobody)'],
    ['nothing', ''],
    ['half an AND', 'TRUE AND'],
  ])('of %s is refused', async (_, rule) => {
    await expect(
      cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: uniqueName('conformance-wrong'), AlarmRule: rule })),
    ).rejects.toMatchObject({ name: INVALID });
  });

  it('is deleted alone, and before what it depends on', async () => {
    const child = await newAlarm();
    const [one, two] = [await newComposite(`ALARM(${child})`), await newComposite('FALSE')];
    await expect(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [one, two] }))).rejects.toMatchObject({
      name: INVALID,
    });
    await expect(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [child] }))).rejects.toMatchObject({
      name: INVALID,
    });
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [one] }));
    made.composite.delete(one);
    expect(await find(one)).toBeUndefined();
  });

  it('is about 100 alarms at most', async () => {
    const children: string[] = [];
    for (let count = 0; count < 101; count += 1) children.push(await newAlarm());
    const rule = (names: readonly string[]) => names.map((name) => `ALARM(${name})`).join(' OR ');
    await newComposite(rule(children.slice(1)));
    await expect(
      cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: uniqueName('conformance-wrong'), AlarmRule: rule(children) })),
    ).rejects.toMatchObject({ name: expect.stringMatching(/^(LimitExceeded.*|ValidationError)$/) });
  });
});
