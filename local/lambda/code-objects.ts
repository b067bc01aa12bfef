import { AwsError } from '../errors.ts';
import { need } from '../iam/needs/need.ts';
import { readSegments } from '../s3/bodies.ts';
import { objectIn } from '../s3/lookup.ts';
import { objectArn } from '../s3/model.ts';
import { bucketIn, type S3Store } from '../s3/store.ts';
import type { CallContext } from '../service.ts';
import { invalid } from './errors.ts';

/** A zip archive that a call names in S3. */
export interface CodeObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

/** Reads it in the caller's name (Service Authorization Reference, "AWS Lambda": the caller needs s3:GetObject). */
export type ReadCode = (object: CodeObject, context: CallContext) => Buffer;

/** As Lambda words what S3 says to it. */
const worded = ({ bucket, key }: CodeObject, { code, message }: AwsError): AwsError =>
  code === 'AccessDenied'
    ? new AwsError(
        'AccessDeniedException',
        `Your access has been denied by S3, please make sure your request credentials have permission to GetObject for ${bucket}/${key}. S3 Error Code: ${code}. S3 Error Message: ${message}`,
        { status: 403 },
      )
    : invalid(`Error occurred while GetObject. S3 Error Code: ${code}. S3 Error Message: ${message}`);

export const readCodeFrom =
  (storeOf: () => S3Store): ReadCode =>
  (object, context) => {
    const store = storeOf();
    const { bucket: name, key, versionId } = object;
    try {
      const bucket = bucketIn(store, name);
      store.access.demand(context, need('s3:GetObject', objectArn(name, key)));
      const found = objectIn(store, context, { bucket, key, versionId });
      return readSegments(
        store.bodies,
        found.segments,
        0,
        found.segments.reduce((sum, { size }) => sum + size, 0),
      );
    } catch (error) {
      throw error instanceof AwsError ? worded(object, error) : error;
    }
  };
