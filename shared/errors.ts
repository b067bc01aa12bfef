export interface SwitchyardErrorOptions {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An error of ours. `code` is stable and stands in `docs/errors.md`; the message says what was being done, to what, and what to do. */
export class SwitchyardError extends Error {
  override readonly name: string = 'SwitchyardError';
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, { details = {}, cause }: SwitchyardErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** It will be the same next time: answered or put aside with its reason, and acknowledged; it never holds its group. */
export class FinalError extends SwitchyardError {
  override readonly name = 'FinalError';
}

/** Not now: the message comes back after so many seconds, and then as if it were the first time. */
export class LaterError extends Error {
  override readonly name = 'LaterError';
  readonly seconds: number;

  constructor(seconds: number, message: string) {
    super(message);
    this.seconds = seconds;
  }
}
