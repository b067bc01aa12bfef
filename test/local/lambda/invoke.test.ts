import { describe, expect, it } from 'vitest';
import type { ManualClock } from '../../../local/clock.ts';
import { accessKeyOf } from '../../../local/lambda/identity.ts';
import type { Handler } from '../../../local/lambda/in-process-loader.ts';
import { invoke, type Outcome } from '../../../local/lambda/invoke.ts';
import { functionsOf } from '../../../local/lambda/invoke-later.ts';
import type { InvocationContext } from '../../../local/lambda/loader.ts';
import { createFunction, runnableOf } from '../../../local/lambda/store.ts';
import { lambdaWith, type TestLambda } from './lambda-builder.ts';

const run = ({ store }: TestLambda, event: unknown, requestId = 'request-1'): Promise<Outcome> =>
  invoke(store, runnableOf(store, 'worker'), event, requestId);

/** A handler that waits for the clock, as one does that calls a server which never answers. */
const hanging = (clock: ManualClock, milliseconds: number, lifetime: AbortSignal): Handler => {
  return () =>
    new Promise((resolve) => {
      const unpark = clock.park();
      const end = () => {
        unpark();
        resolve('late');
      };
      clock.after(milliseconds, end);
      lifetime.addEventListener('abort', unpark);
    });
};

describe('an invocation', () => {
  it('answers what the handler answers, as JSON', async () => {
    const lambda = await lambdaWith(() => (event) => ({ got: event }));
    expect(await run(lambda, { a: 1 })).toEqual({ payload: '{"got":{"a":1}}', failed: false });
  });

  it('without an answer is null', async () => {
    expect(await run(await lambdaWith(() => async () => undefined), {})).toEqual({ payload: 'null', failed: false });
  });

  it('tells the handler who it is and how long it has', async () => {
    const contexts: InvocationContext[] = [];
    const lambda = await lambdaWith(() => (_, context) => contexts.push(context), { timeout: 30, memory: 512 });
    await run(lambda, {}, 'request-7');
    expect(contexts[0]).toMatchObject({
      awsRequestId: 'request-7',
      functionName: 'worker',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:worker',
      memoryLimitInMB: '512',
      logGroupName: '/aws/lambda/worker',
    });
    expect(contexts[0]?.getRemainingTimeInMillis()).toBe(30_000);
    await lambda.clock.advance(12_000);
    expect(contexts[0]?.getRemainingTimeInMillis()).toBe(18_000);
    await lambda.clock.advance(60_000);
    expect(contexts[0]?.getRemainingTimeInMillis()).toBe(0);
  });

  it('that throws is a function error with type, message and trace, and is logged', async () => {
    const lambda = await lambdaWith(() => () => {
      throw new RangeError('too far');
    });
    const outcome = await run(lambda, {});
    expect(outcome.failed).toBe(true);
    expect(JSON.parse(outcome.payload)).toMatchObject({ errorType: 'RangeError', errorMessage: 'too far' });
    expect(JSON.parse(outcome.payload).trace[0]).toBe('RangeError: too far');
    expect(lambda.logged).toHaveLength(1);
  });

  it('whose environment cannot start is a function error', async () => {
    const lambda = await lambdaWith(async () => {
      throw new Error('no catalogue');
    });
    expect(await run(lambda, {})).toMatchObject({ failed: true });
    expect(lambda.logged[0]).toMatch(/no catalogue/);
  });

  it('ends after the timeout, and its environment with it', async () => {
    const lifetimes: AbortSignal[] = [];
    const lambda = await lambdaWith(
      (lifetime, clock) => {
        lifetimes.push(lifetime);
        return hanging(clock, 60_000, lifetime);
      },
      { timeout: 3 },
    );
    const outcome = run(lambda, {}, 'request-9');
    await lambda.clock.advance(2999);
    expect(lifetimes[0]?.aborted).toBe(false);
    await lambda.clock.advance(1);
    expect(JSON.parse((await outcome).payload)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: 'RequestId: request-9 Error: Task timed out after 3.00 seconds',
    });
    expect(lifetimes[0]?.aborted).toBe(true);
    const next = run(lambda, {});
    await lambda.clock.advance(3000);
    expect((await next).failed).toBe(true);
    expect(lifetimes).toHaveLength(2);
  });

  it('that is done in time is not ended later', async () => {
    const lifetimes: AbortSignal[] = [];
    const lambda = await lambdaWith(
      (lifetime) => {
        lifetimes.push(lifetime);
        return () => 'done';
      },
      { timeout: 3 },
    );
    expect((await run(lambda, {})).payload).toBe('"done"');
    await lambda.clock.advance(10_000);
    expect(lifetimes.map(({ aborted }) => aborted)).toEqual([false]);
  });

  it('has an environment of its own, which the next one uses again', async () => {
    const environments: number[] = [];
    let made = 0;
    let release: () => void = () => undefined;
    const lambda = await lambdaWith(() => {
      made += 1;
      const mine = made;
      return async (event) => {
        environments.push(mine);
        if (event === 'wait')
          await new Promise<void>((resolve) => {
            release = resolve;
          });
      };
    });
    const first = run(lambda, 'wait', 'request-1');
    await run(lambda, 'go', 'request-2');
    release();
    await first;
    await run(lambda, 'go', 'request-3');
    expect(environments).toEqual([1, 2, 1]);
  });

  it('answers no more than 6 MB', async () => {
    const lambda = await lambdaWith(() => () => 'x'.repeat(6_291_556));
    expect(JSON.parse((await run(lambda, {})).payload)).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    });
  });
});

// Developer guide, invocation-async-error-handling: two retries, one minute and then two minutes later
describe('an asynchronous invocation', () => {
  const counting = async (failures: number) => {
    const calls: { readonly at: number; readonly id: string; readonly event: unknown }[] = [];
    const lambda = await lambdaWith((_, clock) => (event, { awsRequestId }) => {
      calls.push({ at: clock.now(), id: awsRequestId, event });
      if (calls.length <= failures) throw new Error('not yet');
    });
    const start = lambda.clock.now();
    functionsOf(lambda.store).invokeLater('arn:aws:lambda:eu-west-1:123456789012:function:worker', { run: 1 });
    await lambda.clock.advance(3_600_000);
    return { seconds: calls.map(({ at }) => (at - start) / 1000), ids: new Set(calls.map(({ id }) => id)), calls };
  };

  it('runs once when it succeeds', async () => {
    const { seconds, calls } = await counting(0);
    expect(seconds).toEqual([0]);
    expect(calls[0]?.event).toEqual({ run: 1 });
  });

  it('is tried again after one minute and after two more, with the same request id', async () => {
    const { seconds, ids } = await counting(2);
    expect(seconds).toEqual([0, 60, 180]);
    expect(ids.size).toBe(1);
  });

  it('is given up after the third attempt', async () => {
    expect((await counting(10)).seconds).toEqual([0, 60, 180]);
  });

  it('of a function that is not there is refused', async () => {
    const { store } = await lambdaWith(() => () => undefined);
    expect(() => functionsOf(store).invokeLater('arn:aws:lambda:eu-west-1:123456789012:function:other', {})).toThrow(
      'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:other',
    );
  });
});

describe('a function', () => {
  const specification = {
    handler: 'a.handler',
    runtime: 'nodejs24.x',
    role: 'arn:aws:iam::123456789012:role/r',
    code: '/nowhere',
  };

  it.each([
    ['worker', 'name', 'worker', {}],
    ['arn:aws:lambda:eu-west-1:123456789012:function:worker', 'ARN', 'worker', {}],
    ['123456789012:function:worker', 'partial ARN', 'worker', {}],
    ['worker:$LATEST', 'version', 'worker', {}],
  ])('is found by %s (its %s)', async (reference, _, name) => {
    const { store } = await lambdaWith(() => () => undefined);
    expect(runnableOf(store, reference).configuration.name).toBe(name);
  });

  it.each([
    ['worker:live', 'arn:aws:lambda:eu-west-1:123456789012:function:worker:live'],
    ['nobody', 'arn:aws:lambda:eu-west-1:123456789012:function:nobody'],
  ])('is not found by %s', async (reference, named) => {
    const { store } = await lambdaWith(() => () => undefined);
    expect(() => runnableOf(store, reference)).toThrow(`Function not found: ${named}`);
  });

  it.each([
    ['a name that is taken', { name: 'worker' }, 'Function already exist: worker'],
    ['a name of other characters', { name: 'a b' }, "Value 'a b' at 'functionName'"],
    ['a timeout of more than 15 minutes', { name: 'b', timeout: 901 }, 'Member must have value less than or equal to 900'],
    ['no time at all', { name: 'b', timeout: 0 }, 'Member must have value greater than or equal to 1'],
    ['too little memory', { name: 'b', memory: 127 }, 'Member must have value greater than or equal to 128'],
    ['too much memory', { name: 'b', memory: 10_241 }, 'Member must have value less than or equal to 10240'],
    [
      'a variable of Lambda’s own',
      { name: 'b', environment: { AWS_REGION: 'x' } },
      'Reserved keys used in this request: AWS_REGION',
    ],
  ])('with %s is refused', async (_, part, message) => {
    const { store } = await lambdaWith(() => () => undefined);
    await expect(createFunction(store, { ...specification, ...part })).rejects.toThrow(message);
  });

  it('has an access key that no other has', () => {
    expect(accessKeyOf('a')).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(accessKeyOf('a')).toBe(accessKeyOf('a'));
    expect(accessKeyOf('a')).not.toBe(accessKeyOf('b'));
  });
});
