import type { FunctionConfiguration } from './configuration.ts';
import type { FunctionLoader, InvocationContext, LoadedFunction } from './loader.ts';

/** One execution environment: one copy of the function's module, one invocation at a time. */
export interface ExecutionEnvironment {
  invoke(event: unknown, context: InvocationContext): Promise<unknown>;
  /** Whether it can take another invocation after this one. */
  usable(): boolean;
  stop(): Promise<void>;
}

/** Environments that are kept while nothing runs in them. */
const MOST_IDLE = 4;

/** A loader that gives each running invocation an environment of its own and uses it again afterwards, as Lambda does. */
export const loadInEnvironments =
  (create: (configuration: FunctionConfiguration) => Promise<ExecutionEnvironment>): FunctionLoader =>
  async (configuration) =>
    pool(() => create(configuration));

const pool = (create: () => Promise<ExecutionEnvironment>): LoadedFunction => {
  const idle: ExecutionEnvironment[] = [];
  const running = new Map<string, ExecutionEnvironment>();
  const aborted = new Set<string>();
  let stopped = false;

  const release = async (environment: ExecutionEnvironment): Promise<void> => {
    if (!stopped && environment.usable() && idle.length < MOST_IDLE) idle.push(environment);
    else await environment.stop();
  };

  return {
    async invoke(event, context) {
      const { awsRequestId } = context;
      try {
        const environment = idle.pop() ?? (await create());
        if (aborted.has(awsRequestId)) return await release(environment);
        running.set(awsRequestId, environment);
        try {
          return await environment.invoke(event, context);
        } finally {
          if (running.delete(awsRequestId)) await release(environment);
        }
      } finally {
        aborted.delete(awsRequestId);
      }
    },
    abort(requestId) {
      const environment = running.get(requestId);
      running.delete(requestId);
      if (environment === undefined) aborted.add(requestId);
      else void environment.stop();
    },
    async stop() {
      stopped = true;
      const all = [...idle.splice(0), ...running.values()];
      running.clear();
      await Promise.all(all.map((environment) => environment.stop()));
    },
  };
};
