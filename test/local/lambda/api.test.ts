import {
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../../local/clock.ts';
import { createMapping } from '../../../local/lambda/event-source-mapping.ts';
import type { Handler } from '../../../local/lambda/in-process-loader.ts';
import { createFunction, type LambdaStore } from '../../../local/lambda/store.ts';
import { HOME } from '../../../local/place.ts';
import { createRequestHandler } from '../../../local/request-handler.ts';
import { type Actions, loadActions } from '../../../local/service.ts';
import { createSqsStore, type SqsStore } from '../../../local/sqs/store.ts';
import { bindService, createWire } from '../../../local/wire/wire.ts';
import { signed } from '../wire/wire-builder.ts';
import { lambdaWith, testRandom } from './lambda-builder.ts';

const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:jobs';
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:worker';

let lambdaActions: Actions<LambdaStore>;
let sqsActions: Actions<SqsStore>;
beforeAll(async () => {
  lambdaActions = await loadActions<LambdaStore>(new URL('../../../local/lambda/actions/', import.meta.url));
  sqsActions = await loadActions<SqsStore>(new URL('../../../local/sqs/actions/', import.meta.url));
});

const setUp = async (handler: Handler = (event) => event) => {
  const clock = manualClock();
  const sqs = createSqsStore({ clock, place: HOME, random: testRandom() });
  const caller = { account: '123456789012', region: 'eu-west-1', accessKeyId: 'a', arn: 'arn:aws:iam::123456789012:user/a' };
  sqsActions['CreateQueue']?.(sqs, { QueueName: 'jobs' }, { caller, requestId: 'r', endpoint: 'http://local' });
  const lambda = await lambdaWith(() => handler, { timeout: 20, environment: { A: 'b' } }, { clock, queues: sqs.queues });
  const handle = createWire({
    random: testRandom(),
    services: { lambda: bindService(() => lambda.store, lambdaActions) },
    identityOf: () => caller,
  });
  const client = new LambdaClient({
    region: 'eu-west-1',
    endpoint: 'http://local',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    maxAttempts: 1,
    requestHandler: createRequestHandler(handle),
  });
  return { ...lambda, client, handle };
};

const text = (payload: Uint8Array | undefined): string => Buffer.from(payload ?? []).toString('utf8');

describe('functions', () => {
  it('are described', async () => {
    const { client } = await setUp();
    const { Functions } = await client.send(new ListFunctionsCommand({}));
    // Lambda API reference, GetFunctionConfiguration, "Response Elements"
    const described = {
      FunctionName: 'worker',
      FunctionArn: ARN,
      Runtime: 'nodejs24.x',
      Handler: 'worker.handler',
      Role: 'arn:aws:iam::123456789012:role/worker',
      Timeout: 20,
      MemorySize: 128,
      Version: '$LATEST',
      State: 'Active',
      Environment: { Variables: { A: 'b' } },
      LastModified: '2026-01-01T00:00:00.000+0000',
    };
    expect(Functions).toMatchObject([described]);
    expect(await client.send(new GetFunctionConfigurationCommand({ FunctionName: ARN }))).toMatchObject(described);
    const { Configuration, Code } = await client.send(new GetFunctionCommand({ FunctionName: 'worker' }));
    expect(Configuration).toMatchObject(described);
    expect(Code?.Location).toBe('file:///nowhere');
  });

  it('are listed in pages', async () => {
    const { client, store } = await setUp();
    const role = 'arn:aws:iam::123456789012:role/r';
    for (const name of ['b', 'a'])
      await createFunction(store, { name, handler: 'a.b', runtime: 'nodejs24.x', role, code: '/nowhere' });
    const first = await client.send(new ListFunctionsCommand({ MaxItems: 2 }));
    expect(first.Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['a', 'b']);
    const second = await client.send(
      new ListFunctionsCommand({ MaxItems: 2, ...(first.NextMarker ? { Marker: first.NextMarker } : {}) }),
    );
    expect(second.Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['worker']);
    expect(second.NextMarker).toBeUndefined();
  });

  it('that are not there are not found', async () => {
    const { client } = await setUp();
    await expect(client.send(new GetFunctionCommand({ FunctionName: 'absent' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:absent',
      Type: 'User',
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe('Invoke', () => {
  it('answers what the function answers', async () => {
    const { client } = await setUp();
    const answer = await client.send(new InvokeCommand({ FunctionName: 'worker', Payload: '{"a":"ü"}' }));
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.FunctionError).toBeUndefined();
    expect(text(answer.Payload)).toBe('{"a":"ü"}');
  });

  it('without a payload gives the function an empty object', async () => {
    const { client } = await setUp();
    expect(text((await client.send(new InvokeCommand({ FunctionName: 'worker' }))).Payload)).toBe('{}');
  });

  it('says that the function failed', async () => {
    const { client } = await setUp(() => {
      throw new TypeError('no');
    });
    const answer = await client.send(new InvokeCommand({ FunctionName: 'worker' }));
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(text(answer.Payload))).toMatchObject({ errorType: 'TypeError', errorMessage: 'no' });
  });

  it('gives the invocation the request’s id', async () => {
    const { client } = await setUp((_, { awsRequestId }) => awsRequestId);
    const answer = await client.send(new InvokeCommand({ FunctionName: 'worker' }));
    expect(JSON.parse(text(answer.Payload))).toBe(answer.$metadata.requestId);
  });

  it('as an event answers at once and runs later', async () => {
    const events: unknown[] = [];
    const { client, clock } = await setUp((event) => {
      events.push(event);
    });
    const answer = await client.send(new InvokeCommand({ FunctionName: 'worker', InvocationType: 'Event', Payload: '{"a":1}' }));
    expect([answer.StatusCode, text(answer.Payload), events.length]).toEqual([202, '', 0]);
    await clock.settle();
    expect(events).toEqual([{ a: 1 }]);
  });

  it('as a dry run runs nothing', async () => {
    const { client } = await setUp(() => {
      throw new Error('ran');
    });
    expect((await client.send(new InvokeCommand({ FunctionName: 'worker', InvocationType: 'DryRun' }))).StatusCode).toBe(204);
  });

  it.each([
    [
      'a payload that is not JSON',
      { Payload: '{' },
      'InvalidRequestContentException',
      /^Could not parse request body into json: /,
    ],
    [
      'a payload of more than 6 MB',
      { Payload: `"${'x'.repeat(6_291_456)}"` },
      'RequestTooLargeException',
      /^Request must be smaller than 6291456 bytes/,
    ],
    [
      'an event of more than 1 MB',
      { InvocationType: 'Event', Payload: `"${'x'.repeat(1_048_576)}"` },
      'RequestTooLargeException',
      /1048576/,
    ],
    ['a log tail', { LogType: 'Tail' }, 'InvalidParameterValueException', /^LogType Tail is not supported by the local cloud$/],
    ['a client context', { ClientContext: 'e30=' }, 'InvalidParameterValueException', /ClientContext is not supported/],
    ['another type', { InvocationType: 'Later' }, 'InvalidParameterValueException', /Value 'Later' at 'invocationType'/],
    ['another version', { Qualifier: '7' }, 'ResourceNotFoundException', /function:worker:7$/],
  ] as const)('refuses %s', async (_, input, name, message) => {
    const { client } = await setUp();
    // The types do not let a test ask for what does not exist.
    const call = client.send(new InvokeCommand({ FunctionName: 'worker', ...(input as object) }));
    await expect(call).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });
});

describe('event source mappings', () => {
  const mapped = async () => {
    const setup = await setUp();
    const { id } = createMapping(setup.store, { functionName: 'worker', queueArn: QUEUE, maximumConcurrency: 5 });
    return { ...setup, id };
  };

  it('are listed and described', async () => {
    const { client, id } = await mapped();
    const described = {
      UUID: id,
      BatchSize: 10,
      EventSourceArn: QUEUE,
      FunctionArn: ARN,
      State: 'Enabled',
      ScalingConfig: { MaximumConcurrency: 5 },
      LastModified: new Date('2026-01-01T00:00:00Z'),
    };
    expect((await client.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings).toMatchObject([described]);
    expect((await client.send(new ListEventSourceMappingsCommand({ FunctionName: 'worker' }))).EventSourceMappings).toHaveLength(
      1,
    );
    expect((await client.send(new ListEventSourceMappingsCommand({ EventSourceArn: `${QUEUE}2` }))).EventSourceMappings).toEqual(
      [],
    );
    expect(await client.send(new GetEventSourceMappingCommand({ UUID: id }))).toMatchObject(described);
  });

  it('are disabled and enabled', async () => {
    const { client, id } = await mapped();
    const update = (Enabled: boolean) => client.send(new UpdateEventSourceMappingCommand({ UUID: id, Enabled }));
    expect(await update(false)).toMatchObject({ State: 'Disabling', $metadata: { httpStatusCode: 202 } });
    expect(await client.send(new GetEventSourceMappingCommand({ UUID: id }))).toMatchObject({ State: 'Disabled' });
    expect(await update(true)).toMatchObject({ State: 'Enabling' });
    expect(await client.send(new GetEventSourceMappingCommand({ UUID: id }))).toMatchObject({ State: 'Enabled' });
  });

  it.each([
    ['a filter that is none', { FilterCriteria: { Filters: [{ Pattern: 'null' }] } }, 'Invalid filter pattern definition.'],
    ['another function', { FunctionName: 'other' }, 'The parameter FunctionName is not supported by the local cloud'],
    [
      'batches without a window',
      { BatchSize: 11 },
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    ],
  ])('refuse %s', async (_, change, message) => {
    const { client, id } = await mapped();
    await expect(client.send(new UpdateEventSourceMappingCommand({ UUID: id, ...change }))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message,
    });
  });

  it('that are not there are not found', async () => {
    const { client } = await setUp();
    await expect(client.send(new GetEventSourceMappingCommand({ UUID: 'absent' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
    });
  });
});

describe('another request to Lambda', () => {
  const get = async (method: string, path: string, headers: Readonly<Record<string, string>>, body = '') => {
    const { handle } = await setUp();
    const answer = await handle({ method, path, headers: { host: 'h', ...headers }, body });
    return { status: answer.status, type: answer.headers['x-amzn-errortype'], ...JSON.parse(answer.body) };
  };

  it('is unknown, by name', async () => {
    expect(
      await get('POST', '/2021-11-15/functions/worker/response-streaming-invocations', { authorization: signed('lambda') }, '{}'),
    ).toMatchObject({
      status: 404,
      type: 'UnknownOperationException',
      message: 'the local cloud does not know POST /2021-11-15/functions/worker/response-streaming-invocations of lambda',
    });
  });

  it('has to be signed for Lambda in a region', async () => {
    const path = '/2015-03-31/functions/';
    expect(await get('GET', path, {})).toMatchObject({ status: 403, type: 'MissingAuthenticationTokenException' });
    expect(await get('GET', path, { authorization: signed('lambda', 'mars-1') })).toMatchObject({
      status: 403,
      type: 'InvalidSignatureException',
    });
  });

  it('that cannot be read is refused', async () => {
    const headers = { authorization: signed('lambda') };
    for (const body of ['{', '[]'])
      expect(await get('PUT', '/2015-03-31/event-source-mappings/x', headers, body)).toMatchObject({
        type: 'SerializationException',
      });
    expect(await get('GET', '/2015-03-31/functions/%', headers)).toMatchObject({ type: 'SerializationException' });
  });
});
