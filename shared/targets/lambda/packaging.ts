import type { Failure, Revision, Rollout } from '../../deployment/observations.ts';
import type { ResolvedImage } from '../../deployment/types.ts';
import type { CodeInput, Version } from './calls.ts';

/** Code that a function is to run. */
export interface Code {
  /** As revisions and messages name it. */
  readonly image: string;
  /** Same code, same mark; `undefined`: what it was cannot be told any more. */
  readonly mark: string | undefined;
  /** What UpdateFunctionCode takes. Throws a `RefusedError` where it is not to be had any more. */
  readonly input: () => Promise<CodeInput>;
}

/** How a function's code is packaged, and so how it is told apart, found again, and put in. */
export interface Packaging {
  /** Why this target cannot deploy to the function; `undefined`: it can. */
  readonly unfit: (version: Version) => Failure | undefined;
  /** By which a version's code is told from others. */
  readonly markOf: (version: Version) => string | undefined;
  /** The same of what is to be gone back to, or of a rollout. */
  readonly markIn: (revision: Revision) => Promise<string | undefined>;
  readonly markOfRollout: (rollout: Rollout) => Promise<string | undefined>;
  /** The id of a rollout by which its code is known again. */
  readonly rolloutId: (version: Version, revision: Revision) => string;
  /** What a deployment asks for. Throws a `RefusedError` for what the function cannot be made of. */
  readonly asked: (image: ResolvedImage, latest: Version) => Promise<Code>;
  /** Whether a version is of what a deployment asks for. */
  readonly isAsked: (image: ResolvedImage | undefined, version: Version) => Promise<boolean>;
  /** The code of a revision, to come back to it. */
  readonly back: (to: Revision) => Promise<Code>;
  /** What a version that is published is described by, for people and for the next look. */
  readonly description: (deployment: string, image: string) => string;
  /** Whether the next look can tell what the code came in, of an image that was put in as this version. */
  readonly isTold: (version: Version, image: string) => Promise<boolean>;
  /** The revision that a look has made out, with what is known of the image that was put in. */
  readonly called: (seen: Revision, image: string) => Revision;
  /** Sees to it that the code that runs can be come back to, before other code takes its place in a function without an alias. */
  readonly keep: (latest: Version, deployment: string) => Promise<void>;
}
