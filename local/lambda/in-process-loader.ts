import type { FunctionConfiguration } from './configuration.ts';
import { type ExecutionEnvironment, loadInEnvironments } from './environments.ts';
import type { FunctionLoader, InvocationContext } from './loader.ts';

export type Handler = (event: unknown, context: InvocationContext) => unknown;

/**
 * Calls handlers in this process. `create` is called once for each execution environment. `lifetime` aborts when Lambda ends the
 * environment (a timeout, the cloud's end): a handler cannot be killed here, so whatever it acts through has to refuse from then on.
 * Events and answers pass through JSON, as on the wire.
 */
export const inProcessLoader = (
  create: (configuration: FunctionConfiguration, lifetime: AbortSignal) => Handler | Promise<Handler>,
): FunctionLoader =>
  loadInEnvironments(async (configuration): Promise<ExecutionEnvironment> => {
    const controller = new AbortController();
    const handler = await create(configuration, controller.signal);
    return {
      invoke: async (event, context) => handler(copy(event), context),
      usable: () => !controller.signal.aborted,
      async stop() {
        controller.abort(new DOMException(`the environment of ${configuration.name} has ended`, 'AbortError'));
      },
    };
  });

const copy = (event: unknown): unknown => (event === undefined ? undefined : JSON.parse(JSON.stringify(event)));
