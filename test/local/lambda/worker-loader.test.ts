import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../../local/clock.ts';
import { accessKeyOf } from '../../../local/lambda/identity.ts';
import { invoke } from '../../../local/lambda/invoke.ts';
import { createFunction, createLambdaStore, type LambdaStore, runnableOf, stopLambda } from '../../../local/lambda/store.ts';
import { workerLoader } from '../../../local/lambda/worker-loader.ts';
import { HOME } from '../../../local/place.ts';
import { everythingAllowed } from '../permissions.ts';
import { noImages, testRandom } from './lambda-builder.ts';

/** Made by Python's zipfile: handlers/zipped.mjs deflated, handlers/text.mjs stored. */
const ARCHIVE =
  'UEsDBBQAAAAAAAAAIVwAAAAAAAAAAAAAAAAJAAAAaGFuZGxlcnMvUEsDBBQAAAAIAAAAIVxkdHdLUwAAAF4AAAATAAAAaGFuZGxlcnMvemlwcGVkLm1qc8vMLcgvKlGoVihJrShRqFVIK8rPVVDX0wdx9XKzitWtuVIrwEqS8/OKSxQyEvNSclKLFGwVEosr85IVNFLLUvNKNBVs7RQ0IIboKICFFGo1rbkAUEsDBBQAAAAAAAAAIVwV6p7UKAAAACgAAAARAAAAaGFuZGxlcnMvdGV4dC5tanNleHBvcnQgY29uc3QgdGV4dCA9ICdmcm9tIHRoZSBhcmNoaXZlJzsKUEsBAhQDFAAAAAAAAAAhXAAAAAAAAAAAAAAAAAkAAAAAAAAAAAAAAIABAAAAAGhhbmRsZXJzL1BLAQIUAxQAAAAIAAAAIVxkdHdLUwAAAF4AAAATAAAAAAAAAAAAAACAAScAAABoYW5kbGVycy96aXBwZWQubWpzUEsBAhQDFAAAAAAAAAAhXBXqntQoAAAAKAAAABEAAAAAAAAAAAAAAIABqwAAAGhhbmRsZXJzL3RleHQubWpzUEsFBgAAAAADAAMAtwAAAAIBAAAAAA==';

/** Made by Python's zipfile: one file, ../outside.mjs. */
const ESCAPING =
  'UEsDBBQAAAAAAAAAIVzSZkkpGQAAABkAAAAOAAAALi4vb3V0c2lkZS5tanNleHBvcnQgY29uc3QgaGFuZGxlciA9IDE7UEsBAhQDFAAAAAAAAAAhXNJmSSkZAAAAGQAAAA4AAAAAAAAAAAAAAIABAAAAAC4uL291dHNpZGUubWpzUEsFBgAAAAABAAEAPAAAAEUAAAAAAA==';

const FILES = {
  'handlers/echo.mjs': `let calls = 0;
    export const handler = async (event, context) => {
      calls += 1;
      console.log('call', calls);
      return { event, calls, name: context.functionName, left: context.getRemainingTimeInMillis() > 0 };
    };`,
  'handlers/variables.mjs': 'export const handler = async () => ({ ...process.env });',
  'handlers/failing.mjs': `export const handler = async () => { throw new RangeError('too far'); };`,
  'handlers/leaving.mjs': 'export const handler = async () => process.exit(3);',
  'handlers/hanging.mjs': `export const handler = () => {
      console.log('hangs');
      return new Promise((resolve) => setTimeout(resolve, 60_000));
    };`,
  'handlers/broken.mjs': `throw new Error('no catalogue');`,
  'handlers/old.cjs': `exports.handler = async () => 'common';`,
};

let folder = '';
let store: LambdaStore;
const clock = manualClock();

/** Lines reach this thread a little after the answer. */
const lines: string[] = [];
let onLine: () => void = () => undefined;
const written = async (line: string): Promise<string> => {
  while (!lines.includes(line))
    await new Promise<void>((resolve) => {
      onLine = resolve;
    });
  return line;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-test-'));
  await mkdir(join(folder, 'handlers'));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'archive.zip'), Buffer.from(ARCHIVE, 'base64'));
  await writeFile(join(folder, 'escaping.zip'), Buffer.from(ESCAPING, 'base64'));
  await writeFile(join(folder, 'text.zip'), 'this is no archive, but it is long enough');
  store = createLambdaStore({
    place: HOME,
    clock,
    random: testRandom(),
    queues: {
      exists: () => false,
      visibilityTimeout: () => 30,
      send: () => ({ messageId: '' }),
      receive: () => [],
      delete: () => undefined,
      onAvailable: () => () => undefined,
    },
    permissions: everythingAllowed,
    ...noImages,
    load: workerLoader({
      endpoint: 'http://127.0.0.1:4566',
      log: (name, line) => {
        lines.push(`${name}: ${line}`);
        onLine();
      },
    }),
    log: () => undefined,
  });
});

afterAll(async () => {
  await stopLambda(store);
  await rm(folder, { recursive: true });
});

const call = async (handler: string, event: unknown = {}, code = folder) => {
  const name = `${handler.replace(/\W/g, '-')}-${store.functions.size}`;
  await createFunction(store, {
    name,
    handler,
    runtime: 'nodejs24.x',
    role: 'arn:aws:iam::123456789012:role/r',
    code,
    timeout: 10,
    environment: { TABLE: 'switchyard' },
  });
  return { name, ...(await again(name, event)) };
};

const again = async (name: string, event: unknown = {}) => {
  const { payload, failed } = await invoke(store, runnableOf(store, name), event, `request-${name}`);
  return { answer: JSON.parse(payload), failed };
};

describe('packaged code in a worker', () => {
  it('runs, writes its lines, and is used again', async () => {
    const { name, answer } = await call('handlers/echo.handler', { a: 1 });
    expect(answer).toEqual({ event: { a: 1 }, calls: 1, name, left: true });
    expect((await again(name)).answer.calls).toBe(2);
    expect(await written(`${name}: call 2`)).toBe(`${name}: call 2`);
  });

  it('runs from a zip archive, deflated or stored', async () => {
    expect((await call('handlers/zipped.handler', 5, join(folder, 'archive.zip'))).answer).toEqual({
      text: 'from the archive',
      event: 5,
    });
  });

  it('may be CommonJS', async () => {
    expect((await call('handlers/old.handler')).answer).toBe('common');
  });

  it('sees its own variables and Lambda’s, and nothing of this process’s', async () => {
    const { name, answer } = await call('handlers/variables.handler');
    expect(answer).toMatchObject({
      TABLE: 'switchyard',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_ACCESS_KEY_ID: accessKeyOf(name),
      AWS_LAMBDA_FUNCTION_NAME: name,
      _HANDLER: 'handlers/variables.handler',
    });
    expect(answer).not.toHaveProperty('PATH');
  });

  it('that throws is a function error', async () => {
    const { answer, failed } = await call('handlers/failing.handler');
    expect(failed).toBe(true);
    expect(answer).toMatchObject({ errorType: 'RangeError', errorMessage: 'too far' });
  });

  it('that ends its process is a function error, and the next invocation has a new environment', async () => {
    const { name, answer } = await call('handlers/leaving.handler');
    expect(answer).toMatchObject({ errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: exit status 3' });
    expect((await again(name)).answer.errorType).toBe('Runtime.ExitError');
  });

  it('that hangs is ended after its timeout', async () => {
    const unpark = clock.park();
    const called = call('handlers/hanging.handler');
    await written('handlers-hanging-handler-6: hangs');
    await clock.advance(10_000);
    unpark();
    expect((await called).answer.errorMessage).toMatch(/Task timed out after 10\.00 seconds$/);
  });

  it.each([
    ['cannot be loaded', 'handlers/broken.handler', { errorMessage: 'no catalogue' }],
    [
      'has no such export',
      'handlers/echo.other',
      { errorType: 'Runtime.HandlerNotFound', errorMessage: 'other is undefined or not exported' },
    ],
    ['has no such module', 'handlers/absent.handler', { errorType: 'Runtime.ImportModuleError' }],
  ])('that %s is a function error', async (_, handler, error) => {
    const { answer, failed } = await call(handler);
    expect(failed).toBe(true);
    expect(answer).toMatchObject(error);
  });

  it.each([
    ['is no archive', 'text.zip', /is not a zip archive/],
    ['writes outside of itself', 'escaping.zip', /has a file outside of itself: \.\.\/outside\.mjs/],
  ])('in a file that %s is a function error', async (_, file, message) => {
    const { answer, failed } = await call('outside.handler', {}, join(folder, file));
    expect(failed).toBe(true);
    expect(answer.errorMessage).toMatch(message);
  });
});
