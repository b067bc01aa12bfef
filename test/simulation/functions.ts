import { setMaxListeners } from 'node:events';
import type { ManualClock } from '../../local/clock.ts';
import { halfAccepted, type Intercept, type InterceptedCall, serverError, throttle } from '../../local/faults.ts';
import type { FunctionConfiguration } from '../../local/lambda/configuration.ts';
import { accessKeyOf } from '../../local/lambda/identity.ts';
import { inProcessLoader } from '../../local/lambda/in-process-loader.ts';
import type { FunctionLoader, InvocationContext } from '../../local/lambda/loader.ts';
import type { VirtualNetwork } from '../../local/network/virtual-network.ts';
import { REGION } from '../../local/service.ts';
import type { Handle } from '../../local/wire/http.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { readSettings } from '../../shared/environment.ts';
import type { Runtime } from '../../shared/runtime.ts';
import { fetchIn } from '../in-process/fetch.ts';
import { createHandler, type FunctionName, pauseOf, shortName, timeoutOf } from '../in-process/functions.ts';
import { dispatchingHandler, inProcess } from '../in-process/sdk.ts';
import { chance } from './chance.ts';
import { type CallFault, type Choices, faultText } from './choices.ts';
import type { Meeting, Plan } from './plan.ts';
import type { Receivers } from './receivers.ts';

/** One run of a function, as the schedule names it: `deploy.3`. */
export interface Run {
  readonly name: string;
  readonly requestId: string;
  calls: number;
  /** The last of its calls that met with misfortune; 0: none. */
  troubled: number;
  dead: boolean;
  /** Its message does not come back. */
  vanished: boolean;
  /** It was woken for what somebody else has seen to already. */
  readonly overtaken: boolean;
}

export interface FunctionsOptions {
  readonly clock: ManualClock;
  readonly network: VirtualNetwork;
  /** Those who are told, by host. */
  readonly receivers: Receivers;
  readonly plan: Plan;
  readonly choices: Choices;
  /** What the functions' bundles hold now; another one after the functions were replaced. */
  readonly bundle: () => { readonly catalogue: Catalogue; readonly generation: number };
  readonly references: Readonly<Record<string, string>>;
  readonly referenceNames: readonly string[];
  readonly handle: Handle;
  /** Whether what an invocation was given is one wake, and another one has been numbered since. */
  readonly overtaken: (event: unknown) => Promise<boolean>;
  /** Seconds since the beginning. */
  readonly time: () => number;
  /** Whether all misfortune is over. */
  readonly isHealed: () => boolean;
  /** What the plan wants to happen while this call is under way. */
  readonly meets: (called: Pick<Meeting, 'function' | 'action'>) => Meeting | undefined;
  /** At each call while misfortune may happen. */
  readonly passes: (point: string) => void;
  /** Before each call that arrives, with who makes it. */
  readonly arriving: (run: Run, call: InterceptedCall) => Promise<void>;
  readonly tell: (line: string) => void;
  /** Whether something runs in circles: from then on nothing runs any more, and time passes. */
  readonly tooMany: () => boolean;
}

/** A connection that broke; the SDK passes it on, as there is nothing left to try. */
class ResetError extends Error {
  override readonly name = 'TimeoutError';
}

/** What a handler works with in one environment of one schedule. */
interface Bound {
  readonly options: FunctionsOptions;
  readonly intercept: Intercept;
  /** To every host that is not the cloud's. */
  readonly outside: typeof globalThis.fetch;
  readonly lifetime: AbortSignal;
  /** Milliseconds by which its clock is wrong. */
  readonly skew: number;
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * A handler with its SDK clients, which take longer to make than a schedule to run: it goes from one schedule to the next, as a function's
 * environment goes from one invocation to the next. One in which anything is still under way is not used again.
 */
interface Slot {
  readonly invoke: (event: unknown, context: InvocationContext) => Promise<unknown>;
  readonly release: () => void;
}

const free = new Map<string, ((bound: Bound) => Slot)[]>();

/** Written once: each invocation asks for it. */
const texts = new WeakMap<Catalogue, string>();

const textOf = (catalogue: Catalogue): string => {
  const text = texts.get(catalogue) ?? JSON.stringify(catalogue);
  texts.set(catalogue, text);
  return text;
};

const takeSlot = (name: FunctionName, catalogue: Catalogue, bound: Bound): Slot => {
  const key = `${name} ${textOf(catalogue)}`;
  const idle = free.get(key)?.pop();
  return (idle ?? makeSlot(name, key, catalogue, bound))(bound);
};

const makeSlot = (name: FunctionName, key: string, catalogue: Catalogue, first: Bound): ((bound: Bound) => Slot) => {
  const now: { bound: Bound } = { bound: first };
  const requestHandler = dispatchingHandler(() => {
    const { options, intercept, lifetime } = now.bound;
    return { handle: options.handle, intercept, lifetime };
  });
  const { options, variables } = first;
  const runtime: Runtime = {
    now: () => now.bound.options.clock.now() + now.bound.skew,
    timeout: (milliseconds) => timeoutOf(now.bound.options.clock)(milliseconds),
    pause: (milliseconds) => pauseOf(now.bound.options.clock)(milliseconds),
    fetch: (...request) => {
      const { options: bound, intercept, lifetime, outside } = now.bound;
      return fetchIn({ handle: bound.handle, intercept, lifetime, others: outside })(...request);
    },
    aws: inProcess(requestHandler, accessKeyOf(`switchyard-${name}`)),
    write: () => undefined,
    catalogue,
    settings: readSettings({ ...variables, ...options.references, AWS_REGION: REGION }, options.referenceNames),
  };
  const handler = createHandler(name, runtime);
  const bind = (bound: Bound): Slot => {
    now.bound = bound;
    let underWay = 0;
    return {
      async invoke(event, context) {
        underWay += 1;
        try {
          return await handler(event, context);
        } finally {
          underWay -= 1;
        }
      },
      release: () => {
        // A notifier keeps secrets that it has read: in another schedule it would ask for fewer.
        if (underWay === 0 && !name.startsWith('notify-')) free.set(key, [...(free.get(key) ?? []), bind]);
      },
    };
  };
  return bind;
};

/** What becomes of a call, by what is done to it. */
interface Ways<T> {
  readonly arrive: () => Promise<T>;
  readonly throttle: () => T | Promise<T>;
  readonly error: () => T | Promise<T>;
  readonly half: () => Promise<T>;
}

const NOBODY: Run = { name: '', requestId: '', calls: 0, troubled: 0, dead: true, vanished: false, overtaken: false };

/** The pipeline's real handlers in this process, with everything that a plan and its choices do to them. */
export const simulatedFunctions = (
  options: FunctionsOptions,
): { readonly load: FunctionLoader; readonly release: () => void } => {
  const { clock, plan, choices, tell, time } = options;
  const counts = new Map<string, number>();

  const healed = (): boolean => time() < 0 || options.isHealed();

  const numbered = (name: string): string => {
    const number = (counts.get(name) ?? 0) + 1;
    counts.set(name, number);
    return `${name}.${number}`;
  };

  /** Virtual time passes for one call alone: others go on meanwhile. */
  const wait = (milliseconds: number, lifetime: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const unpark = clock.park();
      const end = () => {
        cancel();
        lifetime.removeEventListener('abort', end);
        unpark();
        resolve();
      };
      const cancel = clock.after(milliseconds, end);
      lifetime.addEventListener('abort', end, { once: true });
    });

  const interceptFor =
    (runOf: () => Run, lifetime: AbortSignal): Intercept =>
    async (call, next) => {
      const run = runOf();
      if (run.dead) throw new ResetError('the function has died');
      run.calls += 1;
      const point = `${run.name}.${run.calls} ${call.service}:${call.action}`;
      const arrive = async () => {
        await options.arriving(run, call);
        return next();
      };
      if (healed()) return arrive();
      const now = time();
      const away = plan.outages.some(({ service, from, to }) => service === call.service && now >= from && now < to);
      if (away) run.troubled = run.calls;
      if (away) return serverError(call);
      options.passes(point);
      const meeting = options.meets({ function: run.name.split('.')[0] ?? '', action: call.action });
      if (meeting !== undefined) {
        tell(`${point}: meets, and ${meeting.done ? 'is answered' : 'arrives'} ${meeting.seconds} s late`);
        if (!meeting.done) await wait(meeting.seconds * 1000, lifetime);
        const answer = await arrive();
        if (meeting.done) await wait(meeting.seconds * 1000, lifetime);
        return answer;
      }
      const fault = choices.call(point, call);
      if (fault === undefined) return arrive();
      run.troubled = run.calls;
      tell(`${point}: ${faultText(fault)}`);
      return happen(fault, run, lifetime, {
        arrive,
        throttle: () => throttle(call),
        error: () => serverError(call),
        half: () => halfAccepted(call, (request) => options.arriving(run, call).then(() => next(request))),
      });
    };

  const happen = async <T>(fault: CallFault, run: Run, lifetime: AbortSignal, ways: Ways<T>): Promise<T> => {
    const { arrive } = ways;
    switch (fault.kind) {
      case 'delay':
        await wait(fault.milliseconds, lifetime);
        return arrive();
      case 'throttle':
        return ways.throttle();
      case 'error':
        return ways.error();
      case 'half':
        return ways.half();
      case 'reset-before':
        throw new ResetError('the connection was reset');
      case 'reset-after':
        await arrive();
        throw new ResetError('the connection was reset');
      case 'vanish-before':
      case 'crash-before':
        run.dead = true;
        run.vanished = fault.kind === 'vanish-before';
        throw new ResetError('the function has died');
      case 'crash-late':
      case 'reset-late':
        run.dead = fault.kind === 'crash-late';
        clock.after(fault.milliseconds, async () => {
          await arrive().catch(() => undefined);
        });
        throw new ResetError('the connection was reset');
      case 'vanish-after':
      case 'crash-after':
        await arrive();
        run.dead = true;
        run.vanished = fault.kind === 'vanish-after';
        throw new ResetError('the function has died');
    }
  };

  /** Whoever asks has no patience left, and goes on; what was asked for arrives all the same. */
  const orAborted = <T>(signal: AbortSignal | null | undefined, work: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const abort = () => reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      work.then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort));
    });

  /** A request to somebody who is told meets with what a call to AWS does. */
  const outsideFor =
    (runOf: () => Run, lifetime: AbortSignal): typeof globalThis.fetch =>
    async (input, { signal, ...init } = {}) => {
      const { host, pathname } = new URL(input instanceof Request ? input.url : input);
      const receiver = options.receivers[host];
      if (receiver === undefined) return options.network.fetch(input, { ...init, ...(signal === undefined ? {} : { signal }) });
      const run = runOf();
      if (run.dead) throw new ResetError('the function has died');
      signal?.throwIfAborted();
      run.calls += 1;
      const action = receiver.actionOf(init.method ?? 'GET', pathname);
      const point = `${run.name}.${run.calls} ${host}:${action}`;
      const arrive = () => receiver.fetch(input, init);
      if (healed()) return arrive();
      const now = time();
      const away = plan.outages.some(({ service, from, to }) => service === host && now >= from && now < to);
      if (away) throw new TypeError('fetch failed');
      options.passes(point);
      const fault = choices.call(point, { service: host, action });
      if (fault === undefined) return arrive();
      tell(`${point}: ${faultText(fault)}`);
      const error = async () => {
        if (receiver.isHalfDone && chance(plan.seed, point, 'done') < 0.5) await arrive();
        return receiver.inTrouble();
      };
      return orAborted(signal, happen(fault, run, lifetime, { arrive, throttle: receiver.busy, error, half: arrive }));
    };

  /** An environment of the function. */
  const environment = (configuration: FunctionConfiguration, lifetime: AbortSignal) => {
    const name = shortName(configuration.name);
    // As many calls of it may be late at once as the schedule says.
    setMaxListeners(0, lifetime);
    let run: Run = NOBODY;
    const intercept = interceptFor(() => run, lifetime);
    const outside = outsideFor(() => run, lifetime);
    const bound: Bound = {
      options,
      intercept,
      outside,
      lifetime,
      skew: plan.skew[name] ?? 0,
      variables: configuration.environment,
    };
    let slot: { readonly taken: Slot; readonly generation: number } | undefined;
    return async (event: unknown, context: InvocationContext): Promise<unknown> => {
      if (options.tooMany()) throw new ResetError('the functions have called too often');
      const { generation } = options.bundle();
      const overtaken = await options.overtaken(event);
      run = {
        name: numbered(name),
        requestId: context.awsRequestId,
        calls: 0,
        troubled: 0,
        dead: false,
        vanished: false,
        overtaken,
      };
      if (slot?.generation !== generation) slot = { generation, taken: take(name, bound) };
      const mine = run;
      const ended = await slot.taken.invoke(event, context).then(
        (answer) => ({ answer }),
        (error: unknown) => ({ error }),
      );
      if (mine.vanished) return { batchItemFailures: [] };
      if (mine.dead) throw new ResetError('the function has died');
      if ('error' in ended) throw ended.error;
      return ended.answer;
    };
  };

  const taken: Slot[] = [];
  const take = (name: FunctionName, bound: Bound): Slot => {
    const slot = takeSlot(name, options.bundle().catalogue, bound);
    taken.push(slot);
    return slot;
  };

  const load = inProcessLoader((configuration, lifetime) => {
    const handler = environment(configuration, lifetime);
    const repeat = (event: unknown, context: InvocationContext, after: number): void => {
      const copy = environment(configuration, new AbortController().signal);
      const again = { ...context, awsRequestId: `${context.awsRequestId.slice(0, -4)}copy` };
      clock.after(after, async () => {
        await copy(JSON.parse(JSON.stringify(event)), again).catch(() => undefined);
      });
    };
    return async (event, context) => {
      const name = shortName(configuration.name);
      const point = `${name}.${(counts.get(name) ?? 0) + 1} again`;
      const after = healed() || name === 'sweep' ? undefined : choices.copy(point);
      if (after !== undefined) {
        tell(`${point} after ${after} ms`);
        repeat(event, context, after);
      }
      return handler(event, context);
    };
  });
  return {
    load,
    /** Gives back what the functions ran in: the next schedule need not make it anew. */
    release: () => {
      for (const slot of taken) slot.release();
    },
  };
};
