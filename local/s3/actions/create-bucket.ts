import { AwsError } from '../../errors.ts';
import { isRegion } from '../../place.ts';
import type { Action, CallContext } from '../../service.ts';
import { checkAcl } from '../description.ts';
import { bucketName, type Input, onlyKnown } from '../input.ts';
import { bucketArn } from '../model.ts';
import { nowIn, type S3Store } from '../store.ts';

const US_EAST_1 = 'us-east-1';

/** us-east-1 makes buckets anywhere, every other region its own alone (API reference, CreateBucket: LocationConstraint). */
const regionFor = (input: Input, { caller }: CallContext): string => {
  const configuration = (input['CreateBucketConfiguration'] ?? {}) as Input;
  onlyKnown(configuration, ['LocationConstraint'], 'CreateBucket, CreateBucketConfiguration');
  const constraint = configuration['LocationConstraint'];
  if (constraint === undefined || constraint === '') {
    if (caller.region === US_EAST_1) return US_EAST_1;
    throw illegal('unspecified');
  }
  const region = constraint === 'EU' ? 'eu-west-1' : String(constraint);
  if (!isRegion(region) || region === US_EAST_1)
    throw new AwsError('InvalidLocationConstraint', 'The specified location-constraint is not valid', {
      details: { LocationConstraint: region },
    });
  if (caller.region !== US_EAST_1 && caller.region !== region) throw illegal(region);
  return region;
};

const illegal = (constraint: string): AwsError =>
  new AwsError(
    'IllegalLocationConstraintException',
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );

const taken = (name: string, isOwn: boolean): AwsError =>
  isOwn
    ? new AwsError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        {
          status: 409,
          details: { BucketName: name },
        },
      )
    : new AwsError(
        'BucketAlreadyExists',
        'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
        { status: 409, details: { BucketName: name } },
      );

/** Names are taken across all accounts. us-east-1 answers an owner's second call like the first (API reference, CreateBucket, errors). */
export const createBucket: Action<S3Store> = (store, input, context) => {
  onlyKnown(input, ['ACL', 'CreateBucketConfiguration', 'ObjectOwnership'], 'CreateBucket');
  const ownership = input['ObjectOwnership'] ?? 'BucketOwnerEnforced';
  if (ownership !== 'BucketOwnerEnforced') onlyKnown({ ObjectOwnership: ownership }, [], 'CreateBucket');
  if (input['ACL'] !== 'private') checkAcl(input['ACL']);
  const name = bucketName(input);
  const place = { account: context.caller.account, region: regionFor(input, context) };
  const found = store.buckets.get(name);
  if (found !== undefined) {
    const isOwn = found.place.account === place.account;
    if (!(isOwn && place.region === US_EAST_1 && found.place.region === US_EAST_1)) throw taken(name, isOwn);
  } else {
    store.open(place);
    const createdAt = nowIn(store);
    store.buckets.set(name, {
      ...{ name, place, createdAt, versioning: undefined, policy: undefined },
      ...{ objects: new Map(), uploads: new Map(), written: undefined },
    });
  }
  return { Location: place.region === US_EAST_1 ? `/${name}` : `http://${name}.s3.amazonaws.com/`, BucketArn: bucketArn(name) };
};
