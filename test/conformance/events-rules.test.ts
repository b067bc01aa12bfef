import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { afterAll, describe, expect, it } from 'vitest';
import { leftOut, openEndpoint, uniqueName } from './endpoint.ts';
import { openEvents } from './event-bus.ts';

const { events, newBus, newQueue, newRule, close } = openEvents(await openEndpoint());

afterAll(close);

const PATTERN = { source: ['app'] };
const EventPattern = JSON.stringify(PATTERN);

/** A pattern of exactly so many characters. */
const patternOf = (length: number): string => JSON.stringify({ source: ['x'.repeat(length - '{"source":[""]}'.length)] });

const pages = async <T>(
  page: (token: { NextToken?: string }) => Promise<{ entries: readonly T[]; next: string | undefined }>,
) => {
  const found: (readonly T[])[] = [];
  for (let token: { NextToken?: string } | undefined = {}; token !== undefined; ) {
    const { entries, next }: { entries: readonly T[]; next: string | undefined } = await page(token);
    found.push(entries);
    token = next === undefined ? undefined : { NextToken: next };
  }
  return found;
};

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html, API_DescribeRule.html, API_DeleteRule.html,
// API_ListRules.html, API_ListRuleNamesByTarget.html
describe.skipIf(leftOut('events'))('a rule (skipped where CONFORMANCE_SKIP names events)', () => {
  it('is described as it was put, enabled unless told otherwise', async () => {
    const bus = await newBus();
    const { name, arn } = await newRule(bus, PATTERN, { Description: 'of a test' });
    expect(arn).toMatch(new RegExp(`^arn:aws:events:[a-z0-9-]+:[0-9]{12}:rule/${bus}/${name}$`));
    expect(await events.send(new DescribeRuleCommand({ Name: name, EventBusName: bus }))).toMatchObject({
      Name: name,
      Arn: arn,
      EventBusName: bus,
      EventPattern,
      State: 'ENABLED',
      Description: 'of a test',
    });
    await events.send(new DisableRuleCommand({ Name: name, EventBusName: bus }));
    expect(await events.send(new DescribeRuleCommand({ Name: name, EventBusName: bus }))).toMatchObject({ State: 'DISABLED' });
    await events.send(new EnableRuleCommand({ Name: name, EventBusName: bus }));
    expect(await events.send(new DescribeRuleCommand({ Name: name, EventBusName: bus }))).toMatchObject({ State: 'ENABLED' });
  });

  it('of the default bus has an ARN without a bus', async () => {
    const { name, arn } = await newRule('default', { source: [uniqueName('conformance-source')] });
    expect(arn).toMatch(new RegExp(`^arn:aws:events:[a-z0-9-]+:[0-9]{12}:rule/${name}$`));
  });

  it('put again is replaced: "if you omit arguments in PutRule, the old values for those arguments are not kept"', async () => {
    const bus = await newBus();
    const { name: Name } = await newRule(bus, PATTERN, { Description: 'old' });
    const pattern = JSON.stringify({ source: ['other'] });
    await events.send(new PutRuleCommand({ Name, EventBusName: bus, EventPattern: pattern }));
    const after = await events.send(new DescribeRuleCommand({ Name, EventBusName: bus }));
    expect(after).toMatchObject({ EventPattern: pattern });
    expect(after.Description).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ['neither a pattern nor a schedule', { EventPattern: undefined }, 'ValidationException'],
    ['a name with a space', { Name: 'a b' }, 'ValidationException'],
    ['a name of 65 characters', { Name: 'r'.repeat(65) }, 'ValidationException'],
    ['a description of 513 characters', { Description: 'd'.repeat(513) }, 'ValidationException'],
    ['a pattern that is not valid', { EventPattern: '{"source":"app"}' }, 'InvalidEventPatternException'],
    ['a pattern of 4097 characters', { EventPattern: patternOf(4097) }, 'ValidationException'],
    ['a bus that is not there', { EventBusName: 'conformance-no-such-bus' }, 'ResourceNotFoundException'],
    ['a schedule on a bus of its own', { ScheduleExpression: 'rate(1 minute)' }, 'ValidationException'],
  ])('with %s is refused', async (_, wrong, name) => {
    const bus = await newBus();
    await expect(events.send(new PutRuleCommand({ Name: 'r', EventBusName: bus, EventPattern, ...wrong }))).rejects.toMatchObject(
      { name },
    );
  });

  it('that is not there is not described', async () => {
    const bus = await newBus();
    await expect(events.send(new DescribeRuleCommand({ Name: 'nobody', EventBusName: bus }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Rule nobody does not exist on EventBus ${bus}.`,
    });
  });

  it('with targets is not deleted', async () => {
    const bus = await newBus();
    const { arn } = await newQueue();
    const { name: Name } = await newRule(bus, PATTERN);
    await events.send(new PutTargetsCommand({ Rule: Name, EventBusName: bus, Targets: [{ Id: 't', Arn: arn }] }));
    await expect(events.send(new DeleteRuleCommand({ Name, EventBusName: bus }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: "Rule can't be deleted since it has targets.",
    });
    await events.send(new RemoveTargetsCommand({ Rule: Name, EventBusName: bus, Ids: ['t'] }));
    await events.send(new DeleteRuleCommand({ Name, EventBusName: bus }));
    await expect(events.send(new DescribeRuleCommand({ Name, EventBusName: bus }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    // Its undoing at the end looks for it.
    await events.send(new PutRuleCommand({ Name, EventBusName: bus, EventPattern }));
  });

  it('is listed by prefix, page by page, each once', async () => {
    const bus = await newBus();
    const rules: string[] = [];
    for (let count = 0; count < 5; count += 1) rules.push((await newRule(bus, PATTERN)).name);
    const found = await pages(async (token) => {
      const { Rules = [], NextToken } = await events.send(
        new ListRulesCommand({ EventBusName: bus, NamePrefix: 'conformance-', Limit: 2, ...token }),
      );
      return { entries: Rules, next: NextToken };
    });
    expect(found.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(
      found
        .flat()
        .map(({ Name }) => Name)
        .sort(),
    ).toEqual(rules.sort());
    expect(found.flat()[0]).toMatchObject({ EventBusName: bus, EventPattern, State: 'ENABLED' });
    expect((await events.send(new ListRulesCommand({ EventBusName: bus, NamePrefix: 'other' }))).Rules).toEqual([]);
  });

  it('is found by its target', async () => {
    const bus = await newBus();
    const { arn: TargetArn } = await newQueue();
    const names: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { name: Rule } = await newRule(bus, PATTERN);
      await events.send(new PutTargetsCommand({ Rule, EventBusName: bus, Targets: [{ Id: 't', Arn: TargetArn }] }));
      names.push(Rule);
    }
    const found = await pages(async (token) => {
      const { RuleNames = [], NextToken } = await events.send(
        new ListRuleNamesByTargetCommand({ TargetArn, EventBusName: bus, Limit: 2, ...token }),
      );
      return { entries: RuleNames, next: NextToken };
    });
    expect(found.map(({ length }) => length)).toEqual([2, 1]);
    expect(found.flat().sort()).toEqual(names.sort());
    const other = { TargetArn: `${TargetArn}-other`, EventBusName: bus };
    expect((await events.send(new ListRuleNamesByTargetCommand(other))).RuleNames).toEqual([]);
  });
});

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html: 300 rules of a bus, patterns of 2,048 characters, 5
// targets of a rule; "Requested resource exceeds the maximum number allowed" is LimitExceededException (API reference, PutRule).
describe.skipIf(leftOut('events'))('a quota (skipped where CONFORMANCE_SKIP names events)', () => {
  it('lets a pattern have 2,048 characters', async () => {
    const bus = await newBus();
    const { name: Name } = await newRule(bus, PATTERN);
    await events.send(new PutRuleCommand({ Name, EventBusName: bus, EventPattern: patternOf(2048) }));
    await expect(
      events.send(new PutRuleCommand({ Name, EventBusName: bus, EventPattern: patternOf(2049) })),
    ).rejects.toMatchObject({ name: 'LimitExceededException' });
  });

  it('lets a rule have five targets', async () => {
    const bus = await newBus();
    const { arn: Arn } = await newQueue();
    const { name: Rule } = await newRule(bus, PATTERN);
    const Targets = ['1', '2', '3', '4', '5', '6'].map((Id) => ({ Id, Arn }));
    await expect(events.send(new PutTargetsCommand({ Rule, EventBusName: bus, Targets }))).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'The requested resource exceeds the maximum number allowed.',
    });
    await events.send(new PutTargetsCommand({ Rule, EventBusName: bus, Targets: Targets.slice(0, 5) }));
    await expect(
      events.send(new PutTargetsCommand({ Rule, EventBusName: bus, Targets: Targets.slice(5) })),
    ).rejects.toMatchObject({ name: 'LimitExceededException' });
  });

  it('lets a bus have 300 rules, and 30 with a wildcard', async () => {
    const bus = await newBus();
    const putRule = (Name: string, pattern: object) =>
      events.send(new PutRuleCommand({ Name, EventBusName: bus, EventPattern: JSON.stringify(pattern) }));
    const names = Array.from({ length: 300 }, (_, index) => `rule-${index}`);
    const wild = { source: [{ wildcard: 'a*' }] };
    try {
      for (const [index, name] of names.entries()) await putRule(name, index < 30 ? wild : PATTERN);
      await expect(putRule('one-more', PATTERN)).rejects.toMatchObject({ name: 'LimitExceededException' });
      await expect(putRule('rule-30', wild)).rejects.toMatchObject({ name: 'LimitExceededException' });
      await putRule('rule-29', wild);
    } finally {
      for (const Name of names) await events.send(new DeleteRuleCommand({ Name, EventBusName: bus }));
    }
  });
});

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html, API_Target.html, API_InputTransformer.html,
// API_RetryPolicy.html, API_RemoveTargets.html
describe.skipIf(leftOut('events'))('targets (skipped where CONFORMANCE_SKIP names events)', () => {
  const town = async () => {
    const bus = await newBus();
    const { arn: Arn } = await newQueue();
    const { name: Rule } = await newRule(bus, PATTERN);
    const put = (...Targets: readonly Partial<Target>[]) =>
      events.send(
        new PutTargetsCommand({ Rule, EventBusName: bus, Targets: Targets.map((target) => ({ Id: 't', Arn, ...target })) }),
      );
    const listed = async () => (await events.send(new ListTargetsByRuleCommand({ Rule, EventBusName: bus }))).Targets ?? [];
    return { bus, Arn, Rule, put, listed };
  };

  it('are listed page by page, and replaced by their ids', async () => {
    const { bus, Arn, Rule, put, listed } = await town();
    await put({ Id: 'a' }, { Id: 'b' }, { Id: 'c' });
    await put({ Id: 'b', InputPath: '$.detail' });
    const found = await pages(async (token) => {
      const { Targets = [], NextToken } = await events.send(
        new ListTargetsByRuleCommand({ Rule, EventBusName: bus, Limit: 2, ...token }),
      );
      return { entries: Targets, next: NextToken };
    });
    expect(found).toEqual([
      [
        { Id: 'a', Arn },
        { Id: 'b', Arn, InputPath: '$.detail' },
      ],
      [{ Id: 'c', Arn }],
    ]);
    expect(await listed()).toHaveLength(3);
  });

  it('are removed by their ids, and an id that is not there fails by itself', async () => {
    const { bus, Rule, put, listed } = await town();
    await put({ Id: 'a' }, { Id: 'b' });
    const answer = await events.send(new RemoveTargetsCommand({ Rule, EventBusName: bus, Ids: ['a', 'nobody'] }));
    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      FailedEntries: [{ TargetId: 'nobody', ErrorCode: 'ResourceNotFoundException' }],
    });
    expect((await listed()).map(({ Id }) => Id)).toEqual(['b']);
  });

  it('of one call are 1 to 100', async () => {
    const { bus, Rule, put } = await town();
    const ids = Array.from({ length: 101 }, (_, index) => `id-${index}`);
    for (const Ids of [[], ids])
      await expect(events.send(new RemoveTargetsCommand({ Rule, EventBusName: bus, Ids }))).rejects.toMatchObject({
        name: 'ValidationException',
      });
    await expect(put()).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(put(...ids.map((Id) => ({ Id })))).rejects.toMatchObject({ name: 'ValidationException' });
    const nobody = { Rule: 'nobody', EventBusName: bus, Ids: ['a'] };
    await expect(events.send(new RemoveTargetsCommand(nobody))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it.each<[string, Partial<Target>]>([
    ['an id with a space', { Id: 'a b' }],
    ['an id of 65 characters', { Id: 'i'.repeat(65) }],
    ['an input that is no JSON', { Input: 'no json' }],
    ['an input path that does not begin with $', { InputPath: 'detail' }],
    ['an input path of 257 characters', { InputPath: `$.${'d'.repeat(255)}` }],
    ['both an input and an input path', { Input: '{}', InputPath: '$.detail' }],
    ['a template that asks for what it does not define', { InputTransformer: { InputTemplate: '"<nobody>"' } }],
    ['a template of 8,193 characters', { InputTransformer: { InputTemplate: `"${'t'.repeat(8191)}"` } }],
    [
      'a variable of a reserved name',
      { InputTransformer: { InputPathsMap: { 'aws.events.rule-arn': '$.id' }, InputTemplate: '"x"' } },
    ],
    [
      '101 variables',
      {
        InputTransformer: {
          InputPathsMap: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`v${index}`, '$.id'])),
          InputTemplate: '"x"',
        },
      },
    ],
    ['186 attempts', { RetryPolicy: { MaximumRetryAttempts: 186 } }],
    ['an age of 59 seconds', { RetryPolicy: { MaximumEventAgeInSeconds: 59 } }],
    ['an age of more than a day', { RetryPolicy: { MaximumEventAgeInSeconds: 86_401 } }],
    // User Guide, "Considerations for using a dead-letter queue": only standard queues.
    ['a FIFO queue for dead letters', { DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-1:123456789012:dead.fifo' } }],
    // API reference, PutTargets: SqsParameters have to be given for a FIFO queue.
    ['a FIFO queue and no group', { Arn: 'arn:aws:sqs:eu-west-1:123456789012:queue.fifo' }],
  ])('with %s are refused', async (_, wrong) => {
    const { put, listed } = await town();
    await expect(put(wrong)).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await listed()).toEqual([]);
  });
});

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html and eb-rate-expressions.html
describe.skipIf(leftOut('events'))('a schedule (skipped where CONFORMANCE_SKIP names events)', () => {
  const putSchedule = async (ScheduleExpression: string) => {
    const Name = uniqueName('conformance-schedule');
    const put = await events.send(new PutRuleCommand({ Name, ScheduleExpression, State: 'DISABLED' }));
    await events.send(new DeleteRuleCommand({ Name }));
    return put;
  };

  it.each([
    'rate(1 minute)',
    'rate(5 minutes)',
    'rate(1 hour)',
    'rate(7 days)',
    'cron(0 10 * * ? *)',
    'cron(15 12 * * ? *)',
    'cron(0 18 ? * MON-FRI *)',
    'cron(0 8 1 * ? *)',
    'cron(0/10 * ? * MON-FRI *)',
    'cron(0/5 8-17 ? * MON-FRI *)',
    'cron(15 10 ? * 6L 2019-2030)',
    'cron(0 9 3W * ? *)',
    'cron(0 9 ? * 3#2 *)',
  ])('%s is taken', async (expression) => {
    expect((await putSchedule(expression)).RuleArn).toMatch(/:rule\//);
  });

  it.each([
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 minutes)',
    'rate(5 seconds)',
    'cron(0 10 * * * *)',
    'cron(60 10 * * ? *)',
    'cron(0 10 * * ?)',
    'cron(0 10 ? * 3#1,6#3 *)',
    'at(2030-01-01T00:00:00)',
    '5 minutes',
  ])('%s is refused', async (expression) => {
    await expect(putSchedule(expression)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Parameter ScheduleExpression is not valid.',
    });
  });
});
