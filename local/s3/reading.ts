import { AwsError } from '../errors.ts';
import { need } from '../iam/needs/need.ts';
import type { CallContext } from '../service.ts';
import { ENCRYPTED } from './answers.ts';
import { checkReadConditions, READ_CONDITIONS } from './conditions.ts';
import { bucketName, type Input, keyIn, numberOf, quoted, seconds, textOf } from './input.ts';
import { objectIn } from './lookup.ts';
import { type Bucket, type ObjectVersion, objectArn, SYSTEM_METADATA } from './model.ts';
import { checksumAnswer } from './object-checksums.ts';
import { type Range, rangeOf } from './ranges.ts';
import { bucketIn, type S3Store } from './store.ts';
import { versionIdIn } from './versions.ts';

/** What an answer says instead of what is kept (API reference, GetObject, "Overriding response header values"). */
const overrideOf = (member: string): string => `Response${member}`;

/** The members of GetObject and HeadObject. */
export const READ_MEMBERS: readonly string[] = [
  ...['ChecksumMode', 'Key', 'PartNumber', 'Range', 'VersionId'],
  ...READ_CONDITIONS,
  ...SYSTEM_METADATA.map(overrideOf),
];

/** What is read: the bytes from `from` up to `to`. */
export interface Reading extends Range {
  readonly object: ObjectVersion;
  readonly answer: Readonly<Record<string, unknown>>;
}

export const readObject = (store: S3Store, input: Input, context: CallContext): Reading => {
  const [bucket, key] = [bucketIn(store, bucketName(input)), keyIn(input)];
  const object = objectIn(store, context, { bucket, key, versionId: textOf(input, 'VersionId') });
  checkReadConditions(input, object);
  const range = rangeOf(object, textOf(input, 'Range'), numberOf(input, 'PartNumber'));
  const mayReadTags = (): boolean => store.access.allows(context, need('s3:GetObjectTagging', objectArn(bucket.name, key)));
  const answer = {
    ...describe(bucket, object),
    ...overrides(input),
    ...rangeAnswer(object, range, numberOf(input, 'PartNumber')),
    ...(input['ChecksumMode'] === 'ENABLED' && !range.isPart ? checksumAnswer(object.checksum) : {}),
    ...(object.tags.length > 0 && mayReadTags() ? { TagCount: object.tags.length } : {}),
  };
  return { object, ...range, answer };
};

const describe = (bucket: Bucket, object: ObjectVersion) => ({
  AcceptRanges: 'bytes',
  LastModified: seconds(object.modifiedAt),
  ETag: quoted(object.etag),
  VersionId: versionIdIn(bucket, object),
  ...object.system,
  Metadata: object.metadata,
  ...ENCRYPTED,
});

const rangeAnswer = ({ size, partsCount }: ObjectVersion, { from, to, isPart }: Range, partNumber: number | undefined) => ({
  ContentLength: to - from,
  ...(isPart ? { ContentRange: `bytes ${from}-${to - 1}/${size}` } : {}),
  ...(partNumber === undefined || partsCount === undefined ? {} : { PartsCount: partsCount }),
});

const overrides = (input: Input): Readonly<Record<string, string>> =>
  Object.fromEntries(
    SYSTEM_METADATA.flatMap((member) => {
      const value = textOf(input, overrideOf(member));
      if (value === undefined) return [];
      if (!/^[\t\x20-\x7e\xa0-\xff]*$/.test(value))
        throw new AwsError('InvalidArgument', 'Header value cannot be represented using ISO-8859-1.', {
          details: { ArgumentName: overrideOf(member), ArgumentValue: value },
        });
      return [[member, value]];
    }),
  );
