import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { type EcrStore, type ImageId, onlyKnown, repositoryIn, requiredImage } from '../store.ts';

/** Into the archive, from which nothing can be pulled, and back, at once. */
export const updateImageStorageClass: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryName', 'imageId', 'targetStorageClass'], 'UpdateImageStorageClass');
  const id = (input['imageId'] ?? {}) as ImageId;
  const { digest } = requiredImage(store, input, id);
  const { archived, name } = repositoryIn(store, input);
  const target = input['targetStorageClass'];
  if (target !== 'ARCHIVE' && target !== 'STANDARD')
    throw new AwsError('InvalidParameterException', `Invalid parameter at 'targetStorageClass': ${String(target)}`);
  if (target === 'ARCHIVE') archived.add(digest);
  else archived.delete(digest);
  return {
    registryId: store.place.account,
    repositoryName: name,
    imageId: { imageDigest: digest, ...id },
    imageStatus: target === 'ARCHIVE' ? 'ARCHIVED' : 'ACTIVE',
  };
};
