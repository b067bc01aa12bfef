import type { Action } from '../../service.ts';
import { malformedXml } from '../../wire/xml.ts';
import { bucketName, keyIn, onlyKnown, textOf } from '../input.ts';
import { objectIn } from '../lookup.ts';
import { bucketIn, type S3Store } from '../store.ts';
import { readTags } from '../tags.ts';
import { changeObject, versionIdIn } from '../versions.ts';

/** All of the object's tags become these. */
export const putObjectTagging: Action<S3Store> = (store, input, context) => {
  onlyKnown(input, ['ChecksumAlgorithm', 'ContentMD5', 'Key', 'Tagging', 'VersionId'], 'PutObjectTagging');
  const [bucket, key] = [bucketIn(store, bucketName(input)), keyIn(input)];
  if (typeof input['Tagging'] !== 'object') throw malformedXml();
  const tags = readTags(input);
  const object = objectIn(store, context, { bucket, key, versionId: textOf(input, 'VersionId') });
  changeObject(bucket, key, object, { ...object, tags });
  return { VersionId: versionIdIn(bucket, object) };
};
