/** One entry of `errors` in a "Validation Failed" ("Troubleshooting the REST API", GitHub docs). */
export interface FieldError {
  readonly resource: string;
  readonly field: string;
  readonly code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'unprocessable' | 'custom';
  readonly message?: string;
}

/** An answer that says no. */
export class GitHubRefusal extends Error {
  override readonly name = 'GitHubRefusal';
  readonly status: number;
  /** Members of the answer beside the message. */
  readonly more: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    {
      more = {},
      headers = {},
    }: { readonly more?: Readonly<Record<string, unknown>>; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.more = more;
    this.headers = headers;
  }
}

export const notFound = (): GitHubRefusal => new GitHubRefusal(404, 'Not Found');

export const validationFailed = (...errors: readonly FieldError[]): GitHubRefusal =>
  new GitHubRefusal(422, 'Validation Failed', { more: { errors } });

/** A parameter that is missing or of the wrong type ("Troubleshooting the REST API", "Invalid request"). */
export const invalidRequest = (problem: string): GitHubRefusal => new GitHubRefusal(422, `Invalid request.\n\n${problem}`);
