import { AwsError, type AwsErrorOptions } from '../errors.ts';

type Details = NonNullable<AwsErrorOptions['details']>;

/** Codes, messages and statuses: API reference, "Error responses", "List of error codes". */
const error =
  (code: string, status: number, message: string) =>
  (details: Details = {}): AwsError =>
    new AwsError(code, message, { status, details });

export const noSuchBucket = (bucket: string): AwsError =>
  error('NoSuchBucket', 404, 'The specified bucket does not exist')({ BucketName: bucket });

export const invalidBucketName = (bucket: string): AwsError =>
  error('InvalidBucketName', 400, 'The specified bucket is not valid.')({ BucketName: bucket });

export const noSuchKey = (key: string): AwsError => error('NoSuchKey', 404, 'The specified key does not exist.')({ Key: key });

export const noSuchVersion = (key: string, version: string): AwsError =>
  error('NoSuchVersion', 404, 'The specified version does not exist.')({ Key: key, VersionId: version });

export const noSuchUpload = (upload: string): AwsError =>
  error(
    'NoSuchUpload',
    404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  )({ UploadId: upload });

export const accessDenied = (message = 'Access Denied'): AwsError => error('AccessDenied', 403, message)();

/** `condition`: the header whose condition does not hold. */
export const preconditionFailed = (condition: string): AwsError =>
  error('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold')({ Condition: condition });

export const notModified = (etag: string): AwsError => error('NotModified', 304, 'Not Modified')({ ETag: etag });

export const methodNotAllowed = (details: Details = {}): AwsError =>
  error('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.')(details);

export const invalidRequest = (message: string): AwsError => error('InvalidRequest', 400, message)();

export const keyTooLong = (size: number, most: number): AwsError =>
  error('KeyTooLongError', 400, 'Your key is too long')({ Size: size, MaxSizeAllowed: most });

export const metadataTooLarge = (size: number, most: number): AwsError =>
  error(
    'MetadataTooLarge',
    400,
    'Your metadata headers exceed the maximum allowed metadata size',
  )({
    Size: size,
    MaxSizeAllowed: most,
  });

export const entityTooLarge = (size: number, most: number): AwsError =>
  error(
    'EntityTooLarge',
    400,
    'Your proposed upload exceeds the maximum allowed size',
  )({
    ProposedSize: size,
    MaxSizeAllowed: most,
  });

export const badDigest = (what: string): AwsError =>
  error('BadDigest', 400, `The ${what} you specified did not match the calculated checksum.`)();

/** What S3 has and the local cloud has not; S3 says the same of a header that it does not implement. */
export const notImplemented = (what: string, details: Details = {}): AwsError =>
  error(
    'NotImplemented',
    501,
    `A header you provided implies functionality that is not implemented: the local cloud does not know ${what}`,
  )(details);
