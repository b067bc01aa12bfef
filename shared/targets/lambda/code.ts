import type { Failure } from '../../deployment/observations.ts';
import type { ResolvedImage } from '../../deployment/types.ts';
import { NotYetError } from '../not-yet.ts';
import { RefusedError } from '../refused.ts';
import { digestIn, type LambdaCalls, type Version } from './calls.ts';
import { type Config, type LambdaJob, placeOf } from './config.ts';
import { failureOf, refusal } from './refusals.ts';

/** How soon an image that Lambda makes ready is looked at again; in seconds. Nothing tells when it is. */
export const LOOK_SECONDS = 2;

/** What an architecture of Lambda is called in an image's index. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', arm64: 'arm64' };

/** Why this target cannot deploy to the function; `undefined`: it can. */
export const notImage = (config: Config, { isImage }: Version): Failure | undefined =>
  isImage
    ? undefined
    : refusal(
        'function-not-image',
        `cannot deploy to ${placeOf(config)}: it is made from a zip archive, and only functions of container images are deployed; create it anew with PackageType Image`,
      );

/** Lambda takes no index: of one it is the image for the function's architecture. */
export const imageFor = (
  config: Config,
  { repository, digest, platforms, architectures = {} }: ResolvedImage,
  latest: Version,
): string => {
  if (platforms.length === 0) return `${repository}@${digest}`;
  const own = architectures[ARCHITECTURES[latest.architecture] ?? latest.architecture];
  if (own !== undefined) return `${repository}@${own}`;
  const there = Object.keys(architectures).join(', ') || 'none for Linux';
  throw new RefusedError(
    refusal(
      'platform-missing',
      `cannot deploy ${repository}@${digest} to ${placeOf(config)}: the function runs on ${latest.architecture}, and the index has images for ${there}; build the image for it, or change the function`,
    ),
  );
};

export const isSameImage = (one: string, other: string): boolean => digestIn(one) === digestIn(other);

/** The update of our own did not end well. The function is changed by then, though nothing new serves. */
export class UpdateFailedError extends Error {
  override readonly name = 'UpdateFailedError';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** An update, ours or not, ends by itself; the function is left alone until then. */
export const requireSettled = (config: Config, { update, state }: Version): void => {
  if (update === 'InProgress' || state === 'Pending')
    throw new NotYetError(LOOK_SECONDS, `${placeOf({ function: config.function })} is being updated, and is not ready yet`);
};

/**
 * The published version of an image: the code is put in, waited for, and published, one call after the other. Where an answer was lost
 * the next call finds it done: an update by looking at what is there, a version because Lambda makes none twice of the same. `latest` was
 * just looked at. `again`: a failure that is seen is that of our own update.
 */
export const published = async (
  calls: LambdaCalls,
  { config, deployment, again }: Pick<LambdaJob, 'config' | 'deployment' | 'again'>,
  image: string,
  latest: Version,
): Promise<Version> => {
  requireSettled(config, latest);
  if (again && latest.update === 'Failed') throw new UpdateFailedError(failureOf(placeOf(config), image, latest.why));
  if (!isSameImage(latest.image, image) || latest.update === 'Failed') {
    await calls.update(config, image, latest);
    throw new NotYetError(LOOK_SECONDS, `${image} was put into ${placeOf({ function: config.function })}, and is not ready yet`);
  }
  const version = await calls.publish(config, latest, deployment);
  if (version.state === 'Failed') throw new UpdateFailedError(failureOf(placeOf(config), image, version.why));
  if (version.state === 'Pending') throw new NotYetError(LOOK_SECONDS, `version ${version.version} of ${image} is not ready yet`);
  return version;
};
