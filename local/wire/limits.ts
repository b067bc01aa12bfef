import { AwsError } from '../errors.ts';
import type { Basics } from '../ports.ts';
import { isRegistryPath } from '../registry/wire.ts';
import { entityTooLarge } from '../s3/errors.ts';
import { isS3Request } from '../s3/request.ts';
import { plainText } from './answer.ts';
import {
  type LocalRequest,
  type LocalResponse,
  MAX_BODY_BYTES,
  MAX_CODE_BYTES,
  MAX_LAYER_BYTES,
  MAX_OBJECT_BYTES,
} from './http.ts';
import { refuseLambda } from './lambda-protocol.ts';
import { findLambdaCall } from './lambda-routes.ts';
import { refuseS3 } from './s3-refusal.ts';
import { uuid } from './uuid.ts';

type Head = Pick<LocalRequest, 'method' | 'path' | 'headers'>;

/** The call that brings a function's code. */
const codeCall = (request: Head): string | undefined => {
  const action = findLambdaCall(request)?.action;
  return action === 'CreateFunction' || action === 'UpdateFunctionCode' ? action : undefined;
};

/** The most that a request's body may have, in bytes. */
export const mostBytesOf = (request: Head): number => {
  if (isS3Request(request)) return MAX_OBJECT_BYTES;
  if (isRegistryPath(request.path)) return MAX_LAYER_BYTES;
  return codeCall(request) === undefined ? MAX_BODY_BYTES : MAX_CODE_BYTES;
};

/** The answer to a request that is larger than the local cloud takes, whatever it is. */
export const tooLargeFor = (request: Head, random: Basics['random']): LocalResponse => {
  const requestId = uuid(random);
  if (isS3Request(request))
    return refuseS3({ requestId, request }, entityTooLarge(Number(request.headers['content-length'] ?? 0), MAX_OBJECT_BYTES));
  const call = codeCall(request);
  if (call === undefined) return plainText(413, `the local cloud takes requests of up to ${MAX_BODY_BYTES / 1024 / 1024} MB`);
  const message = `Request must be smaller than ${MAX_CODE_BYTES + 1} bytes for the ${call} operation`;
  return refuseLambda({ requestId }, new AwsError('RequestEntityTooLargeException', message, { status: 413 }));
};
