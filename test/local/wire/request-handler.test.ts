import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import type { Intercept, InterceptedCall } from '../../../local/faults.ts';
import { createRequestHandler } from '../../../local/request-handler.ts';
import { type Seen, wireOf } from './wire-builder.ts';

const publish = async (
  intercept: Intercept,
  maxAttempts = 1,
): Promise<{ readonly seen: readonly Seen[]; readonly outcome: string }> => {
  const { handle, seen } = wireOf({ events: { PutEvents: () => ({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] }) } });
  const events = new EventBridgeClient({
    region: 'eu-west-1',
    endpoint: 'http://local',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts,
    requestHandler: createRequestHandler(handle, { intercept }),
  });
  const outcome = await events.send(new PutEventsCommand({ Entries: [{ Source: 's' }] })).then(
    () => 'answered',
    (error: Error) => error.message,
  );
  return { seen, outcome };
};

describe('an intercepted call', () => {
  it('is told by service, action, caller and input', async () => {
    const calls: InterceptedCall[] = [];
    const { outcome } = await publish((call, next) => {
      calls.push(call);
      return next();
    });
    expect(outcome).toBe('answered');
    expect(calls).toMatchObject([
      { service: 'events', action: 'PutEvents', caller: 'AKIDEXAMPLE', input: '{"Entries":[{"Source":"s"}]}' },
    ]);
  });

  it('can be lost before it reaches the cloud', async () => {
    const { seen, outcome } = await publish(async () => {
      throw new Error('lost');
    });
    expect({ calls: seen.length, outcome }).toEqual({ calls: 0, outcome: 'lost' });
  });

  it('can lose its answer', async () => {
    const { seen, outcome } = await publish(async (_, next) => {
      await next();
      throw new Error('lost');
    });
    expect({ calls: seen.length, outcome }).toEqual({ calls: 1, outcome: 'lost' });
  });

  it('can be made twice', async () => {
    const { seen, outcome } = await publish(async (_, next) => {
      await next();
      return next();
    });
    expect({ calls: seen.length, outcome }).toEqual({ calls: 2, outcome: 'answered' });
  });

  it('can fail as on AWS', async () => {
    const throttle = { __type: 'ThrottlingException', message: 'Rate exceeded' };
    const { seen, outcome } = await publish(async () => ({ status: 400, headers: {}, body: JSON.stringify(throttle) }));
    expect({ calls: seen.length, outcome }).toEqual({ calls: 0, outcome: 'Rate exceeded' });
  });
});

describe('the request handler', () => {
  it('gives the parameters of a URL on', async () => {
    const { handle, seen } = wireOf({ lambda: { ListFunctions: () => ({ Functions: [] }) } });
    const lambda = new LambdaClient({
      region: 'eu-west-1',
      endpoint: 'http://local',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      requestHandler: createRequestHandler(handle),
    });
    await lambda.send(new ListFunctionsCommand({ MaxItems: 3, Marker: 'a b&c' }));
    expect(seen[0]?.input).toEqual({ MaxItems: '3', Marker: 'a b&c' });
  });

  it('refuses every call once the caller’s lifetime is over', async () => {
    const { handle, seen } = wireOf({ events: { PutEvents: () => ({}) } });
    const lifetime = new AbortController();
    const events = new EventBridgeClient({
      region: 'eu-west-1',
      endpoint: 'http://local',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      maxAttempts: 1,
      requestHandler: createRequestHandler(handle, { lifetime: lifetime.signal }),
    });
    await events.send(new PutEventsCommand({ Entries: [] }));
    lifetime.abort();
    await expect(events.send(new PutEventsCommand({ Entries: [] }))).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toHaveLength(1);
  });

  it('ends a call that its client aborts', async () => {
    const client = new AbortController();
    const handler = createRequestHandler(() => new Promise(() => undefined));
    const call = handler.handle({ method: 'GET', path: '/', hostname: 'h', headers: {} }, { abortSignal: client.signal });
    client.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('takes no stream as a body', async () => {
    const handler = createRequestHandler(wireOf({}).handle);
    const call = handler.handle({ method: 'POST', path: '/', hostname: 'h', headers: {}, body: new ReadableStream() });
    await expect(call).rejects.toThrow('the local cloud takes a text or bytes as a request body, not a stream');
  });
});
