import { joined, partsOf } from '../deployment/parts.ts';
import type { Revision, Rollout, Site } from '../deployment/types.ts';

/** What is the same everywhere; `undefined`: it is not. */
const same = (values: readonly (string | undefined)[]): string | undefined => {
  const [first] = values;
  return values.every((value) => value === first) ? first : undefined;
};

/** What runs in several sites, as one revision: of one image where it is the same in all. */
export const wholeRevision = (revisions: ReadonlyMap<Site, Revision>): Revision => {
  const all = [...revisions.values()];
  const digest = same(all.map((revision) => revision.digest));
  return {
    id: joined(new Map([...revisions].map(([{ name }, { id }]) => [name, id]))),
    image: [...new Set(all.map(({ image }) => image))].join(' '),
    ...(digest === undefined ? {} : { digest }),
  };
};

/** The site's part; its id is empty where the site was not there yet. */
export const partRevision = (revision: Revision, { name }: Site): Revision => ({
  ...revision,
  id: partsOf(revision.id).get(name) ?? '',
});

/** The site's part; `undefined`: the rollout is not in this site. One without an id was found, and is everywhere. */
export const partRollout = (rollout: Rollout | undefined, site: Site): Rollout | undefined => {
  if (rollout === undefined) return undefined;
  const id = rollout.id === '' ? '' : partsOf(rollout.id).get(site.name);
  return id === undefined ? undefined : { ...rollout, id, revision: partRevision(rollout.revision, site) };
};
