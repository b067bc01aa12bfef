import type { Place } from '../../place.ts';
import type { LocalImage } from '../../ports.ts';
import type { Action } from '../../service.ts';
import { type EcrStore, type ImageId, imagesOf, onlyKnown, page, requiredImage } from '../store.ts';

/** What it is beside an image's manifest: its artifact type, else the media type of its config; of an index nothing. */
const artifactOf = ({ manifest }: LocalImage): string | undefined => {
  const { artifactType, config }: { readonly artifactType?: string; readonly config?: { readonly mediaType?: string } } =
    JSON.parse(manifest);
  return artifactType ?? config?.mediaType;
};

const detail = ({ account }: Place, image: LocalImage) => {
  const { repository, digest, tags, mediaType, pushedAt, status, size } = image;
  const artifactMediaType = artifactOf(image);
  return {
    registryId: account,
    repositoryName: repository,
    imageDigest: digest,
    ...(tags.length === 0 ? {} : { imageTags: tags }),
    imageSizeInBytes: size,
    imagePushedAt: Date.parse(pushedAt) / 1000,
    imageManifestMediaType: mediaType,
    ...(artifactMediaType === undefined ? {} : { artifactMediaType }),
    imageStatus: status,
  };
};

export const describeImages: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryName', 'imageIds', 'nextToken', 'maxResults', 'filter'], 'DescribeImages');
  const ids = input['imageIds'] as readonly ImageId[] | undefined;
  if (ids !== undefined && ids.length > 0)
    return { imageDetails: ids.map((id) => detail(store.place, requiredImage(store, input, id))) };
  const tagStatus = (input['filter'] as { tagStatus?: string } | undefined)?.tagStatus ?? 'ANY';
  const fitting = imagesOf(store, input).filter(
    ({ tags }) => tagStatus === 'ANY' || (tagStatus === 'TAGGED') === tags.length > 0,
  );
  const { items, next } = page(fitting, input);
  return { imageDetails: items.map((image) => detail(store.place, image)), ...next };
};
