import type { Revision, Rollout } from '../deployment/observations.ts';
import { joined, partsOf } from '../deployment/parts.ts';
import type { Site } from '../deployment/settings.ts';

/** What is the same everywhere; `undefined`: it is not. */
const same = (values: readonly (string | undefined)[]): string | undefined => {
  const [first] = values;
  return values.every((value) => value === first) ? first : undefined;
};

/** What runs in several sites, as one revision: of one image where it is the same in all, else of one for each, by the site's name. */
export const wholeRevision = (revisions: ReadonlyMap<Site, Revision>): Revision => {
  const all = [...revisions.values()];
  const digest = same(all.map((revision) => revision.digest));
  const each = (member: 'id' | 'image') =>
    joined(new Map([...revisions].map(([{ name }, revision]) => [name, revision[member]])));
  return {
    id: each('id'),
    image: same(all.map(({ image }) => image)) ?? each('image'),
    ...(digest === undefined ? {} : { digest }),
  };
};

/** `app@sha256:…` */
const DIGEST = /@(sha256:[0-9a-f]{64})$/;

/** The site's part; its id is empty where the site was not there yet. */
export const partRevision = ({ id, image: images, digest: everywhere }: Revision, { name }: Site): Revision => {
  const image = partsOf(images).get(name) ?? images;
  const digest = everywhere ?? DIGEST.exec(image)?.[1];
  return { id: partsOf(id).get(name) ?? '', image, ...(digest === undefined ? {} : { digest }) };
};

/** The site's part; `undefined`: the rollout is not in this site. One without an id was found, and is everywhere. */
export const partRollout = (rollout: Rollout | undefined, site: Site): Rollout | undefined => {
  if (rollout === undefined) return undefined;
  const id = rollout.id === '' ? '' : partsOf(rollout.id).get(site.name);
  return id === undefined ? undefined : { ...rollout, id, revision: partRevision(rollout.revision, site) };
};
