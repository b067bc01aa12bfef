import type { Action } from '../../service.ts';
import { type EcrStore, imagesOf, onlyKnown, page } from '../store.ts';

export const listImages: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryName', 'nextToken', 'maxResults', 'filter'], 'ListImages');
  const tagStatus = (input['filter'] as { tagStatus?: string } | undefined)?.tagStatus ?? 'ANY';
  const ids = imagesOf(store, input).flatMap(({ digest, tags }) =>
    tags.length === 0 ? [{ imageDigest: digest }] : tags.map((imageTag) => ({ imageDigest: digest, imageTag })),
  );
  const fitting = ids.filter((id) => tagStatus === 'ANY' || (tagStatus === 'TAGGED') === 'imageTag' in id);
  const { items, next } = page(fitting, input);
  return { imageIds: items, ...next };
};
