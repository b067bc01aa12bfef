export interface AwsErrorOptions {
  /** HTTP status; 400 unless told otherwise. */
  readonly status?: number;
  /** Further members of the error's body, such as DynamoDB's `CancellationReasons`. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Headers that S3 answers with an error; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The error's name in the Query protocol where it differs (SQS: `AWS.SimpleQueueService.NonExistentQueue`). */
  readonly queryCode?: string;
  /** Its message in the Query protocol where that differs. */
  readonly queryMessage?: string;
}

/** An answer of AWS that is an error. `code` is the modelled name, as the SDK reads it from `__type`. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly queryCode: string;
  readonly queryMessage: string;

  constructor(code: string, message: string, options: AwsErrorOptions = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status ?? 400;
    this.details = options.details ?? {};
    this.headers = options.headers ?? {};
    this.queryCode = options.queryCode ?? code;
    this.queryMessage = options.queryMessage ?? message;
  }
}

/** Refuses, by name and with this error, members that would be taken and ignored. Empty lists say nothing. */
export const refuseOthers =
  (code: string) =>
  (input: Readonly<Record<string, unknown>>, known: readonly string[], where: string): void => {
    const isEmpty = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);
    const other = Object.keys(input).find((member) => !isEmpty(input[member]) && !known.includes(member));
    if (other !== undefined) throw new AwsError(code, `the local cloud does not know the parameter "${other}" of ${where}.`);
  };
