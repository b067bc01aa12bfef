import type { RegistryAction } from '../action.ts';
import { manifestOf, repositoryOf } from '../store.ts';

/** "Pulling manifests". */
export const getManifest: RegistryAction = (store, { repository, reference }) => {
  const { digest, mediaType, bytes } = manifestOf(repositoryOf(store, repository), reference);
  return { status: 200, headers: { 'content-type': mediaType, 'docker-content-digest': digest }, body: bytes };
};
