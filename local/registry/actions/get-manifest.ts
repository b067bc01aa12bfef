import type { RegistryAction } from '../action.ts';
import { RegistryError } from '../errors.ts';
import { manifestOf, repositoryOf } from '../store.ts';

/** "Pulling manifests". */
export const getManifest: RegistryAction = (store, { repository, reference }) => {
  const kept = repositoryOf(store, repository);
  const { digest, mediaType, bytes } = manifestOf(kept, reference);
  if (kept.archived.has(digest))
    throw new RegistryError('DENIED', `the image ${digest} is archived and cannot be pulled; restore it from the archive`);
  return { status: 200, headers: { 'content-type': mediaType, 'docker-content-digest': digest }, body: bytes };
};
