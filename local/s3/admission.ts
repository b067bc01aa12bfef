import { AwsError } from '../errors.ts';
import type { CallContext } from '../service.ts';
import { readCopySource } from './copy-source.ts';
import { accessDenied, invalidBucketName, noSuchBucket } from './errors.ts';
import type { Bucket } from './model.ts';
import { isBucketName } from './names.ts';
import type { Buckets } from './store.ts';

type Input = Readonly<Record<string, unknown>>;

/** What is answered wherever it is asked for: "us-east-1" knows them all (API reference, GetBucketLocation). */
const isAskedAnywhere = (action: string, { caller }: CallContext): boolean =>
  action === 'GetBucketLocation' && caller.region === 'us-east-1';

/**
 * What is looked at before permissions: whether the bucket is there, in the region that is called, and whose it is. S3 says so to anybody.
 * A bucket of another region is a redirection (User Guide, "Making requests": PermanentRedirect).
 */
export const admit = (buckets: Buckets, action: string, input: Input, context: CallContext): void => {
  const { Bucket: name, CopySource: source } = input;
  if (typeof name !== 'string') return;
  if (!isBucketName(name)) throw invalidBucketName(name);
  if (action === 'CreateBucket') return;
  const bucket = buckets.get(name);
  if (bucket === undefined) throw noSuchBucket(name);
  if (bucket.place.region !== context.caller.region && !isAskedAnywhere(action, context)) throw elsewhere(bucket);
  checkOwner(bucket, input['ExpectedBucketOwner']);
  if (typeof source !== 'string') return;
  const from = readCopySource(source).bucket;
  const found = buckets.get(from);
  if (found === undefined) throw noSuchBucket(from);
  checkOwner(found, input['ExpectedSourceBucketOwner']);
};

const elsewhere = ({ name, place }: Bucket): AwsError =>
  new AwsError(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    {
      status: 301,
      details: { Endpoint: `${name}.s3.${place.region}.amazonaws.com`, Bucket: name },
      headers: { 'x-amz-bucket-region': place.region },
    },
  );

const checkOwner = ({ place }: Bucket, expected: unknown): void => {
  if (expected !== undefined && expected !== place.account) throw accessDenied();
};
