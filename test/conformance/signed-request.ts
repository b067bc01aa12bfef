import { createHash, createHmac } from 'node:crypto';
import type { Endpoint } from './endpoint.ts';

/** What a request needs to know of an endpoint. */
interface Place {
  readonly config: Omit<Endpoint['config'], 'maxAttempts'>;
}

/** An answer as it came: what the SDK's clients read out of it is their affair. */
export interface RawAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

export interface RawRequest {
  readonly method?: 'GET' | 'POST';
  /** With the query string, percent-encoded. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Instead of the endpoint's. */
  readonly region?: string;
  /** `false`: without an Authorization header. */
  readonly signed?: boolean;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** `20260101T000000Z` */
const timeStamp = (): string => new Date().toISOString().replace(/[:-]|\.\d{3}/g, '');

/** Parameters sorted by name, then by value; a name without `=` has an empty value. */
const canonicalQuery = (query: string): string =>
  query
    .split('&')
    .filter((parameter) => parameter !== '')
    .map((parameter) => (parameter.includes('=') ? parameter : `${parameter}=`))
    .sort()
    .join('&');

/**
 * Signature version 4, by hand, so that nothing of an SDK stands between the test and the wire
 * (IAM user guide, "Create a signed AWS API request").
 */
const authorization = (
  { config }: Place,
  service: string,
  region: string,
  { method, url, headers, body }: { method: string; url: URL; headers: Readonly<Record<string, string>>; body: string },
): string => {
  const names = Object.keys(headers).sort();
  const request = [
    method,
    url.pathname,
    canonicalQuery(url.search.slice(1)),
    ...names.map((name) => `${name}:${headers[name]?.trim()}`),
    '',
    names.join(';'),
    sha256(body),
  ].join('\n');
  const time = headers['x-amz-date'] ?? '';
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${config.credentials.secretAccessKey}`);
  const signature = hmac(key, toSign).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${config.credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
};

/** One HTTP request to the endpoint, signed for `service` (its signing name: `sqs`, `monitoring`, `sts`). */
export const sendRaw = async (endpoint: Place, service: string, raw: RawRequest): Promise<RawAnswer> => {
  const { method = 'POST', path = '/', body = '', region = endpoint.config.region, signed = true } = raw;
  const url = new URL(path, endpoint.config.endpoint);
  const { sessionToken } = endpoint.config.credentials;
  const headers: Readonly<Record<string, string>> = {
    ...raw.headers,
    host: url.host,
    'x-amz-date': timeStamp(),
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const sent = signed
    ? { ...headers, authorization: authorization(endpoint, service, region, { method, url, headers, body }) }
    : headers;
  const answer = await fetch(url, { method, headers: sent, ...(method === 'GET' ? {} : { body }) });
  const text = await answer.text();
  return { status: answer.status, header: (name) => answer.headers.get(name) ?? undefined, body: text };
};

type More = Pick<RawRequest, 'region' | 'signed' | 'path'>;

/** A call of the JSON protocols: `target` is `AmazonSQS.SendMessage`. */
export const callJson = (
  endpoint: Place,
  service: string,
  target: string,
  input: unknown,
  { version = '1.0', ...more }: More & { readonly version?: '1.0' | '1.1' } = {},
): Promise<RawAnswer> =>
  sendRaw(endpoint, service, {
    ...more,
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': target },
    body: typeof input === 'string' ? input : JSON.stringify(input),
  });

/** A call of the Query protocol, as a form. */
export const callQuery = (
  endpoint: Place,
  service: string,
  parameters: Readonly<Record<string, string>>,
  more: More = {},
): Promise<RawAnswer> =>
  sendRaw(endpoint, service, {
    ...more,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams(parameters).toString(),
  });

/** An error in a form that both protocols can be compared in. */
export interface RawError {
  readonly status: number;
  /** JSON: `__type` without its namespace. Query: `Error.Code`. */
  readonly code: string;
  /** JSON alone: the header x-amzn-query-error. */
  readonly queryError?: string | undefined;
  readonly message: string;
}

export const jsonError = ({ status, header, body }: RawAnswer): RawError => {
  const { __type: type = '', message, Message } = JSON.parse(body) as Readonly<Record<string, string | undefined>>;
  return {
    status,
    code: type.slice(type.indexOf('#') + 1),
    queryError: header('x-amzn-query-error'),
    message: message ?? Message ?? '',
  };
};

const element = (xml: string, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';

export const queryError = ({ status, body }: RawAnswer): RawError => ({
  status,
  code: element(body, 'Code'),
  message: element(body, 'Message').replaceAll('&apos;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
});
