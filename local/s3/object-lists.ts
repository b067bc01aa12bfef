import { ownerAnswer } from './answers.ts';
import { type Input, quoted, seconds, textOf } from './input.ts';
import { encoderOf, mostIn, type Page, pageOf } from './listing.ts';
import type { Bucket, ObjectVersion } from './model.ts';
import { currentOf } from './versions.ts';

/** A page of the objects that a bucket has now. */
export const objectPage = (bucket: Bucket, input: Input, after: string): Page =>
  pageOf(
    [...bucket.objects.keys()].filter((key) => currentOf(bucket, key) !== undefined),
    { prefix: textOf(input, 'Prefix') ?? '', delimiter: textOf(input, 'Delimiter'), after, most: mostIn(input) },
  );

export const contentOf = (object: ObjectVersion) => ({
  LastModified: seconds(object.modifiedAt),
  ETag: quoted(object.etag),
  ChecksumAlgorithm: [object.checksum.algorithm],
  ChecksumType: object.checksum.type,
  Size: object.size,
  StorageClass: 'STANDARD',
});

/** What both ListObjects answer alike. */
export const listAnswer = (
  bucket: Bucket,
  input: Input,
  { entries, isTruncated }: Page,
  { withOwner }: { readonly withOwner: boolean },
) => {
  const encode = encoderOf(input);
  const [prefix = '', delimiter] = [textOf(input, 'Prefix'), textOf(input, 'Delimiter')];
  return {
    Name: bucket.name,
    Prefix: encode(prefix),
    ...(delimiter === undefined ? {} : { Delimiter: encode(delimiter) }),
    MaxKeys: mostIn(input),
    EncodingType: textOf(input, 'EncodingType'),
    IsTruncated: isTruncated,
    Contents: entries
      .filter(({ isPrefix }) => !isPrefix)
      .map(({ name }) => {
        const object = currentOf(bucket, name);
        return {
          Key: encode(name),
          ...(object === undefined ? {} : contentOf(object)),
          ...(withOwner ? { Owner: ownerAnswer(bucket) } : {}),
        };
      }),
    CommonPrefixes: entries.filter(({ isPrefix }) => isPrefix).map(({ name }) => ({ Prefix: encode(name) })),
  };
};
