import type { AwsError } from '../../errors.ts';
import { need } from '../../iam/needs/need.ts';
import type { Action, CallContext } from '../../service.ts';
import { ENCRYPTED, md5Of } from '../answers.ts';
import { readSegments } from '../bodies.ts';
import { checksumOf } from '../checksums.ts';
import { checkSourceConditions, checkWriteConditions, SOURCE_CONDITIONS, WRITE_CONDITIONS } from '../conditions.ts';
import { readCopySource } from '../copy-source.ts';
import { checkKey, DESCRIPTION_MEMBERS, readDescription } from '../description.ts';
import { directiveIn } from '../directives.ts';
import { invalidRequest } from '../errors.ts';
import { bucketName, type Input, keyIn, onlyKnown, quoted, seconds, textOf } from '../input.ts';
import { objectIn } from '../lookup.ts';
import { type Checksum, type Description, type ObjectVersion, objectArn } from '../model.ts';
import { algorithmNamed, checksumAnswer } from '../object-checksums.ts';
import { bucketIn, type S3Store } from '../store.ts';
import { addObject, currentOf, versionIdIn } from '../versions.ts';

const KNOWN = [
  ...['ChecksumAlgorithm', 'CopySource', 'Key', 'MetadataDirective', 'TaggingDirective'],
  ...[...DESCRIPTION_MEMBERS, ...SOURCE_CONDITIONS, ...WRITE_CONDITIONS],
];

/** Copies an object whole, with what is said of it or with what the request says instead. */
export const copyObject: Action<S3Store> = (store, input, context) => {
  onlyKnown(input, KNOWN, 'CopyObject');
  const [bucket, key] = [bucketIn(store, bucketName(input)), keyIn(input)];
  const named = readCopySource(textOf(input, 'CopySource') ?? '');
  const from = { bucket: bucketIn(store, named.bucket), key: named.key, versionId: named.versionId };
  checkKey(key);
  const description = readDescription(input);
  const source = objectIn(store, context, from);
  checkSourceConditions(input, source);
  const isItself = from.bucket === bucket && from.key === key && from.versionId === undefined;
  if (isItself && directiveIn(input, 'MetadataDirective') === 'COPY') throw ontoItself();
  checkWriteConditions(input, key, currentOf(bucket, key));
  const tags = tagsFor(store, input, context, { source, bucket: named.bucket, key: named.key }, description);
  const kept = directiveIn(input, 'MetadataDirective') === 'COPY' ? source : description;
  const body = readSegments(store.bodies, source.segments, 0, source.size);
  const version = addObject(store, bucket, key, {
    ...{ system: kept.system, metadata: kept.metadata, tags },
    ...{ size: source.size, etag: md5Of(body), segments: source.segments },
    checksum: checksumFor(input, source, body),
  });
  return {
    CopyObjectResult: {
      ETag: quoted(version.etag),
      LastModified: seconds(version.modifiedAt),
      ...checksumAnswer(version.checksum),
    },
    CopySourceVersionId: versionIdIn(from.bucket, source),
    VersionId: versionIdIn(bucket, version),
    ...ENCRYPTED,
  };
};

const ontoItself = (): AwsError =>
  invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );

interface Source {
  readonly source: ObjectVersion;
  readonly bucket: string;
  readonly key: string;
}

/** Tags are copied by whoever may read the source's and write the copy's (User Guide, "Categorizing your objects using tags"). */
const tagsFor = (store: S3Store, input: Input, context: CallContext, { source, bucket, key }: Source, { tags }: Description) => {
  if (directiveIn(input, 'TaggingDirective') === 'REPLACE') return tags;
  if (tags.length > 0) throw invalidRequest('The tagging header is not allowed where the tagging directive is COPY.');
  if (source.tags.length === 0) return [];
  store.access.demand(context, need('s3:GetObjectTagging', objectArn(bucket, key)));
  store.access.demand(context, need('s3:PutObjectTagging', objectArn(bucketName(input), keyIn(input))));
  return source.tags;
};

/** The source's algorithm, unless another is named; a copy is one part. */
const checksumFor = (input: Input, source: ObjectVersion, body: Buffer): Checksum => {
  const named = textOf(input, 'ChecksumAlgorithm');
  const algorithm = named === undefined ? source.checksum.algorithm : algorithmNamed(named);
  return { algorithm, value: checksumOf(algorithm, body), type: 'FULL_OBJECT' };
};
