import type { Intercept } from '../../local/faults.ts';
import { createRequestHandler } from '../../local/request-handler.ts';
import { REGION } from '../../local/service.ts';
import type { Handle } from '../../local/wire/http.ts';
import { isLambdaPath } from '../../local/wire/lambda-routes.ts';
import { SERVICES as SERVICE_PROTOCOLS } from '../../local/wire/services.ts';

/** The SDK asks a logger for its methods before it makes the text of a line; for this one it does not ask. */
const SILENT = { debug: () => undefined } as Console;

const DAY = '20260301';

const USER_AGENT: [string, string][] = [['aws-sdk-js', 'in-process']];

interface Endpoint {
  readonly url: URL;
  readonly properties: Record<string, never>;
  readonly headers: Record<string, string[]>;
}

const url = new URL('http://cloud.test');
const ENDPOINT: Endpoint = { url, properties: {}, headers: {} };

/** By which the signer learns of the region of a client that was made of this configuration, and another region. */
const OF_REGION = 'x-in-process-region';

const elsewhere = new Map<string, Endpoint>();

/** A bucket's is its name in the path, as with `forcePathStyle`: it is the endpoint's rules that put it there, and these are none. */
const endpointIn = (Region: string, own: string, bucket = ''): Endpoint => {
  if (Region === own && bucket === '') return ENDPOINT;
  const key = `${Region} ${bucket}`;
  const known: Endpoint = elsewhere.get(key) ?? {
    url: new URL(bucket, url),
    properties: {},
    headers: Region === own ? {} : { [OF_REGION]: [Region] },
  };
  elsewhere.set(key, known);
  return known;
};

interface Asked {
  readonly Region?: string | undefined;
  readonly Bucket?: string | undefined;
}

/** The SDK's own counting of tokens is for retries, and there are none. */
const ONCE = {
  acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
  refreshRetryTokenForRetry: () => Promise.reject(new Error('nothing is tried again')),
  recordSuccess: () => undefined,
};

const credential = (accessKeyId: string, region: string, service: string | undefined): string =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${DAY}/${region}/${service}/aws4_request, SignedHeaders=host, Signature=none`;

type Given<T> = T | (() => Promise<T>);

/** As the SDK makes one for each request. */
interface SignerParameters {
  readonly credentials: Given<{ readonly accessKeyId: string; readonly sessionToken?: string }>;
  readonly region: Given<string>;
  readonly service: string;
}

const resolved = async <T extends object | string>(given: Given<T>): Promise<T> =>
  typeof given === 'function' ? given() : given;

/** In place of signature version 4: the credential is named, without the arithmetic of a signature, which the local cloud does not verify. */
class CredentialOnly {
  readonly #parameters: SignerParameters;

  constructor(parameters: SignerParameters) {
    this.#parameters = parameters;
  }

  async sign<T extends Pick<Signed, 'headers'>>(
    request: T,
    { signingRegion }: { readonly signingRegion?: string } = {},
  ): Promise<T> {
    const { service } = this.#parameters;
    const { accessKeyId, sessionToken } = await resolved(this.#parameters.credentials);
    const region = signingRegion ?? (await resolved(this.#parameters.region));
    request.headers['authorization'] = credential(accessKeyId, region, service);
    if (sessionToken !== undefined) request.headers['x-amz-security-token'] = sessionToken;
    if (service === 's3') request.headers['x-amz-content-sha256'] ??= 'UNSIGNED-PAYLOAD';
    return request;
  }
}

/** What SDK clients would look up in files and the environment, and what they would do again for each call, signatures among it. */
export const LOOKED_UP = {
  maxAttempts: 1,
  retryMode: 'standard',
  defaultsMode: 'standard' as const,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  logger: SILENT,
  userAgentAppId: 'in-process',
  defaultUserAgentProvider: async () => USER_AGENT,
  cacheMiddleware: true,
  signerConstructor: CredentialOnly,
};

/**
 * Configuration of SDK clients that do nothing but speak with a cloud in this process: all that they would look up in files and the
 * environment is given, and requests carry a credential without the arithmetic of a signature, which the local cloud does not verify.
 * `service`: the name that it is signed for, of a client whose requests do not say it (IAM, Lambda).
 */
export const inProcess = (
  requestHandler: ReturnType<typeof createRequestHandler>,
  accessKeyId: string,
  service?: string,
  region = REGION,
) => ({
  region,
  endpoint: 'http://cloud.test',
  credentials: { accessKeyId, secretAccessKey: 'x' },
  requestHandler,
  ...LOOKED_UP,
  retryStrategy: ONCE,
  endpointProvider: ({ Region = region, Bucket }: Asked) => endpointIn(Region, region, Bucket),
  signer: signerOf(accessKeyId, region, service),
});

/** Signing names by the part of `x-amz-target` before the operation. */
const SERVICES = new Map(
  SERVICE_PROTOCOLS.flatMap(({ json, signingName }) => (json === undefined ? [] : [[json.target, signingName]])),
);

interface Signed {
  readonly headers: Record<string, string>;
  readonly path?: string;
  readonly body?: unknown;
}

const VERSIONS = new Map(SERVICE_PROTOCOLS.flatMap(({ query, signingName }) => (query ? [[query.version, signingName]] : [])));

/** Of the REST services Lambda's paths begin with a date, and S3 takes what is left; the Query protocol says by its version whom it is for. */
const serviceOf = ({ headers, path = '', body }: Signed): string | undefined => {
  const target = headers['x-amz-target']?.split('.')[0];
  if (target !== undefined) return SERVICES.get(target);
  if (isLambdaPath(path)) return 'lambda';
  const [, version = ''] = typeof body === 'string' ? (/(?:^|&)Version=([0-9-]+)/.exec(body) ?? []) : [];
  return VERSIONS.get(version) ?? 's3';
};

/** In place of signature version 4: the header with the credential, for the service that is called. */
const signerOf = (accessKeyId: string, region: string, named: string | undefined) => ({
  async sign<T extends Signed>(request: T): Promise<T> {
    const service = named ?? serviceOf(request);
    const { [OF_REGION]: where = region } = request.headers;
    request.headers['authorization'] = credential(accessKeyId, where, service);
    if (service === 's3') request.headers['x-amz-content-sha256'] ??= 'UNSIGNED-PAYLOAD';
    delete request.headers[OF_REGION];
    return request;
  },
});

interface Destination {
  readonly handle: Handle;
  readonly intercept?: Intercept;
  readonly lifetime?: AbortSignal;
}

type Handler = ReturnType<typeof createRequestHandler>;

/** A request handler whose requests go where the schedule that runs now says. */
export const dispatchingHandler = (now: () => Destination): Handler => ({
  ...createRequestHandler(() => Promise.reject(new Error('no schedule runs'))),
  handle(request, options) {
    const { handle, ...rest } = now();
    return createRequestHandler(handle, rest).handle(request, options);
  },
});
