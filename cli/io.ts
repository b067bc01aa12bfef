/** What a command works with beside its arguments: the terminal, the time, the way to AWS. */
export interface Io {
  readonly out: (line: string) => void;
  /** For people, beside the result. */
  readonly err: (line: string) => void;
  /** Replaces the line that is being shown; only on a terminal. */
  readonly progress: ((line: string) => void) | undefined;
  readonly colours: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Rejects with an `InterruptedError` when Ctrl-C is pressed meanwhile. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly readFile: (path: string) => Promise<string>;
  /** Further configuration of the SDK's clients; nothing for real ones. */
  readonly aws: Readonly<Record<string, unknown>>;
}

/** Ctrl-C. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}
