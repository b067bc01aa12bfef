import { AwsError } from '../errors.ts';
import { need } from '../iam/needs/need.ts';
import type { CallContext } from '../service.ts';
import { accessDenied, methodNotAllowed, noSuchKey, noSuchVersion } from './errors.ts';
import { type Bucket, bucketArn, type DeleteMarker, type ObjectVersion } from './model.ts';
import type { S3Store } from './store.ts';
import { NULL_VERSION, versionsOf } from './versions.ts';

/** What is looked for. */
export interface Wanted {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId: string | undefined;
}

const markerHeaders = (marker: DeleteMarker): Readonly<Record<string, string>> => ({
  'x-amz-delete-marker': 'true',
  'x-amz-version-id': marker.versionId,
});

/** Whoever may not list the bucket does not learn what is not there (API reference, GetObject, "Permissions"). */
const mayList = (store: S3Store, context: CallContext, { name }: Bucket): boolean =>
  store.access.allows(context, need('s3:ListBucket', bucketArn(name)));

const missing = (store: S3Store, context: CallContext, { bucket, key }: Wanted, marker?: DeleteMarker): AwsError => {
  const { code, message, status, details } = mayList(store, context, bucket) ? noSuchKey(key) : accessDenied();
  return new AwsError(code, message, { status, details, headers: marker === undefined ? {} : markerHeaders(marker) });
};

const versionNamed = (store: S3Store, context: CallContext, wanted: Wanted, versionId: string): ObjectVersion => {
  checkVersionId(versionId);
  const found = versionsOf(wanted.bucket, wanted.key).find((version) => version.versionId === versionId);
  if (found?.kind === 'object') return found;
  if (found !== undefined) throw isMarker(found);
  throw mayList(store, context, wanted.bucket) ? noSuchVersion(wanted.key, versionId) : accessDenied();
};

/** A marker cannot be read (User Guide, "Working with delete markers"). */
const isMarker = (marker: DeleteMarker): AwsError => {
  const { code, message, status, details } = methodNotAllowed({ Method: 'GET', ResourceType: 'DeleteMarker' });
  const headers = { ...markerHeaders(marker), allow: 'DELETE', 'last-modified': new Date(marker.modifiedAt).toUTCString() };
  return new AwsError(code, message, { status, details, headers });
};

/** An id that S3 could not have given out. */
export const checkVersionId = (versionId: string): void => {
  if (versionId !== NULL_VERSION && !/^[A-Za-z0-9._-]{32}$/.test(versionId))
    throw new AwsError('InvalidArgument', 'Invalid version id specified', {
      details: { ArgumentName: 'versionId', ArgumentValue: versionId },
    });
};

/** The object, or the error that S3 has instead. */
export const objectIn = (store: S3Store, context: CallContext, wanted: Wanted): ObjectVersion => {
  const { bucket, key, versionId } = wanted;
  if (versionId !== undefined) return versionNamed(store, context, wanted, versionId);
  const [newest] = versionsOf(bucket, key);
  if (newest?.kind === 'object') return newest;
  throw missing(store, context, wanted, newest);
};
