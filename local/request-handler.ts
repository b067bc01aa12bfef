import { Readable } from 'node:stream';
import type { Intercept } from './faults.ts';
import { isS3Request } from './s3/request.ts';
import { describeCall } from './wire/describe-call.ts';
import type { Handle, LocalRequest, LocalResponse } from './wire/http.ts';

export interface RequestHandlerOptions {
  readonly intercept?: Intercept;
  /** From its abort on, every call fails without reaching the cloud: the caller's environment has ended. */
  readonly lifetime?: AbortSignal;
}

/** The SDK's request, as far as it is needed here (@smithy/types, HttpRequest). */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkOptions {
  readonly abortSignal?: AbortSignal | { readonly aborted: boolean };
}

/** A `requestHandler` for clients of the AWS SDK that calls the cloud in this process, without sockets. */
export const createRequestHandler = (handle: Handle, { intercept = passOn, lifetime }: RequestHandlerOptions = {}) => ({
  metadata: { handlerProtocol: 'http/1.1' },
  async handle(request: SdkRequest, { abortSignal }: SdkOptions = {}) {
    const local = localRequest(request.body instanceof Readable ? await collected(request, request.body) : request);
    const signals = [lifetime, abortSignal].filter((signal): signal is AbortSignal => signal instanceof AbortSignal);
    const response = await unlessAborted(signals, () => intercept(describeCall(local), (other = local) => handle(other)));
    return {
      response: {
        statusCode: response.status,
        headers: { ...response.headers },
        body: isS3Request(local) ? Readable.from([bytesOf(response)], { objectMode: false }) : bytesOf(response),
      },
    };
  },
  updateHttpClientConfig: () => undefined,
  httpHandlerConfigs: () => ({}),
  destroy: () => undefined,
});

/** S3's clients send streams, in chunks with their checksum at the end. */
const collected = async (request: SdkRequest, stream: Readable): Promise<SdkRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return { ...request, body: Buffer.concat(chunks) };
};

const bytesOf = ({ bytes, body }: LocalResponse): Uint8Array => bytes ?? Buffer.from(body);

const passOn: Intercept = (_call, next) => next();

const unlessAborted = <T>(signals: readonly AbortSignal[], work: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = () => reject(new DOMException('The request was aborted.', 'AbortError'));
    if (signals.some(({ aborted }) => aborted)) return abort();
    for (const signal of signals) signal.addEventListener('abort', abort, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => {
        for (const signal of signals) signal.removeEventListener('abort', abort);
      });
  });

const localRequest = ({ method, path, query, headers, body, hostname, port }: SdkRequest): LocalRequest => ({
  method,
  path: `${path}${queryString(query)}`,
  headers: {
    host: port === undefined ? hostname : `${hostname}:${port}`,
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  },
  body: bodyOf(body),
});

const queryString = (query: SdkRequest['query'] = {}): string => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const item of typeof value === 'string' ? [value] : (value ?? [''])) parameters.append(name, item);
  return parameters.size === 0 ? '' : `?${parameters}`;
};

const bodyOf = (body: unknown): Uint8Array | string => {
  if (body === undefined || body === null) return '';
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  throw new TypeError('the local cloud takes a text or bytes as a request body, not a stream');
};
