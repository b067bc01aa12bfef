import type { RegistryAction } from '../action.ts';
import { repositoryOf } from '../store.ts';
import { created, keep, standing } from '../uploads.ts';

/** "Pushing a blob": by a session, in one request with `digest`, or by mounting it from another repository. */
export const beginUpload: RegistryAction = (store, { repository, query, body }) => {
  const { blobs } = repositoryOf(store, repository);
  const [mount, from, digest] = [query.get('mount'), query.get('from'), query.get('digest')];
  if (store.mounting.enabled && mount !== null && from !== null && store.repositories.get(from)?.blobs.has(mount) === true) {
    blobs.add(mount);
    return created(repository, mount);
  }
  if (digest !== null) return keep(store, repository, digest, body);
  const id = store.newId();
  const upload = { repository, parts: [], size: 0 };
  store.uploads.set(id, upload);
  return standing(repository, id, upload, 202);
};
