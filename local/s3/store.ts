import type { Need } from '../iam/policy.ts';
import type { Place } from '../place.ts';
import type { Basics } from '../ports.ts';
import type { CallContext } from '../service.ts';
import { type Bodies, bodiesInMemory } from './bodies.ts';
import { noSuchBucket } from './errors.ts';
import type { Bucket } from './model.ts';

/** Every bucket there is, by its name: "a bucket name must be unique across all AWS accounts" (User Guide, "Bucket naming rules"). */
export type Buckets = Map<string, Bucket>;

/** What IAM says of a caller, beside what every call of its kind needs. */
export interface Access {
  readonly allows: (context: CallContext, need: Need) => boolean;
  /** Throws `AccessDenied`. */
  readonly demand: (context: CallContext, need: Need) => void;
}

/** S3 of one account and region. It knows every bucket: a call may name those of others too. */
export interface S3Store extends Basics {
  readonly buckets: Buckets;
  readonly bodies: Bodies;
  readonly access: Access;
  /** A place that is to be there from now on. */
  readonly open: (place: Place) => void;
}

export interface S3StoreOptions extends Basics {
  readonly buckets: Buckets;
  readonly access: Access;
  readonly open?: S3Store['open'];
  readonly bodies?: Bodies | undefined;
}

export const createS3Store = ({ clock, random, place, buckets, access, open, bodies }: S3StoreOptions): S3Store => ({
  clock,
  random,
  place,
  buckets,
  access,
  bodies: bodies ?? bodiesInMemory,
  open: open ?? (() => undefined),
});

export const bucketIn = ({ buckets }: Pick<S3Store, 'buckets'>, name: string): Bucket => {
  const found = buckets.get(name);
  if (found === undefined) throw noSuchBucket(name);
  return found;
};

/** Times of S3 are whole seconds. */
export const nowIn = ({ clock }: Pick<Basics, 'clock'>): number => Math.floor(clock.now() / 1000) * 1000;
