import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { locateHandler } from './code.ts';
import type { FunctionConfiguration } from './configuration.ts';
import { type ExecutionEnvironment, loadInEnvironments } from './environments.ts';
import { accessKeyOf } from './identity.ts';
import { type FunctionLoader, type InvocationContext, RuntimeError } from './loader.ts';

export interface WorkerOptions {
  /** Where the functions reach AWS: the local cloud's own address. */
  readonly endpoint: string;
  /** One line that a function wrote to its standard output or error. */
  readonly log: (functionName: string, line: string) => void;
}

/**
 * Runs the packaged code in worker threads of this process, one for each execution environment, by the machine's own clock.
 * A function sees its own environment variables and Lambda's, and nothing of this process's. Its memory limit is that of the
 * thread's heap, and a thread that dies is a function error.
 */
export const workerLoader = (options: WorkerOptions): FunctionLoader =>
  loadInEnvironments((configuration) => startWorker(configuration, options));

/** What the thread answers (`worker-main.mjs`). */
type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly payload: string }
  | { readonly kind: 'error'; readonly name: string; readonly message: string; readonly stack: string };

const startWorker = async (configuration: FunctionConfiguration, options: WorkerOptions): Promise<ExecutionEnvironment> => {
  const { file, exported } = await locateHandler(configuration.code, configuration.handler);
  const worker = new Worker(new URL('./worker-main.mjs', import.meta.url), {
    workerData: { file, exported },
    env: environmentOf(configuration, options.endpoint),
    resourceLimits: { maxOldGenerationSizeMb: configuration.memory },
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) forwardLines(stream, (line) => options.log(configuration.name, line));
  const answers = answersOf(worker);
  worker.unref();
  await answers.next();
  return {
    async invoke(event, context) {
      const { getRemainingTimeInMillis, ...rest } = context;
      const answer = answers.next();
      worker.postMessage({
        event: JSON.stringify(event ?? null),
        context: rest,
        remaining: getRemainingTimeInMillis(),
      } satisfies Call);
      return answer;
    },
    usable: () => !answers.ended(),
    async stop() {
      await worker.terminate();
    },
  };
};

/** What the thread is asked. `remaining` is in milliseconds. */
interface Call {
  readonly event: string;
  readonly context: Omit<InvocationContext, 'getRemainingTimeInMillis'>;
  readonly remaining: number;
}

/** The thread's answers, one at a time: rejected with the handler's error, and with a `RuntimeError` once the thread has ended. */
const answersOf = (worker: Worker) => {
  let waiting: { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void } | undefined;
  let end: Error | undefined;
  const settle = (act: (waiter: NonNullable<typeof waiting>) => void): void => {
    const waiter = waiting;
    waiting = undefined;
    if (waiter !== undefined) act(waiter);
  };
  const ended = (error: Error): void => {
    end ??= error;
    settle(({ reject }) => reject(error));
  };
  worker.on('message', (answer: Answer) =>
    settle(({ resolve, reject }) => {
      if (answer.kind === 'error') reject(errorOf(answer));
      else resolve(answer.kind === 'answer' ? JSON.parse(answer.payload) : undefined);
    }),
  );
  worker.on('error', (error) => ended(new RuntimeError('Runtime.ExitError', `RequestId: the runtime has died: ${error}`)));
  worker.on('exit', (status) => ended(new RuntimeError('Runtime.ExitError', `Runtime exited with error: exit status ${status}`)));
  return {
    ended: () => end !== undefined,
    next: () =>
      new Promise<unknown>((resolve, reject) => {
        if (end !== undefined) reject(end);
        else waiting = { resolve, reject };
      }),
  };
};

const errorOf = ({ name, message, stack }: Answer & { readonly kind: 'error' }): Error =>
  Object.assign(new RuntimeError(name, message), { stack });

/** Lambda's reserved variables (developer guide, configuration-envvars), then the function's own. */
const environmentOf = (
  { name, place, memory, handler, runtime, logGroup, environment }: FunctionConfiguration,
  endpoint: string,
) => ({
  AWS_REGION: place.region,
  AWS_DEFAULT_REGION: place.region,
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: accessKeyOf(name, place),
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SESSION_TOKEN: 'local',
  AWS_LAMBDA_FUNCTION_NAME: name,
  // The machine's Node may be older than the packaged runtime's: the SDK would say so in every environment.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
  AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
  _HANDLER: handler,
  TZ: ':UTC',
  ...environment,
});

const forwardLines = (stream: Readable, log: (line: string) => void): void => {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', log);
};
