import { AwsError } from '../errors.ts';
import type { LocalImage, ServiceEvents } from '../ports.ts';
import { ACCOUNT, REGION } from '../service.ts';
import type { TaggedImages } from './tags.ts';

/** ECR of one account and region: it shows the images there are, and moves their tags. */
export interface EcrStore {
  readonly images: TaggedImages;
  readonly events: ServiceEvents;
}

export type Input = Readonly<Record<string, unknown>>;

export interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

/** Refuses by name what this cloud does not do, and another registry than its own. */
export const onlyKnown = (input: Input, known: readonly string[], action: string): void => {
  const other = Object.keys(input).find((member) => input[member] !== undefined && !known.includes(member));
  if (other !== undefined)
    throw new AwsError('InvalidParameterException', `the local cloud does not know the parameter "${other}" of ${action}.`);
};

const missingRepository = (name: string, registry: string) =>
  new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${registry}'`,
  );

export const imagesOf = (store: EcrStore, input: Input): readonly LocalImage[] => {
  const name = String(input['repositoryName'] ?? '');
  const registry = String(input['registryId'] ?? ACCOUNT);
  const found = registry === ACCOUNT ? store.images.list(name) : undefined;
  if (found === undefined) throw missingRepository(name, registry);
  return found;
};

/** The image of an id; with tag and digest both have to fit. */
export const findImage = (images: readonly LocalImage[], { imageDigest, imageTag }: ImageId): LocalImage | undefined =>
  images.find(
    ({ digest, tags }) =>
      (imageDigest === undefined || digest === imageDigest) &&
      (imageTag === undefined || tags.includes(imageTag)) &&
      (imageDigest ?? imageTag) !== undefined,
  );

/** `{imageDigest:'sha256:…', imageTag:'…'}`, as ECR's messages name an image. */
export const idText = ({ imageDigest, imageTag }: ImageId): string =>
  `{imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'}`;

/** As PutImage and BatchGetImage answer with an image. */
export const imageAnswer = ({ repository, digest, manifest, mediaType }: LocalImage, imageTag: string | undefined) => ({
  registryId: ACCOUNT,
  repositoryName: repository,
  imageId: { imageDigest: digest, ...(imageTag === undefined ? {} : { imageTag }) },
  imageManifest: manifest,
  imageManifestMediaType: mediaType,
});

/** Where a message says that an image is. */
export const whereText = (input: Input): string =>
  `the repository with name '${String(input['repositoryName'])}' in the registry with id '${ACCOUNT}'`;

/** A page of a list; the token is the place where the next one begins. */
export const page = <T>(
  all: readonly T[],
  input: Input,
): { readonly items: readonly T[]; readonly next: { nextToken?: string } } => {
  const from = Number(input['nextToken'] ?? 0);
  if (!Number.isInteger(from) || from < 0) throw new AwsError('InvalidParameterException', 'Invalid parameter at nextToken');
  const to = from + Number(input['maxResults'] ?? 100);
  return { items: all.slice(from, to), next: to < all.length ? { nextToken: String(to) } : {} };
};

export const repositoryArn = (name: string): string => `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`;

export const repositoryUri = (name: string): string => `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}`;
