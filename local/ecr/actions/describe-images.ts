import { AwsError } from '../../errors.ts';
import type { LocalImage } from '../../ports.ts';
import { ACCOUNT, type Action } from '../../service.ts';
import { type EcrStore, findImage, type ImageId, idText, imagesOf, onlyKnown, page, whereText } from '../store.ts';

const detail = ({ repository, digest, tags, manifest, mediaType, pushedAt, status }: LocalImage) => ({
  registryId: ACCOUNT,
  repositoryName: repository,
  imageDigest: digest,
  ...(tags.length === 0 ? {} : { imageTags: tags }),
  imageSizeInBytes: manifest.length,
  imagePushedAt: Date.parse(pushedAt) / 1000,
  imageManifestMediaType: mediaType,
  artifactMediaType: 'application/vnd.oci.image.config.v1+json',
  imageStatus: status,
});

export const describeImages: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryName', 'imageIds', 'nextToken', 'maxResults', 'filter'], 'DescribeImages');
  const images = imagesOf(store, input);
  const ids = input['imageIds'] as readonly ImageId[] | undefined;
  if (ids !== undefined && ids.length > 0) return { imageDetails: ids.map((id) => detail(required(images, id, input))) };
  const tagStatus = (input['filter'] as { tagStatus?: string } | undefined)?.tagStatus ?? 'ANY';
  const fitting = images.filter(({ tags }) => tagStatus === 'ANY' || (tagStatus === 'TAGGED') === tags.length > 0);
  const { items, next } = page(fitting, input);
  return { imageDetails: items.map(detail), ...next };
};

const required = (images: readonly LocalImage[], id: ImageId, input: Readonly<Record<string, unknown>>): LocalImage => {
  const found = findImage(images, id);
  if (found !== undefined) return found;
  throw new AwsError('ImageNotFoundException', `The image with imageId ${idText(id)} does not exist within ${whereText(input)}`);
};
