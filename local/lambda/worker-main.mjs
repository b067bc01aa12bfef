/**
 * One execution environment of a function: what Lambda's Node.js runtime does, in a worker thread of the local cloud.
 * Plain JavaScript, so that the thread needs no loader. `worker-loader.ts` speaks to it.
 */
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

const answerError = (error, type) => {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  parentPort.postMessage({ kind: 'error', name: type ?? name, message, stack: stack ?? '' });
};

const load = async () => {
  const module = await import(pathToFileURL(workerData.file).href);
  const handler = module[workerData.exported] ?? module.default?.[workerData.exported];
  if (typeof handler === 'function') return handler;
  const error = new Error(`${workerData.exported} is undefined or not exported`);
  error.name = 'Runtime.HandlerNotFound';
  throw error;
};

const answerCall = async (handler, { event, context, remaining }) => {
  const end = performance.now() + remaining;
  try {
    const answer = await handler(JSON.parse(event), {
      ...context,
      getRemainingTimeInMillis: () => Math.max(0, Math.round(end - performance.now())),
    });
    parentPort.postMessage({ kind: 'answer', payload: JSON.stringify(answer) ?? 'null' });
  } catch (error) {
    answerError(error);
  }
};

try {
  const handler = await load();
  parentPort.on('message', (call) => answerCall(handler, call));
  parentPort.postMessage({ kind: 'ready' });
} catch (error) {
  answerError(error, error?.name?.startsWith?.('Runtime.') ? error.name : undefined);
  parentPort.close();
}
