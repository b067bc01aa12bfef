import { createHash } from 'node:crypto';
import { AwsError } from '../errors.ts';
import { CHECKSUM_ALGORITHMS, checksumHeader, checksumOf } from './checksums.ts';
import { unchunk } from './chunks.ts';
import { badDigest, invalidRequest, notImplemented } from './errors.ts';

type Headers = Readonly<Record<string, string>>;

/** A request's body as it was meant, and its headers with those that came after the body. */
export interface Payload {
  readonly body: Buffer;
  readonly headers: Headers;
}

interface PayloadOptions {
  /** Whoever signs a URL does not know what will be sent to it. */
  readonly isPresigned: boolean;
  /** Whether the checksums in the headers are the body's. */
  readonly ofBody: boolean;
}

const UNSIGNED = 'UNSIGNED-PAYLOAD';

/** Takes the body out of its chunks, and holds it against every digest that came with it. */
export const readPayload = (bytes: Buffer, headers: Headers, { isPresigned, ofBody }: PayloadOptions): Payload => {
  const announced = headers['x-amz-content-sha256'];
  if (announced === undefined && !isPresigned)
    throw invalidRequest('Missing required header for this request: x-amz-content-sha256');
  const payload = announced?.startsWith('STREAMING-') === true ? fromChunks(bytes, headers) : { body: bytes, headers };
  if (announced !== undefined && /^[0-9a-f]{64}$/.test(announced)) checkSha256(payload.body, announced);
  else if (announced !== undefined && announced !== UNSIGNED && !announced.startsWith('STREAMING-'))
    throw new AwsError(
      'InvalidArgument',
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
      { details: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: announced } },
    );
  checkMd5(payload);
  if (ofBody) checkChecksums(payload);
  return payload;
};

/** `aws-chunked` is no encoding of the object (API reference, "Signature calculations …": Content-Encoding). */
const fromChunks = (bytes: Buffer, headers: Headers): Payload => {
  const { body, trailers } = unchunk(bytes);
  const decoded = headers['x-amz-decoded-content-length'];
  if (decoded === undefined)
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', { status: 411 });
  if (Number(decoded) !== body.byteLength)
    throw new AwsError('IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header');
  const { 'content-encoding': encoding = '', ...others } = headers;
  const left = encoding
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'aws-chunked')
    .join(',');
  const announced = headers['x-amz-trailer']?.toLowerCase();
  if (announced !== undefined && trailers[announced] === undefined)
    throw new AwsError(
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    );
  return { body, headers: { ...others, ...trailers, ...(left === '' ? {} : { 'content-encoding': left }) } };
};

const checkSha256 = (body: Buffer, announced: string): void => {
  const computed = createHash('sha256').update(body).digest('hex');
  if (computed !== announced)
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      {
        details: { ClientComputedContentSHA256: announced, S3ComputedContentSHA256: computed },
      },
    );
};

const checkMd5 = ({ body, headers }: Payload): void => {
  const announced = headers['content-md5'];
  if (announced === undefined) return;
  if (!/^[A-Za-z0-9+/]{22}==$/.test(announced))
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.', { details: { 'Content-MD5': announced } });
  if (createHash('md5').update(body).digest('base64') !== announced)
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
      details: { ExpectedDigest: announced },
    });
};

/** The ones that S3 has and the local cloud has not. */
const UNKNOWN = /^x-amz-checksum-(?:md5|sha512|xxhash)/;

const checkChecksums = ({ body, headers }: Payload): void => {
  const other = Object.keys(headers).find((name) => UNKNOWN.test(name));
  if (other !== undefined) throw notImplemented(`the checksum ${other}`, { Header: other });
  const given = CHECKSUM_ALGORITHMS.filter((algorithm) => headers[checksumHeader(algorithm)] !== undefined);
  if (given.length > 1)
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  const [algorithm] = given;
  const wanted = headers['x-amz-sdk-checksum-algorithm'];
  if (algorithm === undefined) return;
  const value = headers[checksumHeader(algorithm)] ?? '';
  const computed = checksumOf(algorithm, body);
  if (wanted !== undefined && wanted.toUpperCase() !== algorithm)
    throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.');
  if (Buffer.from(value, 'base64').length !== Buffer.from(computed, 'base64').length)
    throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
  if (value !== computed) throw badDigest(algorithm);
};
