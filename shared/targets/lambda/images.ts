import type { ResolvedImage } from '../../deployment/types.ts';
import { RefusedError } from '../refused.ts';
import { digestIn, type LambdaCalls, numberIn, type Version } from './calls.ts';
import { type Config, placeOf } from './config.ts';
import type { Code, Packaging } from './packaging.ts';
import { refusal } from './refusals.ts';
import { descriptionFor } from './zip-names.ts';

/** What an architecture of Lambda is called in an image's index. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', arm64: 'arm64' };

const code = (image: string): Code => ({ image, mark: digestIn(image), input: async () => ({ ImageUri: image }) });

/** Lambda takes no index: of one it is the image for the function's architecture. */
const imageFor = (config: Config, asked: ResolvedImage, { architecture }: Version): string => {
  const { repository, digest, platforms, architectures = {}, artifact } = asked;
  const cannot = `cannot deploy ${repository}@${digest} to ${placeOf(config)}`;
  if (artifact !== undefined)
    throw new RefusedError(
      refusal(
        'artifact-not-image',
        `${cannot}: it is no image but an artifact of the type ${artifact}, and the function is made from images; name an image, or deploy it to a function of a zip archive`,
      ),
    );
  if (platforms.length === 0) return `${repository}@${digest}`;
  const own = architectures[ARCHITECTURES[architecture] ?? architecture];
  if (own !== undefined) return `${repository}@${own}`;
  const there = Object.keys(architectures).join(', ') || 'none for Linux';
  throw new RefusedError(
    refusal(
      'platform-missing',
      `${cannot}: the function runs on ${architecture}, and the index has images for ${there}; build the image for it, or change the function`,
    ),
  );
};

/** Functions of container images: an image is its digest, and Lambda says of each version which it is. */
export const images = (calls: LambdaCalls, config: Config): Packaging => {
  const markOf = ({ image }: Version): string | undefined => digestIn(image);
  return {
    unfit: ({ isImage }) =>
      isImage
        ? undefined
        : refusal(
            'function-not-image',
            `cannot deploy to ${placeOf(config)}: it is made from a zip archive; say so with "zip" in the catalogue, or create it anew with PackageType Image`,
          ),
    markOf,
    markIn: async ({ image }) => digestIn(image),
    markOfRollout: async ({ revision }) => digestIn(revision.image),
    rolloutId: (_, { id }) => id,
    asked: async (image, latest) => code(imageFor(config, image, latest)),
    isAsked: async (image, version) => [image?.digest, ...(image?.platforms ?? [])].includes(markOf(version)),
    /** The image of the version that is gone back to; failing that, the one that was captured (S4.4). */
    async back(to) {
      const number = numberIn(to);
      return code((number === undefined ? undefined : (await calls.versionIfThere(config, number))?.image) ?? to.image);
    },
    description: (deployment) => descriptionFor(deployment),
    // Lambda says it of each
    isTold: async () => true,
    called: (seen) => seen,
    // an image is where it was
    keep: async () => undefined,
  };
};
