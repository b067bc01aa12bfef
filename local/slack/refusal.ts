/** How Slack's Web API says no: 200 with `ok: false`, the error's name, and sometimes more (Slack, "Using the Slack Web API", "Evaluating responses"). */
export class SlackRefusal extends Error {
  override readonly name = 'SlackRefusal';
  readonly error: string;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(error: string, more: Readonly<Record<string, unknown>> = {}) {
    super(error);
    this.error = error;
    this.more = more;
  }
}

/** Too much at once: 429 with Retry-After, in seconds (Slack, "Rate limits"). */
export class SlackLimit extends Error {
  override readonly name = 'SlackLimit';
  readonly seconds: number;

  constructor(seconds: number) {
    super('ratelimited');
    this.seconds = seconds;
  }
}

/** What is wrong, with where, as Slack says it: `must be less than 151 characters [json-pointer:/blocks/0/text/text]`. */
export const withMessages = (error: string, problems: readonly string[]): SlackRefusal =>
  new SlackRefusal(error, { errors: problems, response_metadata: { messages: problems.map((text) => `[ERROR] ${text}`) } });
