import { EventBridgeClient, TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, describe, expect, it } from 'vitest';
import { leftOut, openEndpoint } from './endpoint.ts';

const endpoint = await openEndpoint();
const events = new EventBridgeClient(endpoint.config);

afterAll(async () => {
  events.destroy();
  await endpoint.close();
});

const fits = async (pattern: object, event: object = {}): Promise<boolean | undefined> => {
  const envelope = {
    id: '7bf73129-1428-4cd3-a780-95db273d1602',
    account: '123456789012',
    source: 'app',
    time: '2017-10-02T18:43:48Z',
    region: 'us-east-1',
    resources: [],
    'detail-type': 'T',
    detail: {},
    ...event,
  };
  const { Result } = await events.send(
    new TestEventPatternCommand({ EventPattern: JSON.stringify(pattern), Event: JSON.stringify(envelope) }),
  );
  return Result;
};

/** Pattern and value of one field of the detail. */
const field = (pattern: unknown, value: unknown) => fits({ detail: { a: pattern } }, { detail: { a: value } });

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html: the page's patterns, with
// values that it names or that its sentences imply.
describe.skipIf(leftOut('events'))('an operator (skipped where CONFORMANCE_SKIP names events)', () => {
  it.each<[string, unknown, unknown, unknown]>([
    ['equals', ['Alice'], 'Alice', 'alice'],
    ['equals, of several', ['running', 'stopped'], 'stopped', 'pending'],
    ['equals, a number', [300], 300, 301],
    ['equals, a number written otherwise', [300], 3.0e2, '300'],
    ['equals, true', [true], true, false],
    ['null', [null], null, ''],
    ['empty', [''], '', null],
    ['equals-ignore-case', [{ 'equals-ignore-case': 'alice' }], 'ALICE', 'alicia'],
    ['prefix', [{ prefix: 'us-' }], 'us-east-1', 'eu-us-1'],
    ['prefix, ignoring case', [{ prefix: { 'equals-ignore-case': 'EventB' } }], 'eventbridge', 'bridge-eventb'],
    ['suffix', [{ suffix: '.png' }], 'logo.png', 'logo.png.txt'],
    ['suffix, ignoring case', [{ suffix: { 'equals-ignore-case': '.png' } }], 'logo.PNG', 'logo.jpg'],
    ['anything-but', [{ 'anything-but': 'initializing' }], 'running', 'initializing'],
    ['anything-but a number', [{ 'anything-but': 123 }], 124, 123],
    ['anything-but some texts', [{ 'anything-but': ['stopped', 'overloaded'] }], 'running', 'overloaded'],
    ['anything-but some numbers', [{ 'anything-but': [100, 200, 300] }], 150, 200],
    ['anything-but a prefix', [{ 'anything-but': { prefix: 'init' } }], 'running', 'initializing'],
    ['anything-but some prefixes', [{ 'anything-but': { prefix: ['init', 'error'] } }], 'running', 'error-404'],
    ['anything-but a suffix', [{ 'anything-but': { suffix: '.txt' } }], 'a.png', 'a.txt'],
    ['anything-but some suffixes', [{ 'anything-but': { suffix: ['.txt', '.rtf'] } }], 'a.png', 'a.rtf'],
    ['anything-but, ignoring case', [{ 'anything-but': { 'equals-ignore-case': 'initializing' } }], 'running', 'INITIALIZING'],
    [
      'anything-but some, ignoring case',
      [{ 'anything-but': { 'equals-ignore-case': ['initializing', 'stopped'] } }],
      'running',
      'Stopped',
    ],
    ['anything-but a wildcard', [{ 'anything-but': { wildcard: '*/lib/*' } }], '/usr/bin/node', '/usr/lib/node'],
    ['anything-but some wildcards', [{ 'anything-but': { wildcard: ['*/lib/*', '*/bin/*'] } }], '/opt/node', '/usr/bin/node'],
    ['wildcard', [{ wildcard: 'dir/*.png' }], 'dir/a/b.png', 'dir/b.jpg'],
    ['wildcard, several', [{ wildcard: 'a*b*c' }], 'a-b-c', 'a-c-b'],
    ['wildcard, an escaped star', [{ wildcard: 'a\\*b' }], 'a*b', 'axb'],
    ['wildcard, an escaped backslash', [{ wildcard: 'a\\\\*' }], 'a\\x', 'ax'],
    ['numeric', [{ numeric: ['<', 10] }], 9.5, 10],
    ['numeric, equal', [{ numeric: ['=', 3.018e2] }], 301.8, 301.9],
    ['numeric, a range', [{ numeric: ['>', 0, '<=', 5] }], 5, 0],
    ['numeric, of a text', [{ numeric: ['>', 0] }], 1, '1'],
    ['cidr', [{ cidr: '10.0.0.0/24' }], '10.0.0.255', '10.0.1.0'],
    ['cidr, of version 6', [{ cidr: '2001:db8::/32' }], '2001:db8:0:1::1', '2001:db9::1'],
    ['one of several operators', [{ prefix: 'a' }, { suffix: 'z' }], 'xyz', 'xy'],
  ])('%s', async (_, pattern, good, bad) => {
    expect(await field(pattern, good)).toBe(true);
    expect(await field(pattern, bad)).toBe(false);
  });

  it('exists is about leaves', async () => {
    expect(await fits({ detail: { a: [{ exists: true }] } }, { detail: { a: 1 } })).toBe(true);
    expect(await fits({ detail: { a: [{ exists: true }] } }, { detail: { b: 1 } })).toBe(false);
    expect(await fits({ detail: { a: [{ exists: false }] } }, { detail: { b: 1 } })).toBe(true);
    expect(await fits({ detail: { a: [{ exists: false }] } }, { detail: { a: 1 } })).toBe(false);
    // The page's own example: "c-count isn't a leaf node".
    expect(await fits({ detail: { a: [{ exists: false }] } }, { detail: { a: { c1: 100 } } })).toBe(true);
  });

  it('of several fields all have to hold', async () => {
    const pattern = { detail: { Location: ['New York'], Day: ['Monday'] } };
    expect(await fits(pattern, { detail: { Location: 'New York', Day: 'Monday' } })).toBe(true);
    expect(await fits(pattern, { detail: { Location: 'New York', Day: 'Tuesday' } })).toBe(false);
  });

  it('$or takes any of its alternatives, beside what else has to hold', async () => {
    const pattern = {
      source: ['aws.cloudwatch'],
      $or: [{ detail: { metricType: ['MetricType'] } }, { detail: { namespace: ['AWS/EC2', 'AWS/ES'] } }],
    };
    expect(await fits(pattern, { source: 'aws.cloudwatch', detail: { namespace: 'AWS/ES' } })).toBe(true);
    expect(await fits(pattern, { source: 'aws.cloudwatch', detail: { namespace: 'AWS/S3' } })).toBe(false);
    expect(await fits(pattern, { source: 'other', detail: { namespace: 'AWS/ES' } })).toBe(false);
  });

  it('meets a list by any of its entries', async () => {
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pattern-arrays.html (arrays in events)
    const pattern = { resources: ['arn:a', 'arn:b'] };
    expect(await fits(pattern, { resources: ['arn:x', 'arn:b'] })).toBe(true);
    expect(await fits(pattern, { resources: ['arn:x'] })).toBe(false);
  });

  it('joins what the page\'s "complex example" joins', async () => {
    const pattern = {
      time: [{ prefix: '2017-10-02' }],
      detail: {
        state: [{ 'anything-but': 'initializing' }],
        'c-count': [{ numeric: ['>', 0, '<=', 5] }],
        'd-count': [{ numeric: ['<', 10] }],
        'x-limit': [{ 'anything-but': [100, 200, 300] }],
      },
    };
    const detail = { state: 'running', 'c-count': 5, 'd-count': 9, 'x-limit': 301.8 };
    expect(await fits(pattern, { detail })).toBe(true);
    for (const wrong of [{ state: 'initializing' }, { 'c-count': 6 }, { 'd-count': 10 }, { 'x-limit': 100 }])
      expect(await fits(pattern, { detail: { ...detail, ...wrong } }), JSON.stringify(wrong)).toBe(false);
    expect(await fits(pattern, { detail, time: '2017-10-03T00:00:00Z' })).toBe(false);
  });
});

// API reference, TestEventPattern: InvalidEventPatternException, "The event pattern is not valid"; which are not: the page above
// ("match values are always in arrays", "you can use ... strings and numeric values, including lists that contain only strings,
// or only numbers", "consecutive wildcard characters are not supported", values "between -5.0e9 and +5.0e9 inclusive").
describe.skipIf(leftOut('events'))('an invalid pattern is refused (skipped where CONFORMANCE_SKIP names events)', () => {
  it.each<[string, unknown]>([
    ['a value without a list', { source: 'app' }],
    ['an empty list', { source: [] }],
    ['an empty object', {}],
    ['an operator that there is not', { source: [{ suffixes: 'x' }] }],
    ['two operators in one', { source: [{ prefix: 'a', suffix: 'b' }] }],
    ['a list in a list', { source: [['a']] }],
    ['a prefix that is a number', { source: [{ prefix: 1 }] }],
    ['anything-but of texts and numbers', { source: [{ 'anything-but': ['a', 1] }] }],
    ['anything-but of an empty list', { source: [{ 'anything-but': [] }] }],
    ['two stars in a row', { source: [{ wildcard: 'a**b' }] }],
    ['an escape of another letter', { source: [{ wildcard: 'a\\b' }] }],
    ['a numeric operator that there is not', { source: [{ numeric: ['!=', 1] }] }],
    ['a numeric without a number', { source: [{ numeric: ['<', 'ten'] }] }],
    ['an empty range', { source: [{ numeric: ['>', 5, '<', 5] }] }],
    ['a number out of range', { source: [{ numeric: ['<', 5.1e9] }] }],
    ['exists of a text', { source: [{ exists: 'true' }] }],
    ['a cidr without a mask', { source: [{ cidr: '10.0.0.0' }] }],
    ['a cidr with too long a mask', { source: [{ cidr: '10.0.0.0/33' }] }],
    ['a cidr of no address', { source: [{ cidr: 'ten/8' }] }],
  ])('%s', async (_, pattern) => {
    await expect(fits(pattern as object)).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
  });

  it('what is no JSON at all, and more than 1000 combinations of $or', async () => {
    const Event = JSON.stringify({});
    await expect(events.send(new TestEventPatternCommand({ EventPattern: '{"source":', Event }))).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
    });
    const eleven = (name: string) => Array.from({ length: 11 }, (_, index) => ({ [name]: [index] }));
    const pattern = { detail: { a: { $or: eleven('x') }, b: { $or: eleven('y') }, c: { $or: eleven('z') } } };
    await expect(fits(pattern)).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
  });

  it('and an event without the members that every event has', async () => {
    // API reference, TestEventPattern, Event: "id, account, source, time, region, resources, detail-type".
    const EventPattern = JSON.stringify({ source: ['app'] });
    for (const Event of ['{}', 'no json', JSON.stringify({ source: 'app' })])
      await expect(events.send(new TestEventPatternCommand({ EventPattern, Event })), Event).rejects.toMatchObject({
        name: 'ValidationException',
      });
  });
});
