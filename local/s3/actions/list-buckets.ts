import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { canonicalId } from '../answers.ts';
import { numberOf, onlyKnown, seconds, textOf } from '../input.ts';
import { bucketArn } from '../model.ts';
import type { S3Store } from '../store.ts';

const MOST = 10_000;

/** The account's, of all regions, by name. Where a page is asked for, each says its region (API reference, ListBuckets). */
export const listBuckets: Action<S3Store> = ({ buckets }, input, { caller }) => {
  onlyKnown(input, ['BucketRegion', 'ContinuationToken', 'MaxBuckets', 'Prefix'], 'ListBuckets');
  const most = numberOf(input, 'MaxBuckets') ?? MOST;
  if (most < 1 || most > MOST)
    throw new AwsError('InvalidArgument', `Argument max-buckets must be an integer between 1 and ${MOST}`);
  const [region, prefix = ''] = [textOf(input, 'BucketRegion'), textOf(input, 'Prefix')];
  const after = Buffer.from(textOf(input, 'ContinuationToken') ?? '', 'base64').toString('utf8');
  const found = [...buckets.values()]
    .filter(({ place }) => place.account === caller.account && (region === undefined || place.region === region))
    .filter(({ name }) => name.startsWith(prefix) && name > after)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const page = found.slice(0, most);
  const last = page.at(-1)?.name ?? '';
  return {
    Buckets: page.map(({ name, createdAt, place }) => ({
      ...{ Name: name, CreationDate: seconds(createdAt), BucketArn: bucketArn(name) },
      ...{ BucketRegion: place.region },
    })),
    Owner: { ID: canonicalId(caller.account) },
    ...(found.length > page.length ? { ContinuationToken: Buffer.from(last).toString('base64') } : {}),
    ...(input['Prefix'] === undefined ? {} : { Prefix: prefix }),
  };
};
