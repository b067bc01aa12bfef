import { AwsError } from '../../errors.ts';
import { need } from '../../iam/needs/need.ts';
import type { Action, CallContext } from '../../service.ts';
import { malformedXml } from '../../wire/xml.ts';
import { checkWriteConditions } from '../conditions.ts';
import { bucketName, type Input, onlyKnown, textOf } from '../input.ts';
import { checkVersionId } from '../lookup.ts';
import { type Bucket, objectArn } from '../model.ts';
import { bucketIn, type S3Store } from '../store.ts';
import { currentOf, deleteKey } from '../versions.ts';

/** Keys in one request (API reference, DeleteObjects). */
const MOST = 1000;

/** Each key has its own answer: deleted, or why not. "In quiet mode the response includes only keys where the delete operation encountered an error". */
export const deleteObjects: Action<S3Store> = (store, input, context) => {
  onlyKnown(input, ['ChecksumAlgorithm', 'Delete'], 'DeleteObjects');
  const asked = (input['Delete'] ?? {}) as Input;
  onlyKnown(asked, ['Objects', 'Quiet'], 'DeleteObjects, Delete');
  const objects = (asked['Objects'] ?? []) as readonly Input[];
  if (objects.length === 0 || objects.length > MOST) throw malformedXml();
  const bucket = bucketIn(store, bucketName(input));
  for (const object of objects) onlyKnown(object, ['ETag', 'Key', 'VersionId'], 'DeleteObjects, Delete.Object');
  const answers = objects.map((object) => deleteOne(store, bucket, object, context));
  const errors = answers.filter((answer) => 'Code' in answer);
  const deleted = answers.filter((answer) => !('Code' in answer));
  return { Deleted: asked['Quiet'] === true ? [] : deleted, Errors: errors };
};

const deleteOne = (store: S3Store, bucket: Bucket, object: Input, context: CallContext): Readonly<Record<string, unknown>> => {
  const [key = '', wanted] = [textOf(object, 'Key'), textOf(object, 'VersionId')];
  const [named, match] = [{ Key: key, VersionId: wanted }, textOf(object, 'ETag')];
  try {
    const action = wanted === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
    store.access.demand(context, need(action, objectArn(bucket.name, key)));
    if (match !== undefined && match !== '*') store.access.demand(context, need('s3:GetObject', objectArn(bucket.name, key)));
    if (wanted !== undefined) checkVersionId(wanted);
    if (match !== undefined) checkWriteConditions({ IfMatch: match }, key, currentOf(bucket, key));
    const { versionId, deleteMarker } = deleteKey(store, bucket, key, wanted);
    return { ...named, ...(deleteMarker ? { DeleteMarker: true, DeleteMarkerVersionId: versionId } : {}) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { ...named, Code: error.queryCode, Message: error.message };
  }
};
