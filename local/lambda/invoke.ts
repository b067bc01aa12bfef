import { need } from '../iam/needs/need.ts';
import { arnAt } from '../place.ts';
import type { FunctionConfiguration } from './configuration.ts';
import type { InvocationContext } from './loader.ts';
import type { LambdaStore, Runnable } from './store.ts';

/** How an invocation ended: with the handler's answer, or as a function error. Payloads are JSON texts. */
export interface Outcome {
  readonly payload: string;
  readonly failed: boolean;
}

/** Runs a function once, to its answer, its error or its timeout, whichever is first. Never rejects. */
export const invoke = (store: LambdaStore, runnable: Runnable, event: unknown, requestId: string): Promise<Outcome> => {
  const outcome = run(store, runnable, event, requestId);
  return runnable.loaded.hangs === true ? outcome : store.clock.track(outcome);
};

/** The same for somebody whose own work it is: the clock is not told of it. */
export const run = (
  store: LambdaStore,
  { configuration, loaded }: Runnable,
  event: unknown,
  requestId: string,
): Promise<Outcome> => {
  const { clock } = store;
  openLog(store, configuration);
  const deadline = clock.now() + configuration.timeout * 1000;
  const context = contextOf(configuration, requestId, () => Math.max(0, deadline - clock.now()));
  const outcome = new Promise<Outcome>((resolve) => {
    const cancel = clock.after(configuration.timeout * 1000, () => {
      loaded.abort(requestId);
      resolve(timedOut(configuration, requestId));
    });
    void loaded
      .invoke(event, context)
      .then(answered)
      .catch(functionError)
      .then((ended) => {
        cancel();
        resolve(ended);
      });
  });
  return outcome.then((ended) => logged(store, configuration, requestId, ended));
};

/** Without these permissions a function has no log on AWS (Developer Guide, AWSLambdaBasicExecutionRole); here it is said. */
const openLog = ({ permissions, place, log }: LambdaStore, { name, role, logGroup }: FunctionConfiguration): void => {
  for (const call of ['CreateLogStream', 'PutLogEvents']) {
    const asked = need(`logs:${call}`, arnAt(place, 'logs', `log-group:${logGroup}:log-stream:local`));
    const refusal = permissions.refusal({ service: 'lambda.amazonaws.com', roleArn: role, session: name }, asked);
    if (refusal !== undefined) log(name, `AccessDenied: ${refusal}`);
  }
};

const contextOf = (
  { name, version, arn: invokedFunctionArn, memory, logGroup }: FunctionConfiguration,
  requestId: string,
  getRemainingTimeInMillis: () => number,
): InvocationContext => ({
  awsRequestId: requestId,
  functionName: name,
  functionVersion: version,
  invokedFunctionArn,
  memoryLimitInMB: String(memory),
  logGroupName: logGroup,
  logStreamName: `local/[${version}]${requestId.replaceAll('-', '')}`,
  getRemainingTimeInMillis,
});

/** Bytes of an answer (developer guide, gettingstarted-limits: 6 MB; the error's text names the exact number). */
const LARGEST_ANSWER = 6_291_556;

const answered = (answer: unknown): Outcome => {
  const payload = JSON.stringify(answer) ?? 'null';
  if (Buffer.byteLength(payload) <= LARGEST_ANSWER) return { payload, failed: false };
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${LARGEST_ANSWER} bytes).`;
  return { payload: JSON.stringify({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }), failed: true };
};

/** As Lambda's Node.js runtime writes it: type, message and the lines of the stack. */
const functionError = (error: unknown): Outcome => {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { payload: JSON.stringify({ errorType: name, errorMessage: message, trace: (stack ?? '').split('\n') }), failed: true };
};

const timedOut = ({ timeout }: FunctionConfiguration, requestId: string): Outcome => ({
  payload: JSON.stringify({
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeout.toFixed(2)} seconds`,
  }),
  failed: true,
});

const logged = (store: LambdaStore, { name }: FunctionConfiguration, requestId: string, outcome: Outcome): Outcome => {
  if (outcome.failed) store.log(name, `${requestId} ERROR ${outcome.payload}`);
  return outcome;
};
