import type { Action } from '../../service.ts';
import { scansOnPush } from '../repositories.ts';
import { type EcrStore, onlyKnown, repositoryIn } from '../store.ts';

/** Basic scanning, of one repository. */
export const putImageScanningConfiguration: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryName', 'imageScanningConfiguration'], 'PutImageScanningConfiguration');
  const repository = repositoryIn(store, input);
  repository.scansOnPush = scansOnPush(input);
  return {
    registryId: store.place.account,
    repositoryName: repository.name,
    imageScanningConfiguration: { scanOnPush: repository.scansOnPush },
  };
};
