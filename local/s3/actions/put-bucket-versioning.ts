import type { Action } from '../../service.ts';
import { malformedXml } from '../../wire/xml.ts';
import { bucketName, type Input, onlyKnown } from '../input.ts';
import { bucketIn, type S3Store } from '../store.ts';

/** Once enabled, it can be suspended and never be undone (User Guide, "Retaining multiple versions of objects"). */
export const putBucketVersioning: Action<S3Store> = (store, input) => {
  onlyKnown(input, ['ChecksumAlgorithm', 'VersioningConfiguration'], 'PutBucketVersioning');
  const configuration = (input['VersioningConfiguration'] ?? {}) as Input;
  onlyKnown(configuration, ['Status'], 'PutBucketVersioning, VersioningConfiguration');
  const status = configuration['Status'];
  if (status !== 'Enabled' && status !== 'Suspended') throw malformedXml();
  bucketIn(store, bucketName(input)).versioning = status;
  return undefined;
};
