import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { scanKey } from '../scans.ts';
import { type EcrStore, type ImageId, idText, onlyKnown, requiredImage, whereText } from '../store.ts';

/** Statuses: API reference, ImageScanStatus. There is one page, without findings by name: the local cloud knows how many there are. */
export const describeImageScanFindings: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryName', 'imageId', 'nextToken', 'maxResults'], 'DescribeImageScanFindings');
  const id = (input['imageId'] ?? {}) as ImageId;
  const image = requiredImage(store, input, id);
  const scan = store.scans.get(scanKey(image));
  if (scan === undefined)
    throw new AwsError(
      'ScanNotFoundException',
      `Image scan does not exist for the image with '${idText(id)}' in ${whereText(store, input)}`,
    );
  return {
    registryId: store.place.account,
    repositoryName: image.repository,
    imageId: { imageDigest: image.digest, ...id },
    imageScanStatus: { status: scan.status },
    ...(scan.completedAt === undefined
      ? {}
      : { imageScanFindings: { imageScanCompletedAt: scan.completedAt / 1000, findingSeverityCounts: scan.counts } }),
  };
};
