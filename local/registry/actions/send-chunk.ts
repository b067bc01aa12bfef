import type { RegistryAction } from '../action.ts';
import { uploadOf } from '../store.ts';
import { append, standing } from '../uploads.ts';

/** "Pushing a blob in chunks". */
export const sendChunk: RegistryAction = (store, { repository, reference, headers, body }) => {
  const upload = uploadOf(store, repository, reference);
  append(upload, headers['content-range'], body);
  return standing(repository, reference, upload, 202);
};
