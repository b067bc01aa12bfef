import type { FunctionConfiguration } from './configuration.ts';

/** What a handler is told about its invocation: Lambda's context object for Node.js. */
export interface InvocationContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly getRemainingTimeInMillis: () => number;
}

/** One function with its code loaded. */
export interface LoadedFunction {
  /** It answers nothing, ever: an invocation ends by its timeout alone. */
  readonly hangs?: boolean;
  /**
   * Runs the handler; rejects with what it throws, and with a `RuntimeError` when its environment cannot start or dies.
   * Calls may run side by side, each in an environment of its own.
   */
  invoke(event: unknown, context: InvocationContext): Promise<unknown>;
  /** Ends the environment of an invocation that is out of time. What the handler still does then has no effect on anything. */
  abort(requestId: string): void;
  /** Ends all environments. */
  stop(): Promise<void>;
}

/** Where functions' code comes from. */
export type FunctionLoader = (configuration: FunctionConfiguration) => Promise<LoadedFunction>;

/** A failure of the environment, not of the handler: `name` is Lambda's error type (`Runtime.ExitError`). */
export class RuntimeError extends Error {
  constructor(type: string, message: string) {
    super(message);
    this.name = type;
  }
}
