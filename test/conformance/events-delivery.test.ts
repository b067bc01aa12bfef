import {
  DisableRuleCommand,
  EnableRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { afterAll, describe, expect, it } from 'vitest';
import { leftOut, openEndpoint, uniqueName } from './endpoint.ts';
import { openEvents } from './event-bus.ts';

const { events, newBus, newQueue, newRole, subscribe, put, close } = openEvents(await openEndpoint());

afterAll(close);

/** A bus, and a queue with what a target makes of each event. */
const town = async (target: Partial<Target> = {}, pattern?: object) => {
  const bus = await newBus();
  const queue = await newQueue();
  const rule = await subscribe(bus, { Arn: queue.arn, ...target }, pattern);
  const bodies = async (count: number) => (await queue.take(count)).map(({ Body = '' }) => Body);
  return { bus, queue, rule, bodies };
};

const details = (bodies: readonly string[]) => bodies.map((body) => JSON.parse(body).detail);

// Both have to come, in no order: what a rule does not deliver is shown by what it does deliver.
describe.skipIf(leftOut('events'))('a rule delivers (skipped where CONFORMANCE_SKIP names events)', () => {
  it.each<[string, unknown, readonly unknown[], readonly unknown[]]>([
    ['equal', ['x'], ['x'], ['y', 1]],
    ['prefixed', [{ prefix: 'x' }], ['x1', 'x2'], ['1x']],
    ['other', [{ 'anything-but': ['x', 'y'] }], ['z'], ['x', 'y']],
    ['wild', [{ wildcard: '*.png' }], ['a.png'], ['a.gif']],
    ['counted', [{ numeric: ['>=', 1, '<', 3] }], [1, 2], [0, 3, '1']],
    ['present', [{ exists: true }], [false], [undefined]],
    ['in a network', [{ cidr: '10.0.0.0/24' }], ['10.0.0.7'], ['10.0.1.7']],
  ])('what is %s, and nothing else', async (_, pattern, good, bad) => {
    const { bus, bodies } = await town({}, { detail: { a: pattern } });
    for (const a of [...bad, ...good]) await put(bus, { a });
    expect(new Set(details(await bodies(good.length)).map(({ a }) => a))).toEqual(new Set(good));
  });

  it('from its own bus, to each of its targets and for each rule that fits', async () => {
    const first = await town();
    const second = await town();
    const more = await newQueue();
    await events.send(
      new PutTargetsCommand({ Rule: first.rule.name, EventBusName: first.bus, Targets: [{ Id: 'more', Arn: more.arn }] }),
    );
    await subscribe(first.bus, { Arn: first.queue.arn }, { detail: { n: [1] } });
    await put(second.bus, { n: 2 });
    await put(first.bus, { n: 1 });
    expect(details(await first.bodies(2))).toEqual([{ n: 1 }, { n: 1 }]);
    expect(details((await more.take(1)).map(({ Body = '' }) => Body))).toEqual([{ n: 1 }]);
    expect(details(await second.bodies(1))).toEqual([{ n: 2 }]);
  });

  it('only while it is enabled, and only to the targets that it has', async () => {
    const { bus, rule, queue, bodies } = await town();
    const where = { Name: rule.name, EventBusName: bus };
    const other = await newQueue();
    await subscribe(bus, { Arn: other.arn });
    await events.send(new DisableRuleCommand(where));
    await put(bus, { n: 1 });
    await events.send(new EnableRuleCommand(where));
    await put(bus, { n: 2 });
    expect(details(await bodies(1))).toEqual([{ n: 2 }]);
    await events.send(new RemoveTargetsCommand({ Rule: rule.name, EventBusName: bus, Ids: ['target'] }));
    await put(bus, { n: 3 });
    await events.send(new PutTargetsCommand({ Rule: rule.name, EventBusName: bus, Targets: [{ Id: 'target', Arn: queue.arn }] }));
    await put(bus, { n: 4 });
    expect(details(await bodies(1))).toEqual([{ n: 4 }]);
    expect(await other.take(4)).toHaveLength(4);
  });

  it('to another bus', async () => {
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html
    const { bus, queue, bodies } = await town();
    const first = await newBus();
    const [, , , region, account] = queue.arn.split(':');
    const Arn = `arn:aws:events:${region}:${account}:event-bus/${bus}`;
    await subscribe(first, { Arn, RoleArn: await newRole(Arn) });
    await put(first, { n: 1 });
    expect(details(await bodies(1))).toEqual([{ n: 1 }]);
  });
});

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html: its examples, on an event of ours.
describe.skipIf(leftOut('events'))("a target's input (skipped where CONFORMANCE_SKIP names events)", () => {
  const DETAIL = { 'instance-id': 'i-0123456789', state: 'RUNNING', count: 3, ok: true, list: ['a', 'b'], of: { who: 'me' } };
  const InputPathsMap = {
    instance: '$.detail.instance-id',
    state: '$.detail.state',
    count: '$.detail.count',
    ok: '$.detail.ok',
    list: '$.detail.list',
    first: '$.detail.list[0]',
    object: '$.detail.of',
    missing: '$.detail.nobody',
  };
  const received = async (target: Partial<Target>): Promise<string> => {
    const { bus, bodies } = await town(target);
    await put(bus, DETAIL);
    const [body = ''] = await bodies(1);
    return body;
  };

  it.each([
    ['$.detail', DETAIL],
    ['$.detail.of', { who: 'me' }],
    ['$.detail.state', 'RUNNING'],
    ['$.detail.list[1]', 'b'],
    ['$.source', 'app'],
  ])('may be the part %s', async (InputPath, part) => {
    expect(JSON.parse(await received({ InputPath }))).toEqual(part);
  });

  it('may be a constant', async () => {
    expect(await received({ Input: '{"always":"this"}' })).toBe('{"always":"this"}');
  });

  it.each([
    ['"instance <instance> is in <state>"', '"instance i-0123456789 is in RUNNING"'],
    ['"count <count>, ok <ok>, first <first>"', '"count 3, ok true, first a"'],
    // What is not there "isn't created and won't appear in the output".
    ['"missing <missing>."', '"missing ."'],
    // A list and an object lose their quotes in a text.
    ['"<list> and <object>"', '"[a,b] and {who:me}"'],
  ])('may be the text %s', async (InputTemplate, text) => {
    expect(await received({ InputTransformer: { InputPathsMap, InputTemplate } })).toBe(text);
  });

  it.each<[string, unknown]>([
    ['{"instance" : <instance>, "state": <state>}', { instance: 'i-0123456789', state: 'RUNNING' }],
    [
      '{"instance" : <instance>, "state": "<state>", "instanceStatus": "instance \\"<instance>\\" is in <state>"}',
      { instance: 'i-0123456789', state: 'RUNNING', instanceStatus: 'instance "i-0123456789" is in RUNNING' },
    ],
    [
      '{"instance" : <instance>, "state": [ 9, <state>, true ], "Transformed" : "Yes"}',
      { instance: 'i-0123456789', state: [9, 'RUNNING', true], Transformed: 'Yes' },
    ],
    ['{"n": <count>, "list": <list>, "of": <object>, "ok": <ok>}', { n: 3, list: ['a', 'b'], of: { who: 'me' }, ok: true }],
    ['{"path": "users/<first>/<first>", "missing": <missing>}', { path: 'users/a/a', missing: '' }],
  ])('may be the JSON %s', async (InputTemplate, json) => {
    expect(JSON.parse(await received({ InputTransformer: { InputPathsMap, InputTemplate } }))).toEqual(json);
  });

  it('knows the predefined variables', async () => {
    const InputTemplate =
      '{"arn": <aws.events.rule-arn>, "name": "<aws.events.rule-name>", "at": <aws.events.event.ingestion-time>, "event": <aws.events.event>, "whole": <aws.events.event.json>}';
    const { bus, rule, bodies } = await town({ InputTransformer: { InputTemplate } });
    await put(bus, DETAIL);
    const [body = ''] = await bodies(1);
    const { arn, name, at, event, whole } = JSON.parse(body);
    expect({ arn, name }).toEqual({ arn: rule.arn, name: rule.name });
    expect(at).toMatch(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$/);
    // "The original event payload as JSON (without the detail field)", "(with the detail field)".
    expect(event).toMatchObject({ source: 'app', version: '0', id: whole.id });
    expect(event).not.toHaveProperty('detail');
    expect(whole).toMatchObject({ source: 'app', 'detail-type': 'T', detail: DETAIL });
  });
});

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SqsParameters.html; paths: "Dynamic path parameters" in
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
describe.skipIf(leftOut('events'))('a FIFO queue (skipped where CONFORMANCE_SKIP names events)', () => {
  const groups = async (MessageGroupId: string, ...sent: readonly object[]) => {
    const bus = await newBus();
    const queue = await newQueue('.fifo');
    await subscribe(bus, { Arn: queue.arn, SqsParameters: { MessageGroupId } });
    for (const detail of sent) await put(bus, detail);
    return (await queue.take(sent.length)).map(({ Attributes }) => Attributes?.['MessageGroupId']);
  };

  it("gets messages of the target's group", async () => {
    expect(await groups('prod', { n: 1 }, { n: 2 })).toEqual(['prod', 'prod']);
  });

  it('gets messages of the group that a path finds in the event', async () => {
    expect((await groups('$.detail.environment', { environment: 'dev' }, { environment: 'prod' })).sort()).toEqual([
      'dev',
      'prod',
    ]);
  });
});

// https://docs.aws.amazon.com/eventbridge/latest/userguide/rule-dlq.html: the attributes, their codes, and "events that result from
// missing permissions to a target, or a target resource that no longer exists" are sent at once.
describe.skipIf(leftOut('events'))('a dead letter (skipped where CONFORMANCE_SKIP names events)', () => {
  it('is the event itself, with attributes that say why', async () => {
    const dead = await newQueue();
    const missing = `${dead.arn.slice(0, dead.arn.lastIndexOf(':'))}:${uniqueName('conformance-missing')}`;
    const bus = await newBus();
    const rule = await subscribe(bus, {
      Arn: missing,
      InputPath: '$.detail',
      DeadLetterConfig: { Arn: dead.arn },
      RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 60 },
    });
    const { EventId: id } = (await put(bus, { n: 1 })) ?? {};
    const [letter] = await dead.take(1);
    expect(JSON.parse(letter?.Body ?? '')).toMatchObject({ id, source: 'app', detail: { n: 1 } });
    const attributes = Object.fromEntries(
      Object.entries(letter?.MessageAttributes ?? {}).map(([name, { DataType, StringValue }]) => [
        name,
        `${DataType} ${StringValue}`,
      ]),
    );
    expect(attributes).toEqual({
      RULE_ARN: `String ${rule.arn}`,
      TARGET_ARN: `String ${missing}`,
      ERROR_CODE: 'String NO_RESOURCE',
      ERROR_MESSAGE: expect.stringMatching(/^String .+/),
      RETRY_ATTEMPTS: 'String 0',
    });
  });

  it('comes of an input that turns out to be no JSON', async () => {
    const dead = await newQueue();
    const { bus } = await town({
      DeadLetterConfig: { Arn: dead.arn },
      InputTransformer: { InputPathsMap: { list: '$.detail.list' }, InputTemplate: '{"list": "<list>"}' },
    });
    await put(bus, { list: ['a'] });
    const [letter] = await dead.take(1);
    expect(letter?.MessageAttributes?.['ERROR_CODE']?.StringValue).toBe('INVALID_JSON');
  });
});
