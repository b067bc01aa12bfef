import { behaviourOf } from '../ecs/behaviour.ts';
import { AwsError, refuseOthers } from '../errors.ts';
import type { Basics, Images, LocalImage, ServiceEvents } from '../ports.ts';
import { imagesIn } from '../registry/images.ts';
import { type Blobs, createRegistryStore, type RegistryStore } from '../registry/store.ts';
import { findingsOf, type Scan, scanImage } from './scans.ts';

/** ECR of one account and region: its registry, and what is known of its images beside them. */
export interface EcrStore extends Pick<Basics, 'clock' | 'place'> {
  readonly registry: RegistryStore;
  readonly images: Images;
  readonly events: ServiceEvents;
  /** By `<repository>@<digest>`. */
  readonly scans: Map<string, Scan>;
  /** Whether Amazon Inspector scans what is pushed, and goes on doing so. */
  readonly scanning: { type: 'BASIC' | 'ENHANCED' };
}

export interface EcrStoreOptions extends Basics {
  readonly events: ServiceEvents;
  readonly blobs?: Blobs;
}

export const createEcrStore = ({ clock, random, place, events, blobs }: EcrStoreOptions): EcrStore => {
  const registry = createRegistryStore({
    clock,
    random,
    mounting: false,
    ...(blobs === undefined ? {} : { blobs }),
    tagged: (repository, tag, { digest, mediaType }) => {
      tellPush(events, repository, tag, digest, mediaType);
      const found = images.find(repository, digest);
      const isScanned = store.scanning.type === 'ENHANCED' || registry.repositories.get(repository)?.scansOnPush === true;
      if (found !== undefined && isScanned) scanImage(store, found);
    },
    unfit: unfitText,
  });
  const images = imagesIn(registry);
  const store: EcrStore = { clock, place, registry, images, events, scans: new Map(), scanning: { type: 'BASIC' } };
  return store;
};

/** What the local ECS, or a scan, would not understand later is refused when it is pushed. */
const unfitText = (labels: Readonly<Record<string, string>>): string | undefined => {
  try {
    behaviourOf(labels, 0);
    findingsOf(labels);
    return undefined;
  } catch (error) {
    return `the local cloud does not take the image: ${error instanceof Error ? error.message : String(error)}`;
  }
};

/** Sample: Amazon ECR User Guide, "Amazon ECR events and EventBridge". */
const tellPush = (events: ServiceEvents, repository: string, tag: string, digest: string, mediaType: string): void =>
  events.publish({
    source: 'aws.ecr',
    detailType: 'ECR Image Action',
    resources: [],
    detail: {
      result: 'SUCCESS',
      'repository-name': repository,
      'image-digest': digest,
      'action-type': 'PUSH',
      'image-tag': tag,
      'manifest-media-type': mediaType,
    },
  });

export type Input = Readonly<Record<string, unknown>>;

export interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

/** Refuses by name what this cloud does not do, and another registry than its own. */
export const onlyKnown = refuseOthers('InvalidParameterException');

export const textOf = (input: Input, member: string): string | undefined => {
  const value = input[member];
  return typeof value === 'string' ? value : undefined;
};

const missingRepository = (name: string, registry: string) =>
  new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${registry}'`,
  );

export const repositoryIn = ({ registry, place }: EcrStore, input: Input) => {
  const name = String(input['repositoryName'] ?? '');
  const account = String(input['registryId'] ?? place.account);
  const found = account === place.account ? registry.repositories.get(name) : undefined;
  if (found === undefined) throw missingRepository(name, account);
  return found;
};

export const imagesOf = (store: EcrStore, input: Input): readonly LocalImage[] =>
  store.images.list(repositoryIn(store, input).name) ?? [];

/** The image of an id; with tag and digest both have to fit. */
export const findImage = (images: readonly LocalImage[], { imageDigest, imageTag }: ImageId): LocalImage | undefined =>
  images.find(
    ({ digest, tags }) =>
      (imageDigest === undefined || digest === imageDigest) &&
      (imageTag === undefined || tags.includes(imageTag)) &&
      (imageDigest ?? imageTag) !== undefined,
  );

export const requiredImage = (store: EcrStore, input: Input, id: ImageId): LocalImage => {
  const found = findImage(imagesOf(store, input), id);
  if (found !== undefined) return found;
  throw new AwsError(
    'ImageNotFoundException',
    `The image with imageId ${idText(id)} does not exist within ${whereText(store, input)}`,
  );
};

/** `{imageDigest:'sha256:…', imageTag:'…'}`, as ECR's messages name an image. */
export const idText = ({ imageDigest, imageTag }: ImageId): string =>
  `{imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'}`;

/** As PutImage and BatchGetImage answer with an image. */
export const imageAnswer = (
  { place }: EcrStore,
  { repository, digest, manifest, mediaType }: LocalImage,
  imageTag: string | undefined,
) => ({
  registryId: place.account,
  repositoryName: repository,
  imageId: { imageDigest: digest, ...(imageTag === undefined ? {} : { imageTag }) },
  imageManifest: manifest,
  imageManifestMediaType: mediaType,
});

/** Where a message says that an image is. */
export const whereText = ({ place }: EcrStore, input: Input): string =>
  `the repository with name '${String(input['repositoryName'])}' in the registry with id '${place.account}'`;

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
