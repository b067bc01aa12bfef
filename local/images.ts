import { gzipSync } from 'node:zlib';
import { digestOf } from './digest.ts';
import { behaviourOf } from './ecs/behaviour.ts';

/** An entry of `local/images.json`. `platforms`: it is an index of so many images, all alike. */
interface Entry {
  readonly tags: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly platforms?: readonly string[];
}

/** By repository. */
export type ImageFile = Readonly<Record<string, readonly Entry[]>>;

/** One request of the OCI distribution specification. */
export interface RegistryPush {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends it to a registry, and answers its status and what it said. */
export type SendPush = (push: RegistryPush) => Promise<{ readonly status: number; readonly body: string }>;

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** The end of an archive alone: a layer that adds nothing. */
const TAR = Buffer.alloc(1024);
const EMPTY = gzipSync(TAR);

/** An image is told apart by its repository, tags, labels and platform, which its config carries. */
const imageOf = (repository: string, entry: Entry, platform: string) => {
  const [os, architecture] = platform.split('/');
  const config = Buffer.from(
    JSON.stringify({
      os,
      architecture,
      config: { Labels: { ...entry.labels, repository, tag: entry.tags[0] } },
      rootfs: { type: 'layers', diff_ids: [digestOf(TAR)] },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: CONFIG, digest: digestOf(config), size: config.length },
      layers: [{ mediaType: LAYER, digest: digestOf(EMPTY), size: EMPTY.length }],
    }),
  );
  return { platform: { os, architecture }, config, manifest };
};

const blob = (repository: string, body: Buffer): RegistryPush => ({
  method: 'POST',
  path: `/v2/${repository}/blobs/uploads/?digest=${digestOf(body)}`,
  headers: { 'content-type': 'application/octet-stream' },
  body,
});

const manifest = (repository: string, reference: string, mediaType: string, body: Buffer): RegistryPush => ({
  method: 'PUT',
  path: `/v2/${repository}/manifests/${reference}`,
  headers: { 'content-type': mediaType },
  body,
});

/** Parts first, then what names them, then the tags. */
const pushesOf = (repository: string, entry: Entry): readonly RegistryPush[] => {
  const children = (entry.platforms ?? ['linux/arm64']).map((platform) => imageOf(repository, entry, platform));
  const configs = children.map(({ config }) => blob(repository, config));
  const [only] = children;
  if (entry.platforms === undefined && only !== undefined)
    return [...configs, ...entry.tags.map((tag) => manifest(repository, tag, MANIFEST, only.manifest))];
  const index = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: children.map(({ platform, manifest: bytes }) => ({
        mediaType: MANIFEST,
        digest: digestOf(bytes),
        size: bytes.length,
        platform,
      })),
    }),
  );
  return [
    ...configs,
    ...children.map(({ manifest: bytes }) => manifest(repository, digestOf(bytes), MANIFEST, bytes)),
    ...entry.tags.map((tag) => manifest(repository, tag, INDEX, index)),
  ];
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

/**
 * Pushes the images of a file like `local/images.json` to repositories that are there. Throws one sentence that names the entry that is
 * wrong, or what the registry said.
 */
export const pushImages = async (file: ImageFile, send: SendPush): Promise<void> => {
  check(file);
  for (const [repository, entries] of Object.entries(file)) {
    for (const push of [blob(repository, EMPTY), ...entries.flatMap((entry) => pushesOf(repository, entry))]) {
      const { status, body } = await send(push);
      if (status !== 201) throw new Error(`images: the registry answers ${status} to ${push.method} ${push.path}: ${body}`);
    }
  }
};
