import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DescribeEventBusCommand,
  ListEventBusesCommand,
  PutPermissionCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-eventbridge';
import { afterAll, describe, expect, it } from 'vitest';
import { leftOut, openEndpoint, uniqueName } from './endpoint.ts';
import { openEvents } from './event-bus.ts';

const { events, newBus, newRule, close } = openEvents(await openEndpoint());

afterAll(close);

// API reference: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html, API_DescribeEventBus.html,
// API_DeleteEventBus.html, API_ListEventBuses.html.
describe.skipIf(leftOut('events'))('an event bus (skipped where CONFORMANCE_SKIP names events)', () => {
  it('is described by its name and by its ARN, with its times and description', async () => {
    const name = await newBus({ Description: 'of a test' });
    const byName = await events.send(new DescribeEventBusCommand({ Name: name }));
    expect(byName).toMatchObject({ Name: name, Description: 'of a test' });
    expect(byName.Arn).toMatch(new RegExp(`^arn:aws:events:[a-z0-9-]+:[0-9]{12}:event-bus/${name}$`));
    expect(byName.CreationTime).toBeInstanceOf(Date);
    expect(byName.LastModifiedTime).toEqual(byName.CreationTime);
    const { $metadata: _, ...byArn } = await events.send(new DescribeEventBusCommand({ Name: byName.Arn }));
    expect(byName).toMatchObject(byArn);
  });

  it('of the same name there is one', async () => {
    const Name = await newBus();
    await expect(events.send(new CreateEventBusCommand({ Name }))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: `Event bus ${Name} already exists.`,
    });
  });

  it.each([
    ['a space', 'a b'],
    ['257 characters', 'b'.repeat(257)],
    ['nothing', ''],
  ])('is not named with %s', async (_, Name) => {
    await expect(events.send(new CreateEventBusCommand({ Name }))).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('that is not there is not described, and deleting it changes nothing', async () => {
    const Name = uniqueName('conformance-missing');
    await expect(events.send(new DescribeEventBusCommand({ Name }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Event bus ${Name} does not exist.`,
    });
    await events.send(new DeleteEventBusCommand({ Name }));
  });

  it('named default is always there, and is not deleted', async () => {
    expect(await events.send(new DescribeEventBusCommand({}))).toMatchObject({ Name: 'default' });
    await expect(events.send(new DeleteEventBusCommand({ Name: 'default' }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Cannot delete event bus default.',
    });
  });

  it('with rules is not deleted', async () => {
    // User Guide, "Deleting an event bus": the rules have to be deleted first.
    const Name = await newBus();
    await newRule(Name, { source: ['app'] });
    await expect(events.send(new DeleteEventBusCommand({ Name }))).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await events.send(new DescribeEventBusCommand({ Name }))).toMatchObject({ Name });
  });

  it('is one of 100 at most', async () => {
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html: "Event buses", 100 of an account.
    const prefix = uniqueName('conformance-quota');
    const names: string[] = [];
    const create = async (Name: string) => {
      await events.send(new CreateEventBusCommand({ Name }));
      names.push(Name);
    };
    const all = async () => {
      for (let count = 0; count <= 100; count += 1) await create(`${prefix}-${count}`);
    };
    try {
      await expect(all()).rejects.toMatchObject({ name: 'LimitExceededException' });
    } finally {
      for (const Name of names) await events.send(new DeleteEventBusCommand({ Name }));
    }
  });

  it('is listed by prefix, page by page, each once', async () => {
    const NamePrefix = uniqueName('conformance-pages');
    const names = ['a', 'b', 'c', 'd', 'e'].map((end) => `${NamePrefix}-${end}`);
    for (const Name of names) await events.send(new CreateEventBusCommand({ Name }));
    const found: (string | undefined)[][] = [];
    for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
      const page = await events.send(new ListEventBusesCommand({ NamePrefix, Limit: 2, ...(token && { NextToken: token }) }));
      found.push((page.EventBuses ?? []).map(({ Name }) => Name));
      token = page.NextToken;
    }
    expect(found.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(found.flat().sort()).toEqual(names);
    for (const Name of names) await events.send(new DeleteEventBusCommand({ Name }));
    expect((await events.send(new ListEventBusesCommand({ NamePrefix }))).EventBuses).toEqual([]);
  });
});

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html and API_RemovePermission.html; the statement
// that PutPermission makes of its parts: User Guide, "Permissions for event buses in Amazon EventBridge" (eb-event-bus-perms.html).
describe.skipIf(leftOut('events'))("a bus's policy (skipped where CONFORMANCE_SKIP names events)", () => {
  const statementsOf = async (Name: string) => {
    const { Policy } = await events.send(new DescribeEventBusCommand({ Name }));
    return Policy === undefined ? undefined : JSON.parse(Policy).Statement;
  };
  const allow = (EventBusName: string, StatementId: string, Principal: string) =>
    events.send(new PutPermissionCommand({ EventBusName, StatementId, Principal, Action: 'events:PutEvents' }));

  it('has a statement for each id, and loses it by the id', async () => {
    const bus = await newBus();
    const { Arn } = await events.send(new DescribeEventBusCommand({ Name: bus }));
    const statement = (Sid: string, account: string) => ({
      Sid,
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'events:PutEvents',
      Resource: Arn,
    });
    await allow(bus, 'one', '111122223333');
    await allow(bus, 'two', '111122223333');
    await allow(bus, 'two', '444455556666');
    expect(await statementsOf(bus)).toEqual([statement('one', '111122223333'), statement('two', '444455556666')]);
    await events.send(new RemovePermissionCommand({ EventBusName: bus, StatementId: 'one' }));
    expect(await statementsOf(bus)).toEqual([statement('two', '444455556666')]);
    await events.send(new RemovePermissionCommand({ EventBusName: bus, RemoveAllPermissions: true }));
    expect(await statementsOf(bus)).toBeUndefined();
  });

  it('may be put as a whole', async () => {
    const bus = await newBus();
    const { Arn } = await events.send(new DescribeEventBusCommand({ Name: bus }));
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'ci',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::123456789012:root' },
          Action: 'events:PutEvents',
          Resource: Arn,
        },
      ],
    };
    await events.send(new PutPermissionCommand({ EventBusName: bus, Policy: JSON.stringify(policy) }));
    expect(await statementsOf(bus)).toEqual(policy.Statement);
  });

  it('that is no JSON is refused, and one of a bus or a statement that is not there', async () => {
    const bus = await newBus();
    await expect(events.send(new PutPermissionCommand({ EventBusName: bus, Policy: '{' }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(allow(uniqueName('conformance-missing'), 'one', '111122223333')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await allow(bus, 'one', '111122223333');
    await expect(events.send(new RemovePermissionCommand({ EventBusName: bus, StatementId: 'two' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Statement with the provided id does not exist.',
    });
  });

  it('has at most 10,240 characters', async () => {
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
    const bus = await newBus();
    const Policy = JSON.stringify({ Version: '2012-10-17', Id: 'x'.repeat(10_240), Statement: [] });
    await expect(events.send(new PutPermissionCommand({ EventBusName: bus, Policy }))).rejects.toMatchObject({
      name: 'PolicyLengthExceededException',
    });
  });
});
