import type { Action } from '../../service.ts';
import { md5Of, writtenAnswer } from '../answers.ts';
import { checkWriteConditions, WRITE_CONDITIONS } from '../conditions.ts';
import { checkKey, DESCRIPTION_MEMBERS, readDescription } from '../description.ts';
import { bodyIn, bucketName, keyIn, onlyKnown } from '../input.ts';
import { CHECKSUM_MEMBERS, checksumFor } from '../object-checksums.ts';
import { bucketIn, type S3Store } from '../store.ts';
import { addObject, currentOf } from '../versions.ts';

const KNOWN = ['Body', 'ContentLength', 'ContentMD5', 'Key', ...CHECKSUM_MEMBERS, ...DESCRIPTION_MEMBERS, ...WRITE_CONDITIONS];

/** Writes an object, all of it or nothing. */
export const putObject: Action<S3Store> = (store, input) => {
  onlyKnown(input, KNOWN, 'PutObject');
  const [bucket, key, body] = [bucketIn(store, bucketName(input)), keyIn(input), bodyIn(input)];
  checkKey(key);
  const description = readDescription(input);
  checkWriteConditions(input, key, currentOf(bucket, key));
  const version = addObject(store, bucket, key, {
    ...description,
    size: body.byteLength,
    etag: md5Of(body),
    segments: [store.bodies.keep(body)],
    checksum: checksumFor(input, body),
  });
  return writtenAnswer(bucket, version);
};
