import { createHash, randomBytes } from 'node:crypto';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** By the requests that any client makes, and not by the code that is measured. Answers the descriptor. */
const pushBlob = async (address: string, repository: string, bytes: Buffer): Promise<{ digest: string; size: number }> => {
  const digest = digestOf(bytes);
  const begun = await fetch(`${address}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const location = new URL(begun.headers.get('location') ?? '', address);
  location.searchParams.set('digest', digest);
  const { status } = await fetch(location, { method: 'PUT', body: new Uint8Array(bytes) });
  if (status !== 201) throw new Error(`the registry answers ${status} to a layer`);
  return { digest, size: bytes.length };
};

const pushManifest = async (address: string, repository: string, reference: string, mediaType: string, body: object) => {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...body }));
  const name = reference === '' ? digestOf(bytes) : reference;
  const url = `${address}/v2/${repository}/manifests/${name}`;
  const { status } = await fetch(url, { method: 'PUT', headers: { 'content-type': mediaType }, body: new Uint8Array(bytes) });
  if (status !== 201) throw new Error(`the registry answers ${status} to a manifest`);
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
};

/** Layers of random bytes, which no packing makes smaller; they say that they are packed, so that nobody tries. */
const pushPlatform = async (
  address: string,
  repository: string,
  architecture: string,
  layers: number,
  size: number,
  tag: string,
) => {
  const config = Buffer.from(JSON.stringify({ os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: [] } }));
  const parts = [];
  for (let index = 0; index < layers; index += 1) {
    const bytes = randomBytes(size);
    // The first bytes of gzip: skopeo packs what is not.
    bytes.set([0x1f, 0x8b, 0x08, 0]);
    parts.push({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...(await pushBlob(address, repository, bytes)) });
  }
  const described = { mediaType: 'application/vnd.oci.image.config.v1+json', ...(await pushBlob(address, repository, config)) };
  return pushManifest(address, repository, tag, MANIFEST, { config: described, layers: parts });
};

/** 1 GB in twelve layers. */
export const pushLarge = async (address: string): Promise<void> => {
  await pushPlatform(address, 'large', 'amd64', 12, Math.round(1e9 / 12), 'v1');
};

/** An index of three platforms with fifty layers of 20 kB each. */
export const pushMany = async (address: string): Promise<void> => {
  const manifests = [];
  for (const architecture of ['amd64', 'arm64', 's390x']) {
    const described = await pushPlatform(address, 'many', architecture, 50, 20_000, '');
    manifests.push({ ...described, platform: { os: 'linux', architecture } });
  }
  await pushManifest(address, 'many', 'v1', INDEX, { manifests });
};
