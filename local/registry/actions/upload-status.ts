import type { RegistryAction } from '../action.ts';
import { uploadOf } from '../store.ts';
import { standing } from '../uploads.ts';

/** "Pushing a blob in chunks": where to go on after a break. */
export const uploadStatus: RegistryAction = (store, { repository, reference }) =>
  standing(repository, reference, uploadOf(store, repository, reference), 204);
