import { digestOf } from '../../digest.ts';
import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { type EcrStore, type Input, imageAnswer, imagesOf, onlyKnown, whereText } from '../store.ts';

const KNOWN = ['registryId', 'repositoryName', 'imageManifest', 'imageManifestMediaType', 'imageTag', 'imageDigest'];

const textOf = (input: Input, member: string): string | undefined => {
  const value = input[member];
  return typeof value === 'string' ? value : undefined;
};

/** Gives an image of the repository another tag (User Guide, "Retagging an image"). Layers cannot be uploaded here: other manifests lack theirs. */
export const putImage: Action<EcrStore> = (store, input) => {
  onlyKnown(input, KNOWN, 'PutImage');
  const images = imagesOf(store, input);
  const where = whereText(input);
  const manifest = textOf(input, 'imageManifest') ?? '';
  const digest = digestOf(manifest);
  const tag = textOf(input, 'imageTag');
  const named = textOf(input, 'imageDigest');
  if (named !== undefined && named !== digest)
    throw new AwsError(
      'ImageDigestDoesNotMatchException',
      `The specified digest '${named}' does not match the digest '${digest}' of the image`,
    );
  const image = images.find((known) => known.digest === digest);
  if (image === undefined)
    throw new AwsError(
      'LayersNotFoundException',
      `The layers that the image manifest '${digest}' needs do not exist in ${where}: the local cloud takes manifests of images that the repository has already`,
    );
  if (tag === undefined || image.tags.includes(tag))
    throw new AwsError(
      'ImageAlreadyExistsException',
      `Image with digest '${digest}'${tag === undefined ? '' : ` and tag '${tag}'`} already exists in ${where}`,
    );
  store.images.move(image.repository, tag, digest);
  store.events.publish({
    source: 'aws.ecr',
    detailType: 'ECR Image Action',
    resources: [],
    detail: {
      result: 'SUCCESS',
      'repository-name': image.repository,
      'image-digest': digest,
      'action-type': 'PUSH',
      'image-tag': tag,
      'manifest-media-type': image.mediaType,
    },
  });
  return { image: imageAnswer(image, tag) };
};
