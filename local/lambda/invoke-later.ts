import { need } from '../iam/needs/need.ts';
import type { Functions } from '../ports.ts';
import { invoke } from './invoke.ts';
import { type LambdaStore, newRequestId, runnableOf, versionOf } from './store.ts';

/**
 * Milliseconds before the second and the third attempt: "Lambda retries function errors twice, with a one-minute wait between the
 * first two attempts, and two minutes between the second and third" (developer guide, invocation-async-error-handling).
 */
const WAITS = [60_000, 120_000] as const;

/**
 * Asynchronous invocation: answers at once and runs the function as soon as it can, with the same request id each time.
 * After the last attempt the event is dropped: functions here have no destination and no dead-letter queue.
 */
export const invokeLater = (store: LambdaStore, functionArn: string, payload: unknown, requestId = newRequestId(store)): void => {
  versionOf(store, functionArn);
  const attempt = async (retries: number): Promise<void> => {
    const { failed } = await invoke(store, runnableOf(store, functionArn), payload, requestId);
    const wait = WAITS[retries];
    if (failed && wait !== undefined) store.clock.after(wait, () => void attempt(retries + 1));
  };
  // The invocation is what the clock tracks: the attempt around it is not, or it would count twice.
  store.clock.after(0, () => void attempt(0));
};

/** Lambda, as the other services reach it. */
export const functionsOf = (store: LambdaStore): Functions => ({
  invokeLater: (functionArn, payload) => invokeLater(store, functionArn, payload),
  async ask(functionArn, payload, acting) {
    const refused = store.permissions.refusal(acting, need('lambda:InvokeFunction', functionArn));
    if (refused !== undefined) return { problem: refused };
    try {
      const { payload: text, failed } = await invoke(store, runnableOf(store, functionArn), payload, newRequestId(store));
      return failed ? { problem: `the function failed: ${text}` } : { answer: JSON.parse(text) };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  },
});
