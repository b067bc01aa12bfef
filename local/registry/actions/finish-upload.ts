import type { RegistryAction } from '../action.ts';
import { RegistryError } from '../errors.ts';
import { uploadOf } from '../store.ts';
import { append, keep } from '../uploads.ts';

/** The end of a session, with its last bytes or without. What is not what its digest says has to be sent again. */
export const finishUpload: RegistryAction = (store, { repository, reference, query, headers, body }) => {
  const upload = uploadOf(store, repository, reference);
  const digest = query.get('digest');
  if (digest === null) throw new RegistryError('DIGEST_INVALID', 'an upload ends with its digest');
  append(upload, headers['content-range'], body);
  store.uploads.delete(reference);
  return keep(store, repository, digest, Buffer.concat(upload.parts));
};
