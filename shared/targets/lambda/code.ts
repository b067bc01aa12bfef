import type { Failure } from '../../deployment/observations.ts';
import { NotYetError } from '../not-yet.ts';
import type { LambdaCalls, Version } from './calls.ts';
import { type Config, type LambdaJob, placeOf } from './config.ts';
import type { Code, Packaging } from './packaging.ts';
import { failureOf } from './refusals.ts';

/** How soon code that Lambda makes ready is looked at again; in seconds. Nothing tells when it is. */
export const LOOK_SECONDS = 2;

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

/** What putting code in, and publishing it, takes. */
export interface Work {
  readonly calls: LambdaCalls;
  readonly packaging: Packaging;
}

/**
 * The published version of code: it is put in, waited for, and published, one call after the other. Where an answer was lost the next call
 * finds it done: an update by looking at what is there, a version because Lambda makes none twice of the same. `latest` was just looked at.
 * `again`: a failure that is seen is that of our own update.
 */
export const published = async (
  { calls, packaging }: Work,
  { config, deployment, again }: Pick<LambdaJob, 'config' | 'deployment' | 'again'>,
  code: Code,
  latest: Version,
): Promise<Version> => {
  const { image } = code;
  requireSettled(config, latest);
  if (again && latest.update === 'Failed') throw new UpdateFailedError(failureOf(placeOf(config), image, latest.why));
  if (packaging.markOf(latest) !== code.mark || latest.update === 'Failed') {
    const input = await code.input();
    if (config.alias === undefined) await packaging.keep(latest, deployment);
    await calls.update(config, image, input, latest);
    throw new NotYetError(LOOK_SECONDS, `${image} was put into ${placeOf({ function: config.function })}, and is not ready yet`);
  }
  const version = await calls.publish(config, latest, packaging.description(deployment, image), image);
  if (version.state === 'Failed') throw new UpdateFailedError(failureOf(placeOf(config), image, version.why));
  if (version.state === 'Pending') throw new NotYetError(LOOK_SECONDS, `version ${version.version} of ${image} is not ready yet`);
  return version;
};
