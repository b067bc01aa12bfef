import { referencesOf, resolveCatalogue } from './catalogue/resolve.ts';
import { readSettings } from './environment.ts';
import type { Runtime } from './runtime.ts';
import { pause, timeout } from './time.ts';

/** What a function runs on in an account: the machine's clock and network, the function's environment, the bundled catalogue. */
const systemRuntime = async (): Promise<Runtime> => {
  const { default: source } = await import('../switchyard.yml');
  const settings = readSettings(process.env, referencesOf(source));
  return {
    now: Date.now,
    timeout,
    pause,
    fetch: globalThis.fetch,
    aws: { maxAttempts: 3 },
    write: (line) => process.stdout.write(`${line}\n`),
    catalogue: resolveCatalogue(source, settings),
    settings,
  };
};

/** The Lambda handler of a function that is made from a runtime: made once in each execution environment, at its first event. */
export const onLambda = <Event, Context, Answer>(
  create: (runtime: Runtime) => (event: Event, context: Context) => Promise<Answer>,
) => {
  let ready: Promise<(event: Event, context: Context) => Promise<Answer>> | undefined;
  return async (event: Event, context: Context): Promise<Answer> => {
    ready ??= systemRuntime().then(create);
    const handle = await ready;
    return handle(event, context);
  };
};
