import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Endpoint, eventually, leftOut, openEndpoint } from './endpoint.ts';
import { openLambda } from './lambda.ts';
import { openSqs, type Sqs } from './sqs.ts';

/**
 * Event source mappings of queues, as they are made and changed. Sources: Lambda API reference, CreateEventSourceMapping,
 * UpdateEventSourceMapping, DeleteEventSourceMapping; developer guide, "Creating and configuring an Amazon SQS event source mapping".
 */
describe.skipIf(leftOut('lambda'))('an event source mapping (skipped where CONFORMANCE_SKIP names lambda)', () => {
  let endpoint: Endpoint;
  let sqs: Sqs;
  let lambda: ReturnType<typeof openLambda>;
  let worker: string;

  beforeAll(async () => {
    endpoint = await openEndpoint();
    sqs = openSqs(endpoint);
    lambda = openLambda(endpoint, sqs);
    worker = await lambda.newFunction();
  }, 120_000);
  afterAll(async () => {
    await lambda.clean();
    await sqs.clean();
    await endpoint.close();
  }, 60_000);

  const refused = async (url: string, more: object = {}) => refusal({ EventSourceArn: await sqs.arn(url), ...more });

  const refusal = async (more: object) => {
    const input = { FunctionName: worker, EventSourceArn: undefined, ...more };
    return lambda.client.send(new CreateEventSourceMappingCommand(input)).then(
      () => Promise.reject(new Error('it was not refused')),
      ({ name, message, $metadata: { httpStatusCode: status } }) => ({ name, message, status }),
    );
  };

  it('is being created first, with the defaults of the service', async () => {
    const url = await sqs.queue();
    const created = await lambda.map(worker, await sqs.arn(url));
    expect(created).toMatchObject({
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      FunctionResponseTypes: [],
      EventSourceArn: await sqs.arn(url),
      State: 'Creating',
      StateTransitionReason: 'USER_INITIATED',
      $metadata: { httpStatusCode: 202 },
    });
    expect(created.FunctionArn).toMatch(new RegExp(`^arn:aws:lambda:[a-z0-9-]+:\\d{12}:function:${worker}$`));
    expect(created.EventSourceMappingArn).toMatch(new RegExp(`:event-source-mapping:${created.UUID}$`));
    await lambda.polls(created.UUID);
  });

  it('is one for a queue and a function', async () => {
    const url = await sqs.queue();
    const { UUID } = await lambda.map(worker, await sqs.arn(url));
    expect(await refused(url)).toEqual({
      name: 'ResourceConflictException',
      status: 409,
      message: `An event source mapping with SQS arn (" ${await sqs.arn(url)} ") and function (" ${worker} ") already exists. Please update or delete the existing mapping with UUID ${UUID}`,
    });
  });

  it('needs a queue, and a function', async () => {
    const arn = await sqs.arn(await sqs.queue());
    const lost = await refusal({ EventSourceArn: `${arn}-that-is-not-there` });
    expect(lost).toMatchObject({ name: 'InvalidParameterValueException', status: 400 });
    expect(lost.message).toMatch(
      /^Error occurred while ReceiveMessage\. SQS Error Code: AWS\.SimpleQueueService\.NonExistentQueue\./,
    );
    expect(await refusal({ EventSourceArn: arn, FunctionName: `${worker}-that-is-not-there` })).toMatchObject({
      name: 'ResourceNotFoundException',
      status: 404,
    });
  });

  // Developer guide: "set your queue's visibility timeout to at least six times the timeout"; less than the timeout is refused.
  it('needs a queue whose messages stay hidden for as long as the function may run', async () => {
    const url = await sqs.queue({ VisibilityTimeout: '0' });
    expect(await refused(url)).toMatchObject({ name: 'InvalidParameterValueException', status: 400 });
  });

  it.each<[string, object, object]>([
    ['a batch of nothing', {}, { BatchSize: 0 }],
    ['a batch of more than ten without a window', {}, { BatchSize: 11 }],
    ['a batch of more than ten thousand', {}, { BatchSize: 10_001, MaximumBatchingWindowInSeconds: 1 }],
    ['a window of more than five minutes', {}, { MaximumBatchingWindowInSeconds: 301 }],
    ['one invocation at once', {}, { ScalingConfig: { MaximumConcurrency: 1 } }],
    ['more than a thousand at once', {}, { ScalingConfig: { MaximumConcurrency: 1001 } }],
    ['an unknown kind of answer', {}, { FunctionResponseTypes: ['ReportNothing'] }],
    ['a window on a FIFO queue', { FifoQueue: 'true' }, { MaximumBatchingWindowInSeconds: 1 }],
    ['a batch of more than ten of a FIFO queue', { FifoQueue: 'true' }, { BatchSize: 11 }],
    ['a filter that is no pattern', {}, { FilterCriteria: { Filters: [{ Pattern: 'simple string' }] } }],
  ])('is refused for %s', async (_, queue, mapping) => {
    const { name, status } = await refused(await sqs.queue(queue), mapping);
    expect(['InvalidParameterValueException', 'ValidationException']).toContain(name);
    expect(status).toBe(400);
  });

  it('is made without polling, is enabled later, changes, and ends', async () => {
    const arn = await sqs.arn(await sqs.queue());
    const { UUID, State } = await lambda.map(worker, arn, { Enabled: false });
    expect(State).toBe('Disabled');
    const update = (more: object) => lambda.client.send(new UpdateEventSourceMappingCommand({ UUID, ...more }));
    expect(await update({ Enabled: true })).toMatchObject({ State: 'Enabling', $metadata: { httpStatusCode: 202 } });
    await lambda.polls(UUID);
    expect(await update({ BatchSize: 5, FunctionResponseTypes: ['ReportBatchItemFailures'] })).toMatchObject({ BatchSize: 5 });
    await lambda.polls(UUID);
    const got = await lambda.client.send(new GetEventSourceMappingCommand({ UUID }));
    expect(got).toMatchObject({ BatchSize: 5, FunctionResponseTypes: ['ReportBatchItemFailures'], EventSourceArn: arn });
    expect(await lambda.client.send(new DeleteEventSourceMappingCommand({ UUID }))).toMatchObject({ UUID, State: 'Deleting' });
    const gone = () =>
      lambda.client.send(new GetEventSourceMappingCommand({ UUID })).then(
        () => Promise.reject(new Error('there')),
        ({ name }) => name,
      );
    expect(await eventually(gone, 60_000)).toBe('ResourceNotFoundException');
  });
});
