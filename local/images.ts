import { digestOf } from './digest.ts';
import { behaviourOf } from './ecs/behaviour.ts';
import type { Images, LocalImage } from './ports.ts';

/** An entry of `local/images.json`. `platforms`: it is an index of so many images, all alike. */
interface Entry {
  readonly tags: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly platforms?: readonly string[];
  readonly status?: 'ACTIVE' | 'ARCHIVED';
}

export type ImageFile = Readonly<Record<string, readonly Entry[]>>;

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** There are no layers: an image is told apart by its repository, tags, labels and platform, which its config carries. */
const imageOf = (repository: string, entry: Entry, platform: string): Pick<LocalImage, 'manifest' | 'digest' | 'mediaType'> => {
  const [os, architecture] = platform.split('/');
  const config = JSON.stringify({
    os,
    architecture,
    config: { Labels: { ...entry.labels, repository, tag: entry.tags[0] } },
    rootfs: { type: 'layers', diff_ids: [] },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: CONFIG, digest: digestOf(config), size: config.length },
    layers: [{ mediaType: LAYER, digest: digestOf(`layer of ${config}`), size: 32 }],
  });
  return { manifest, digest: digestOf(manifest), mediaType: MANIFEST };
};

const read = (repository: string, entry: Entry, pushedAt: string): readonly LocalImage[] => {
  const shared = { repository, pushedAt, labels: entry.labels ?? {}, status: entry.status ?? 'ACTIVE' } as const;
  if (entry.platforms === undefined)
    return [{ ...shared, ...imageOf(repository, entry, 'linux/arm64'), tags: entry.tags, platforms: [] }];
  const children = entry.platforms.map((platform) => ({ platform, ...imageOf(repository, entry, platform) }));
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: children.map(({ platform, digest, manifest: text }) => {
      const [os, architecture] = platform.split('/');
      return { mediaType: MANIFEST, digest, size: text.length, platform: { os, architecture } };
    }),
  });
  const index: LocalImage = {
    ...shared,
    manifest,
    digest: digestOf(manifest),
    mediaType: INDEX,
    tags: entry.tags,
    platforms: children.map(({ digest }) => digest),
  };
  return [index, ...children.map(({ platform: _, ...image }): LocalImage => ({ ...shared, ...image, tags: [], platforms: [] }))];
};

const check = (file: ImageFile): void => {
  for (const [repository, entries] of Object.entries(file)) {
    const tags = entries.flatMap((entry) => entry.tags);
    const twice = tags.find((tag, index) => tags.indexOf(tag) !== index);
    if (twice !== undefined) throw new Error(`images: repository "${repository}" has the tag "${twice}" twice`);
    for (const entry of entries) {
      if (entry.tags.length === 0) throw new Error(`images: repository "${repository}" has an entry without tags`);
      try {
        behaviourOf(entry.labels ?? {}, 1);
      } catch (error) {
        throw new Error(`images: ${repository}:${entry.tags[0]}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
};

/** The images of a file like `local/images.json`. Throws one sentence that names the entry that is wrong. */
export const loadImages = (file: ImageFile, pushedAt = '2026-01-01T00:00:00.000Z'): Images => {
  check(file);
  const all = new Map(
    Object.entries(file).map(([repository, entries]) => [
      repository,
      entries.flatMap((entry) => read(repository, entry, pushedAt)),
    ]),
  );
  return {
    repositories: () => [...all.keys()],
    list: (repository) => all.get(repository),
    find: (repository, reference) =>
      all.get(repository)?.find(({ digest, tags }) => digest === reference || tags.includes(reference)),
  };
};
