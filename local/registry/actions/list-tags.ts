import type { RegistryAction } from '../action.ts';
import { repositoryOf } from '../store.ts';

/** "Listing Tags": in lexical order, after `last`, `n` at most. */
export const listTags: RegistryAction = (store, { repository, query }) => {
  const { tags: known } = repositoryOf(store, repository);
  const [last, most] = [query.get('last') ?? '', Number(query.get('n') ?? Number.POSITIVE_INFINITY)];
  const after = [...known.keys()].toSorted().filter((tag) => tag > last);
  const tags = after.slice(0, most);
  const next =
    tags.length < after.length ? { link: `</v2/${repository}/tags/list?n=${most}&last=${tags.at(-1)}>; rel="next"` } : {};
  const body = Buffer.from(JSON.stringify({ name: repository, tags }));
  return { status: 200, headers: { 'content-type': 'application/json', ...next }, body };
};
