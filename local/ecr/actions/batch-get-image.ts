import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { type EcrStore, findImage, type ImageId, imageAnswer, imagesOf, onlyKnown } from '../store.ts';

/** At most 100 images (API reference, BatchGetImage). */
const MOST = 100;

const failureOf = (imageId: ImageId) => {
  if (imageId.imageDigest === undefined && imageId.imageTag === undefined) {
    return {
      imageId,
      failureCode: 'MissingDigestAndTag',
      failureReason: 'Invalid request parameters: both tag and digest cannot be null',
    };
  }
  if (imageId.imageDigest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(imageId.imageDigest)) {
    return {
      imageId,
      failureCode: 'InvalidImageDigest',
      failureReason: 'Invalid request parameters: image digest should satisfy the regex',
    };
  }
  return { imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' };
};

export const batchGetImage: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryName', 'imageIds', 'acceptedMediaTypes'], 'BatchGetImage');
  const images = imagesOf(store, input);
  const ids = (input['imageIds'] ?? []) as readonly ImageId[];
  if (ids.length === 0 || ids.length > MOST)
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'imageIds' failed to satisfy constraint: 'Member must have length between 1 and ${MOST}'`,
    );
  const found = ids.map((id) => ({ id, image: findImage(images, id) }));
  return {
    images: found.flatMap(({ id, image }) => (image === undefined ? [] : [imageAnswer(store, image, id.imageTag)])),
    failures: found.filter(({ image }) => image === undefined).map(({ id }) => failureOf(id)),
  };
};
