import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smoke } from '../../../shared/checks/smoke.ts';
import type { Traffic } from '../../../shared/deployment/observations.ts';
import type { HttpSmokeTest, LambdaSmokeTest, SmokeTest } from '../../../shared/deployment/settings.ts';
import { timeout } from '../../../shared/time.ts';

/** What was asked, and how it is answered: over a real socket. */
let server: Server;
let address = '';
const asked: {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}[] = [];
/** The connection of the last request to `/endless`, once it is over: only then is it free. */
let freed: Promise<unknown> = Promise.resolve();

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method = '', url = '', headers } = request;
    asked.push({ method, url, headers, body: Buffer.concat(parts).toString() });
    if (url === '/hangs') return;
    if (url === '/endless') {
      freed = once(response, 'close');
      response.writeHead(500).write('no end');
      return;
    }
    if (url === '/large') response.end('x'.repeat(1_100_000));
    else if (url === '/text') response.end('Welcome to the shop');
    else if (url === '/moved') response.writeHead(302, { location: '/text' }).end();
    else
      response
        .writeHead(url.startsWith('/broken') ? 500 : 200, { 'content-type': 'application/json' })
        .end('{"status":"ok","items":[{"id":1},{"id":7}],"none":null}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const EXPECT = { status: 200, headers: {}, json: {} };
const http = (path: string, more: Partial<HttpSmokeTest> = {}): HttpSmokeTest => ({
  name: path,
  url: `\${env:SHOP}${path}`,
  method: 'GET',
  headers: {},
  expect: EXPECT,
  timeoutSeconds: 5,
  ...more,
});

const lambdaAnswering = (answer: { readonly status?: number; readonly error?: string; readonly payload: string }) => {
  const payloads: unknown[] = [];
  const lambda = new LambdaClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ body }: { body: Uint8Array }) => {
        payloads.push(JSON.parse(Buffer.from(body).toString()));
        const headers = answer.error === undefined ? {} : { 'x-amz-function-error': answer.error };
        return { response: { statusCode: answer.status ?? 200, headers, body: Buffer.from(answer.payload) } };
      },
    },
  });
  return { lambda, payloads };
};

const run = async (test: SmokeTest, traffic: Traffic = 'production', lambda = lambdaAnswering({ payload: '{}' }).lambda) => {
  const subject = { deployment: 'd-1', environment: 'prod', service: 'shop', traffic };
  const ports = { fetch, timeout, now: Date.now, lambda, resolve: (text: string) => text.replace('${env:SHOP}', address) };
  const [result] = await smoke([test], subject, ports);
  return result;
};

describe('a smoke test', () => {
  it('passes with the status, headers and values that it expects', async () => {
    const expects = {
      status: 200,
      headers: { 'content-type': 'application/json' },
      contains: '"status"',
      json: { '$.status': 'ok', '$.items[1].id': 7, '$.items[*].id': 1, '$.none': null },
    };
    const result = await run(http('/', { expect: expects }));
    expect(result).toEqual({ name: '/', passed: true, milliseconds: expect.any(Number) });
  });

  it('asks as it is told to', async () => {
    await run(http('/orders', { method: 'POST', headers: { 'x-test': 'yes' }, body: '{"a":1}' }));
    expect(asked.at(-1)).toMatchObject({ method: 'POST', url: '/orders', headers: { 'x-test': 'yes' }, body: '{"a":1}' });
  });

  it.each([
    ['another status', http('/broken'), 'answered 500, and not 200'],
    ['a redirect, which is not followed', http('/moved'), 'answered 302, and not 200'],
    [
      'another header',
      http('/', { expect: { ...EXPECT, headers: { 'content-type': 'text/html' } } }),
      'answered with content-type: application/json, and not content-type: text/html',
    ],
    ['no such header', http('/', { expect: { ...EXPECT, headers: { 'x-version': '2' } } }), 'answered with no header x-version'],
    ['another text', http('/text', { expect: { ...EXPECT, contains: 'Goodbye' } }), 'answered without "Goodbye"'],
    [
      'another value',
      http('/', { expect: { ...EXPECT, json: { '$.status': 'down' } } }),
      'answered with "ok" at $.status, and not "down"',
    ],
    [
      'nothing there',
      http('/', { expect: { ...EXPECT, json: { '$.version': '2' } } }),
      'answered with nothing at $.version, and not "2"',
    ],
    ['no JSON', http('/text', { expect: { ...EXPECT, json: { '$.a': 1 } } }), 'answered with what is no JSON'],
    ['too much to look into', http('/large', { expect: { ...EXPECT, contains: 'y' } }), 'more than 1048576 bytes'],
    ['no answer in time', http('/hangs', { timeoutSeconds: 0.05 }), 'no answer within 0.05 s'],
    ['nobody there', http('/', { url: 'http://127.0.0.1:9/' }), '127.0.0.1:9'],
    ['no address', http('/', { url: 'nowhere' }), 'its address is no URL'],
    ['a slow answer', http('/', { withinMilliseconds: -1 }), 'and -1 are allowed'],
  ])('fails for %s, and says what was answered', async (_, test, detail) => {
    const result = await run(test);
    expect(result?.passed).toBe(false);
    expect(result?.detail).toContain(detail);
  });

  it.each([
    ['status', EXPECT],
    ['header', { ...EXPECT, status: 500, headers: { 'x-version': '2' } }],
    ['nothing', { ...EXPECT, status: 500 }],
  ])('leaves no connection behind whose body goes on, where %s is wrong', { timeout: 5000 }, async (_, expects) => {
    await run(http('/endless', { expect: expects }));
    await freed;
  });

  it('of test traffic uses its address there, and is left out without one', async () => {
    const test = http('/', { url: 'http://127.0.0.1:9/', testUrl: '${env:SHOP}/' });
    expect(await run(test, 'test')).toMatchObject({ passed: true });
    expect(await run(http('/'), 'test')).toBe(undefined);
  });

  it('does not tell what is secret in an address', async () => {
    const url = `${address.replace('http://', 'http://me:word@')}/broken?token=hush`;
    const secret = http('/', { url });
    const result = await run(secret);
    expect(result?.detail).not.toMatch(/hush|word/);
  });
});

describe('a function that tests', () => {
  const test: LambdaSmokeTest = { name: 'checkout', function: 'checkout-smoke', timeoutSeconds: 5 };

  it('is told what it tests, and passes by ending well', async () => {
    const { lambda, payloads } = lambdaAnswering({ payload: '"done"' });
    expect(await run(test, 'test', lambda)).toMatchObject({ passed: true });
    expect(payloads).toEqual([{ deployment: 'd-1', environment: 'prod', service: 'shop', traffic: 'test' }]);
  });

  it.each([
    ['says no', { payload: '{"passed":false,"detail":"no stock"}' }, 'function checkout-smoke says: no stock'],
    ['fails', { error: 'Unhandled', payload: '{"errorMessage":"boom"}' }, 'function checkout-smoke failed: boom'],
    ['may not be invoked', { status: 403, payload: '{"message":"not allowed"}' }, 'function checkout-smoke could not be invoked'],
  ])('does not pass where it %s', async (_, answer, detail) => {
    const result = await run(test, 'production', lambdaAnswering(answer).lambda);
    expect(result).toMatchObject({ passed: false, detail: expect.stringContaining(detail) });
  });
});
