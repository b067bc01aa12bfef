import { AwsError } from '../errors.ts';
import { isRegion } from '../place.ts';
import { accessDenied, invalidRequest, methodNotAllowed, notImplemented } from '../s3/errors.ts';
import { readPayload } from '../s3/payload.ts';
import { checkPresigned, isPresigned } from '../s3/presigned.ts';
import { type S3Target, s3Target } from '../s3/request.ts';
import { s3Operation } from '../s3/routes.ts';
import { asAwsError, type Exchange } from './answer.ts';
import type { Credential } from './credential.ts';
import type { LocalRequest, LocalResponse } from './http.ts';
import { element, escapeXml } from './query-output.ts';
import { readRestInput } from './rest-input.ts';
import type { RestOperation } from './rest-model.ts';
import { writeRestOutput, XML_DECLARATION } from './rest-output.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Answers a request of S3's REST API. */
export const answerS3 = async (exchange: Exchange): Promise<LocalResponse> => {
  const { request, run, action } = exchange;
  try {
    const target = targetOf(request);
    const context = exchange.context(scopeOf(exchange, target));
    if (isPresigned(target)) checkPresigned(target, exchange.now());
    const operation = s3Operation(request, target);
    if (operation === undefined) throw methodNotAllowed({ Method: request.method });
    if (run === undefined) throw notImplemented(`the operation ${action} of s3`);
    refuseUnknown(operation, target, request.headers);
    const answer = await run(inputOf(request, target, operation), context);
    return respond(exchange, operation, (answer ?? {}) as Readonly<Record<string, unknown>>);
  } catch (error) {
    return refuseS3(exchange, asAwsError(error));
  }
};

const targetOf = (request: LocalRequest): S3Target => {
  try {
    return s3Target(request);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
};

/** Whoever does not sign is anonymous: new buckets block public access (User Guide, "Blocking public access to your Amazon S3 storage"). */
const scopeOf = ({ credential }: Exchange, { hostRegion }: S3Target): Credential => {
  const found = credentialIn(credential);
  if (found === undefined) throw accessDenied();
  const { region } = found;
  if (hostRegion !== undefined && hostRegion !== region) throw wrongRegion(region, hostRegion);
  if (!isRegion(region)) throw wrongRegion(region, 'us-east-1');
  return found;
};

const credentialIn = (credential: Exchange['credential']): Credential | undefined => {
  try {
    return credential();
  } catch (error) {
    throw malformedHeader(`The authorization header is malformed; ${error instanceof Error ? error.message : error}`);
  }
};

const malformedHeader = (message: string, details: Readonly<Record<string, string>> = {}): AwsError =>
  new AwsError('AuthorizationHeaderMalformed', message, { details });

const wrongRegion = (region: string, expected: string): AwsError =>
  malformedHeader(`The authorization header is malformed; the region '${region}' is wrong; expecting '${expected}'`, {
    Region: expected,
  });

const bytesOf = (body: LocalRequest['body']): Buffer =>
  typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);

const inputOf = (request: LocalRequest, target: S3Target, operation: RestOperation) => {
  // What comes with the end of an upload are the checksums of the whole object.
  const ofBody = operation.action !== 'CompleteMultipartUpload';
  const { body, headers } = readPayload(bytesOf(request.body), request.headers, { isPresigned: isPresigned(target), ofBody });
  if (operation.action === 'DeleteObjects') requireDigest(headers);
  const { bucket: Bucket, key: Key, query } = target;
  return readRestInput(operation, { labels: { Bucket, Key }, query, headers, body });
};

/** "The Content-MD5 request header is required for all Multi-Object Delete requests", or a checksum (API reference, DeleteObjects). */
const requireDigest = (headers: LocalRequest['headers']): void => {
  const isThere = Object.keys(headers).some((name) => name === 'content-md5' || name.startsWith('x-amz-checksum-'));
  if (!isThere) throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
};

/** Of the signature, the SDKs and the transfer: nothing that an operation could miss. */
const ALWAYS = new Set([
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-trailer',
  'x-amz-user-agent',
]);

/** Headers without a prefix of AWS that would change what an operation does. */
const CONDITIONS = /^(?:if-(?:none-)?match|if-(?:un)?modified-since|range)$/;

const isOfSignature = (parameter: string): boolean => parameter === 'x-id' || /^x-amz-/i.test(parameter);

/** Whatever an operation does not have is refused by name. */
const refuseUnknown = (
  { action, input, literals }: RestOperation,
  { query }: S3Target,
  headers: LocalRequest['headers'],
): void => {
  const names = (place: string) => input.filter((binding) => binding.place === place).map(({ name }) => name);
  const parameters = new Set([...names('query'), ...literals.map(([name]) => name)]);
  const parameter = [...query.keys()].find((name) => !parameters.has(name) && !isOfSignature(name));
  if (parameter !== undefined) throw notImplemented(`the parameter ${parameter} of ${action}`, { Parameter: parameter });
  const known = new Set([...names('header'), ...ALWAYS]);
  const prefixes = [...names('prefix'), 'x-amz-checksum-'];
  const isKnown = (name: string): boolean => known.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
  const header = Object.keys(headers).find((name) => (name.startsWith('x-amz-') || CONDITIONS.test(name)) && !isKnown(name));
  if (header !== undefined) throw notImplemented(`the header ${header} of ${action}`, { Header: header });
};

/** Both ids of a request, as S3 spells them. */
const idsOf = ({ requestId }: Pick<Exchange, 'requestId'>) => ({
  request: requestId.replaceAll('-', '').slice(0, 16).toUpperCase(),
  host: Buffer.from(requestId.repeat(2)).toString('base64'),
});

const respond = (exchange: Exchange, operation: RestOperation, answer: Readonly<Record<string, unknown>>): LocalResponse => {
  const { headers, body } = writeRestOutput(operation, answer, NAMESPACE);
  const isPart = answer['ContentRange'] !== undefined;
  const isXml = typeof body === 'string' && body.startsWith(XML_DECLARATION);
  return {
    status: isPart ? 206 : operation.status,
    headers: { ...idHeaders(exchange), ...(isXml ? { 'content-type': 'application/xml' } : {}), ...headers },
    body: typeof body === 'string' ? body : '',
    ...(typeof body === 'string' ? {} : { bytes: body }),
  };
};

const idHeaders = (exchange: Pick<Exchange, 'requestId'>) => {
  const { request, host } = idsOf(exchange);
  return { 'x-amz-request-id': request, 'x-amz-id-2': host };
};

/** How S3 spells what stands before the services, and its statuses (API reference, "Error responses"). */
const SPELLING: Readonly<Record<string, readonly [code: string, status: number]>> = {
  ExpiredTokenException: ['ExpiredToken', 400],
  InternalFailure: ['InternalError', 500],
};

interface Refused extends Pick<Exchange, 'requestId'> {
  readonly request: Pick<LocalRequest, 'method' | 'path'>;
}

/** An error as S3 answers it; HEAD and 304 have no body. */
export const refuseS3 = (exchange: Refused, error: AwsError): LocalResponse => {
  const [code, status] = SPELLING[error.code] ?? [error.queryCode, error.status];
  const { request, host } = idsOf(exchange);
  const members = {
    Code: code,
    Message: error.message,
    ...error.details,
    Resource: exchange.request.path.split('?', 1)[0] ?? '',
    RequestId: request,
    HostId: host,
  };
  const content = Object.entries(members).map(([name, value]) => element(name, escapeXml(String(value))));
  const isBare = exchange.request.method === 'HEAD' || status === 304;
  return {
    status,
    headers: { ...idHeaders(exchange), ...(isBare ? {} : { 'content-type': 'application/xml' }), ...error.headers },
    body: isBare ? '' : `${XML_DECLARATION}${element('Error', content.join(''))}`,
  };
};
