import type { Images } from '../ports.ts';

/** Which image of a repository each tag names by now, where somebody has moved it. */
export type MovedTags = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Images whose tags can be moved. */
export interface TaggedImages extends Images {
  /** From now on the tag names the image with this digest, and no other. */
  readonly move: (repository: string, tag: string, digest: string) => void;
  readonly moved: () => MovedTags;
  /** Instead of all that was moved. */
  readonly replace: (moved: MovedTags) => void;
}

/** The images there are, under the tags that they have by now. */
export const movableTags = (images: Images): TaggedImages => {
  let moved: MovedTags = new Map();
  const list: Images['list'] = (repository) => {
    const tags = moved.get(repository);
    const all = images.list(repository);
    if (tags === undefined) return all;
    return all?.map((image) => {
      const kept = image.tags.filter((tag) => !tags.has(tag));
      const gained = [...tags].flatMap(([tag, digest]) => (digest === image.digest ? [tag] : []));
      return { ...image, tags: [...kept, ...gained] };
    });
  };
  return {
    repositories: images.repositories,
    list,
    find(repository, reference) {
      if (!moved.has(repository)) return images.find(repository, reference);
      return list(repository)?.find(({ digest, tags }) => digest === reference || tags.includes(reference));
    },
    move(repository, tag, digest) {
      moved = new Map([...moved, [repository, new Map([...(moved.get(repository) ?? []), [tag, digest]])]]);
    },
    moved: () => moved,
    replace: (other) => {
      moved = other;
    },
  };
};
