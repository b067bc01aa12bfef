import type { Action } from '../../service.ts';
import { invalidArgument } from '../../wire/rest-input.ts';
import { ownerAnswer } from '../answers.ts';
import { bucketName, type Input, onlyKnown, seconds, textOf } from '../input.ts';
import { encoderOf, inOrder, mostIn, pageOf } from '../listing.ts';
import type { Bucket, Version } from '../model.ts';
import { contentOf } from '../object-lists.ts';
import { bucketIn, type S3Store } from '../store.ts';
import { versionsOf } from '../versions.ts';

const KNOWN = ['Delimiter', 'EncodingType', 'KeyMarker', 'MaxKeys', 'Prefix', 'VersionIdMarker'];

/** One line of the list: a version, or the prefix that stands for several keys. */
interface Line {
  readonly key: string;
  readonly version: Version | undefined;
}

/** All of them, key by key, newest first (User Guide, "Listing objects in a versioning-enabled bucket"). */
const linesOf = (bucket: Bucket, input: Input): readonly Line[] => {
  const [keyMarker = '', idMarker] = [textOf(input, 'KeyMarker'), textOf(input, 'VersionIdMarker')];
  if (idMarker !== undefined && keyMarker === '')
    throw invalidArgument('version-id-marker', idMarker, 'A version-id marker cannot be specified without a key marker.');
  const options = { prefix: textOf(input, 'Prefix') ?? '', delimiter: textOf(input, 'Delimiter') };
  const { entries } = pageOf(bucket.objects.keys(), { ...options, after: '', most: Number.POSITIVE_INFINITY });
  return entries.flatMap(({ name, isPrefix }): readonly Line[] => {
    const place = inOrder(name, keyMarker);
    if (place < 0 || (place === 0 && (isPrefix || idMarker === undefined))) return [];
    if (isPrefix) return [{ key: name, version: undefined }];
    const versions = versionsOf(bucket, name);
    const from = place === 0 ? versions.findIndex(({ versionId }) => versionId === idMarker) + 1 : 0;
    return versions.slice(from).map((version) => ({ key: name, version }));
  });
};

const lineAnswer = (bucket: Bucket, key: string, version: Version) => ({
  ...(version.kind === 'object' ? contentOf(version) : { LastModified: seconds(version.modifiedAt) }),
  Key: key,
  VersionId: version.versionId,
  IsLatest: false,
  Owner: ownerAnswer(bucket),
});

export const listObjectVersions: Action<S3Store> = (store, input) => {
  onlyKnown(input, KNOWN, 'ListObjectVersions');
  const bucket = bucketIn(store, bucketName(input));
  const [encode, most, all] = [encoderOf(input), mostIn(input), linesOf(bucket, input)];
  const page = all.slice(0, most);
  const last = page.at(-1);
  const isTruncated = most > 0 && all.length > page.length;
  const answers = (kind: Version['kind']) =>
    page.flatMap(({ key, version }) =>
      version?.kind === kind
        ? [{ ...lineAnswer(bucket, encode(key), version), IsLatest: versionsOf(bucket, key)[0] === version }]
        : [],
    );
  return {
    ...{ Name: bucket.name, Prefix: encode(textOf(input, 'Prefix') ?? ''), MaxKeys: most, IsTruncated: isTruncated },
    KeyMarker: encode(textOf(input, 'KeyMarker') ?? ''),
    VersionIdMarker: textOf(input, 'VersionIdMarker') ?? '',
    EncodingType: textOf(input, 'EncodingType'),
    ...(input['Delimiter'] === undefined ? {} : { Delimiter: encode(textOf(input, 'Delimiter') ?? '') }),
    Versions: answers('object'),
    DeleteMarkers: answers('marker'),
    CommonPrefixes: page.filter(({ version }) => version === undefined).map(({ key }) => ({ Prefix: encode(key) })),
    ...(isTruncated && last !== undefined
      ? {
          NextKeyMarker: encode(last.key),
          ...(last.version === undefined ? {} : { NextVersionIdMarker: last.version.versionId }),
        }
      : {}),
  };
};
