import type { Action } from '../../service.ts';
import { scanImage } from '../scans.ts';
import { type EcrStore, type ImageId, onlyKnown, requiredImage } from '../store.ts';

/** AWS lets an image be scanned once in 24 hours; here as often as one likes. */
export const startImageScan: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryName', 'imageId'], 'StartImageScan');
  const id = (input['imageId'] ?? {}) as ImageId;
  const image = requiredImage(store, input, id);
  scanImage(store, image);
  return {
    registryId: store.place.account,
    repositoryName: image.repository,
    imageId: { imageDigest: image.digest, ...id },
    imageScanStatus: { status: 'IN_PROGRESS' },
  };
};
