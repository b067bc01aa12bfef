import { BatchGetImageCommand, DescribeImagesCommand, type ECRClient, type ImageDetail } from '@aws-sdk/client-ecr';
import type { Reason } from '../deployment/observations.ts';
import type { ResolvedImage } from '../deployment/types.ts';
import type { ImageReference } from './image-reference.ts';
import { architecturesIn, INDEXES, platformsIn } from './manifest.ts';

/** Why an image cannot be deployed: stable words, each with its line of `docs/errors.md`. */
export const IMAGE_ERRORS = {
  'access-denied': "The function's role may not ask ECR for the image; the message names the action.",
  'image-archived': 'The image is in the archive storage class, or just being restored from it, and cannot be pulled.',
  'image-missing': 'The repository has no image with this tag or digest.',
  'image-refused': 'ECR refuses the question; the message is its own.',
  'registry-elsewhere': "The registry is of another account or region than the pipeline's.",
  'registry-unknown': 'The registry is not Amazon ECR.',
  'repository-missing': 'The registry has no such repository.',
} as const;

interface Where {
  readonly account: string;
  readonly region: string;
}

type Problem = { readonly problem: Reason };
type Resolved = { readonly resolved: ResolvedImage } | Problem;

const named = ({ host, path, tag, digest }: ImageReference): string =>
  `${host === '' ? '' : `${host}/`}${path}${digest === undefined ? `:${tag}` : `@${digest}`}`;

const no = (code: keyof typeof IMAGE_ERRORS, reference: ImageReference, why: string): Problem => ({
  problem: { code, message: `cannot deploy "${named(reference)}": ${why}` },
});

const missing = (reference: ImageReference): Problem => {
  const { path, tag, digest } = reference;
  const what = digest === undefined ? `image tagged ${tag}` : `image ${digest}`;
  return no('image-missing', reference, `repository "${path}" has no ${what}; push it, or promote it`);
};

/** What an error of ECR answers; anything else may be different next time and is thrown. */
const answerOf = (error: unknown, reference: ImageReference): Problem => {
  if (!(error instanceof Error)) throw error;
  switch (error.name) {
    case 'RepositoryNotFoundException':
      return no(
        'repository-missing',
        reference,
        `there is no repository "${reference.path}"; create it, or correct the image's name`,
      );
    case 'ImageNotFoundException':
      return missing(reference);
    case 'AccessDeniedException':
      return no('access-denied', reference, `${error.message}; allow it in the function's role`);
    case 'InvalidParameterException':
    case 'ValidationException':
      return no('image-refused', reference, `${error.message}; correct the image's name`);
    default:
      throw error;
  }
};

/** One call. */
const describe = async (ecr: ECRClient, { ecr: where, path, tag, digest }: ImageReference): Promise<ImageDetail | undefined> => {
  const { imageDetails = [] } = await ecr.send(
    new DescribeImagesCommand({
      repositoryName: path,
      ...(where === undefined ? {} : { registryId: where.account }),
      imageIds: [digest === undefined ? { imageTag: tag } : { imageDigest: digest }],
    }),
  );
  return imageDetails[0];
};

/** Why an image that is there cannot be pulled; `undefined`: it can. */
const unusable = ({ imageStatus }: ImageDetail, reference: ImageReference): Problem | undefined => {
  switch (imageStatus) {
    case 'ARCHIVED':
      return no('image-archived', reference, 'it is archived and cannot be pulled; restore it from the archive');
    case 'ACTIVATING':
      return no('image-archived', reference, 'it is being restored from the archive and cannot be pulled yet; deploy it later');
    default:
      return undefined;
  }
};

/** What the config of an image is called (OCI image specification, "OCI Image Media Types"; Docker's image manifest, version 2, schema 2). */
const IMAGE_CONFIGS: readonly string[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];

/** An artifact that is no image says what it is (API reference, ImageDetail: artifactMediaType). */
const artifactIn = ({ artifactMediaType: artifact }: ImageDetail): Pick<ResolvedImage, 'artifact'> =>
  artifact === undefined || IMAGE_CONFIGS.includes(artifact) ? {} : { artifact };

/** What an index has to run. One call. */
const platformsOf = async (
  ecr: ECRClient,
  reference: ImageReference,
  digest: string,
): Promise<Pick<ResolvedImage, 'platforms' | 'architectures'>> => {
  const { path: repositoryName, ecr: where } = reference;
  const { images = [], failures = [] } = await ecr.send(
    new BatchGetImageCommand({
      repositoryName,
      ...(where === undefined ? {} : { registryId: where.account }),
      imageIds: [{ imageDigest: digest }],
      acceptedMediaTypes: [...INDEXES],
    }),
  );
  const manifest = images[0]?.imageManifest;
  if (manifest === undefined) {
    throw new Error(`ECR does not hand out the index ${named(reference)}: ${failures[0]?.failureReason ?? 'it gives no reason'}`);
  }
  return { platforms: platformsIn(manifest), architectures: architecturesIn(manifest) };
};

const outOfReach = (reference: ImageReference, where: Where | undefined): Problem | undefined => {
  const { ecr, host } = reference;
  if (ecr === undefined) {
    const registry = host === '' ? 'it names no registry' : `"${host}" is no registry of Amazon ECR`;
    return no('registry-unknown', reference, `${registry}, and others are not supported; push it to ECR, and name it there`);
  }
  if (where === undefined || (ecr.account === where.account && ecr.region === where.region)) return undefined;
  return no(
    'registry-elsewhere',
    reference,
    `its registry is in account ${ecr.account}, region ${ecr.region}, and only the pipeline's own (${where.account}, ${where.region}) is supported; copy it there`,
  );
};

/** The digest that a name means now. Only ECR, in the pipeline's own account and region (`where`), can be asked. */
export const resolveImage = async (ecr: ECRClient, reference: ImageReference, where?: Where): Promise<Resolved> => {
  const refused = outOfReach(reference, where);
  if (refused !== undefined) return refused;
  try {
    const found = await describe(ecr, reference);
    if (found?.imageDigest === undefined) return missing(reference);
    const problem = unusable(found, reference);
    if (problem !== undefined) return problem;
    const isIndex = INDEXES.includes(found.imageManifestMediaType ?? '');
    const known = isIndex ? await platformsOf(ecr, reference, found.imageDigest) : { platforms: [], ...artifactIn(found) };
    return { resolved: { repository: `${reference.host}/${reference.path}`, digest: found.imageDigest, ...known } };
  } catch (error) {
    return answerOf(error, reference);
  }
};

/** Whether an image that was resolved before can still be pulled. `repository` is its full name without tag. */
export const imageThere = async (
  ecr: ECRClient,
  repository: string,
  digest: string,
): Promise<{ readonly there: true } | { readonly there: false; readonly reason: Reason }> => {
  const slash = repository.indexOf('/');
  const reference: ImageReference = { host: repository.slice(0, slash), path: repository.slice(slash + 1), digest };
  const problem = await problemOf(ecr, reference);
  return problem === undefined ? { there: true } : { there: false, reason: problem.problem };
};

const problemOf = async (ecr: ECRClient, reference: ImageReference): Promise<Problem | undefined> => {
  try {
    const found = await describe(ecr, reference);
    return found === undefined ? missing(reference) : unusable(found, reference);
  } catch (error) {
    return answerOf(error, reference);
  }
};
