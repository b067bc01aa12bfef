import { describe, expect, it } from 'vitest';
import { details, unitsIn } from '../../bench/virtual/count.ts';
import { amountsOf, countBy, createTally } from '../../bench/virtual/tally.ts';

const call = (name: string, action: string, more: object = {}) => ({
  function: name,
  invocation: '1',
  action,
  fifo: false,
  events: 0,
  units: { read: 0, write: 0 },
  ...more,
});

const answer = (body: object) => ({ status: 200, headers: {}, body: JSON.stringify(body) });

describe('what is billed', () => {
  it('counts a message as sent, received and deleted, whoever makes the request', () => {
    const tally = createTally();
    tally.invoked({ function: 'route', messages: 1, fromRules: 1, memoryMegabytes: 512 });
    tally.called(call('route', 'sqs:SendMessage', { fifo: true }));
    tally.invoked({ function: 'verify', messages: 1, fromRules: 0, memoryMegabytes: 512 });
    tally.called(call('verify', 'events:PutEvents', { events: 4 }));
    tally.called(call('verify', 'dynamodb:GetItem', { units: { read: 1, write: 0 } }));
    tally.logged(10);
    expect(amountsOf(tally.take())).toEqual({
      invocations: 2,
      // Half a gigabyte; two invocations of 100 ms, and 20 + 20 + 10 ms of calls.
      gigabyteSeconds: 0.125,
      // The rule's, and Lambda's two for the inbox.
      standardRequests: 3,
      // The router's, and Lambda's two for the function's queue.
      fifoRequests: 3,
      events: 4,
      readUnits: 1,
      writeUnits: 0,
      alarmRequests: 0,
      logBytes: 10,
    });
  });

  it('is taken once', () => {
    const tally = createTally();
    tally.called(call('route', 'sqs:SendMessage'));
    expect(tally.take().calls).toHaveLength(1);
    expect(tally.take().calls).toHaveLength(0);
  });

  it('is counted by any name', () => {
    const calls = [call('a', 'sqs:SendMessage'), call('b', 'sqs:SendMessage'), call('a', 'ecs:UpdateService')];
    expect([...countBy(calls, (one) => one.function)]).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });
});

describe("DynamoDB's units", () => {
  // Shapes: API reference, ConsumedCapacity; a list for batches and transactions.
  it('are read where it was read, and written where it was written', () => {
    expect(unitsIn('GetItem', answer({ ConsumedCapacity: { CapacityUnits: 1.5 } }))).toEqual({ read: 1.5, write: 0 });
    const two = [{ CapacityUnits: 4 }, { CapacityUnits: 2 }];
    expect(unitsIn('TransactWriteItems', answer({ ConsumedCapacity: two }))).toEqual({ read: 0, write: 6 });
  });

  it('are none for other services and for refusals', () => {
    expect(unitsIn('SendMessage', answer({}))).toEqual({ read: 0, write: 0 });
    expect(unitsIn('TransactWriteItems', { status: 400, headers: {}, body: '' })).toEqual({ read: 0, write: 0 });
  });
});

describe('a request', () => {
  it('says whether its queue is FIFO, and how many events it has', () => {
    expect(details('{"QueueUrl":"http://cloud.test/123456789012/switchyard-verify.fifo"}')).toEqual({ fifo: true, events: 0 });
    expect(details('{"QueueUrl":"http://cloud.test/123456789012/switchyard-inbox","Entries":[{}]}')).toEqual({
      fifo: false,
      events: 0,
    });
    expect(details('{"Entries":[{},{}]}')).toEqual({ fifo: false, events: 2 });
    expect(details('Action=DescribeAlarms')).toEqual({ fifo: false, events: 0 });
  });
});
