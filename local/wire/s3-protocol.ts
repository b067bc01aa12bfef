import { AwsError } from '../errors.ts';
import { invalidRequest, methodNotAllowed, notImplemented } from '../s3/errors.ts';
import { readPayload } from '../s3/payload.ts';
import { checkPresigned, isPresigned } from '../s3/presigned.ts';
import { type S3Target, s3Target } from '../s3/request.ts';
import { s3Operation } from '../s3/routes.ts';
import { asAwsError, type Exchange } from './answer.ts';
import type { LocalRequest, LocalResponse } from './http.ts';
import { readRestInput } from './rest-input.ts';
import type { RestOperation } from './rest-model.ts';
import { writeRestOutput, XML_DECLARATION } from './rest-output.ts';
import { idHeaders, refuseS3 } from './s3-refusal.ts';
import { s3Scope } from './s3-scope.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Answers a request of S3's REST API. */
export const answerS3 = async (exchange: Exchange): Promise<LocalResponse> => {
  const { request, run, action } = exchange;
  try {
    const target = targetOf(request);
    const context = exchange.context(s3Scope(exchange, target));
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
