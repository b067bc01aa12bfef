import type { Failure, Revision } from '../../deployment/observations.ts';
import type { ResolvedImage } from '../../deployment/types.ts';
import type { ArtifactCalls } from './artifacts.ts';
import { digestIn, type LambdaCalls, revisionOf, type Version } from './calls.ts';
import { type Config, placeOf, type ZipConfig } from './config.ts';
import type { Packaging } from './packaging.ts';
import { refusal } from './refusals.ts';
import { markOf, zipCode } from './zip-code.ts';
import { LARGEST } from './zip-manifest.ts';
import { descriptionFor, UNKNOWN, unknownIn } from './zip-names.ts';

/**
 * Functions of zip archives. Lambda tells an archive by the digest that is its layer's in the artifact, so what runs is known exactly; which
 * artifact it came in is in the description of the version that we have published. The way back is the archive of the version itself, which
 * Lambda keeps, whoever has published it; of one that was deleted the artifact's.
 */
export const zips = (calls: LambdaCalls, artifacts: ArtifactCalls, config: ZipConfig): Packaging => {
  const { artifact, back } = zipCode(calls, artifacts, config);
  const markIn = async (revision: Revision): Promise<string | undefined> =>
    unknownIn(revision.image) ?? (await back(revision)).mark;

  return {
    unfit: (version) => notZip(config, version) ?? tooLargeToComeBack(config, version),
    markOf,
    markIn,
    markOfRollout: async ({ id, revision }) => unknownIn(id) ?? markIn(revision),
    rolloutId: (version) => `${UNKNOWN}${markOf(version)}`,
    asked: async ({ repository: from, digest }) => artifact(`${from}@${digest}`),
    async isAsked(image, version) {
      if (image === undefined) return false;
      if (digestIn(version.image) === image.digest) return true;
      return (await back(revisionFor(image))).mark === markOf(version);
    },
    back,
    description: (deployment, image) => descriptionFor(deployment, digestIn(image)),
    /** By the description of a version: where all were deleted, nobody can. */
    isTold: async ({ codeSha256 }, image) =>
      digestIn(image) === undefined || (await calls.newestOf(config, codeSha256)) !== undefined,
    /** Of what is not published any more the image is all the name that there is. */
    called: ({ id }, image) => revisionOf({ arn: id.startsWith('arn:') ? id : image, image }),
    /** What was never published is nowhere else. */
    async keep(latest, deployment) {
      const published = await calls.newestOf(config, latest.codeSha256);
      if (published === undefined) await calls.publish(config, latest, `before switchyard ${deployment}`, latest.image);
    },
  };
};

const notZip = (config: Config, { isImage }: Version): Failure | undefined =>
  isImage
    ? refusal(
        'function-not-zip',
        `cannot deploy to ${placeOf(config)}: it is made from an image; take "zip" out of the catalogue, or create it anew with PackageType Zip`,
      )
    : undefined;

/** Others may have put it in by way of S3, which takes more. An alias needs no archive to go back. */
const tooLargeToComeBack = (config: Config, { codeSize }: Version): Failure | undefined =>
  config.alias === undefined && codeSize > LARGEST
    ? refusal(
        'archive-too-large',
        `cannot deploy to ${placeOf(config)}: what it runs has ${codeSize} bytes, and Lambda takes ${LARGEST} in a request, so that nothing could bring it back; give it an alias, which goes back without it`,
      )
    : undefined;

const revisionFor = ({ repository, digest }: ResolvedImage): Revision => ({ id: '', image: `${repository}@${digest}` });
