import { AwsError } from '../../../local/errors.ts';

type Body = Readonly<Record<string, unknown>>;

interface Request {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

const textOf = ({ body }: Request): string => (typeof body === 'string' ? body : new TextDecoder().decode(body));

/** What an SDK client is configured with to be answered by a function of the action and its input; an `AwsError` as AWS would. */
export const answeredBy = (answer: (action: string, input: Body) => unknown) => ({
  region: 'eu-west-1',
  endpoint: 'http://local',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
  requestHandler: {
    async handle(request: Request) {
      const action = request.headers['x-amz-target']?.split('.')[1] ?? '';
      const { status, body } = bodyOf(() => answer(action, JSON.parse(textOf(request))));
      const headers = { 'content-type': request.headers['content-type'] ?? '' };
      return { response: { statusCode: status, headers, body: new TextEncoder().encode(JSON.stringify(body)) } };
    },
  },
});

const bodyOf = (answer: () => unknown): { status: number; body: unknown } => {
  try {
    return { status: 200, body: answer() };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { status: error.status, body: { __type: error.code, message: error.message } };
  }
};
