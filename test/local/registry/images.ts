import { createHash } from 'node:crypto';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

export const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export interface TestBlob {
  readonly digest: string;
  readonly bytes: Buffer;
}

export interface TestManifest extends TestBlob {
  readonly mediaType: string;
}

const blob = (bytes: Buffer): TestBlob => ({ digest: sha256(bytes), bytes });

/** Bytes that differ by their name, and are the same each time. */
export const layer = (name: string, size: number): TestBlob => {
  const parts: Buffer[] = [];
  for (let length = 0, index = 0; length < size; index += 1) {
    const part = createHash('sha512').update(`${name} ${index}`).digest();
    parts.push(part);
    length += part.length;
  }
  return blob(Buffer.concat(parts).subarray(0, size));
};

const descriptor = (mediaType: string, { digest, bytes }: TestBlob, more: object = {}) => ({
  mediaType,
  digest,
  size: bytes.length,
  ...more,
});

const manifest = (mediaType: string, body: object): TestManifest => ({
  mediaType,
  ...blob(Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...body }))),
});

/** An image of these layers. `subject`: what it is attached to. */
export const image = (layers: readonly TestBlob[], architecture = 'amd64', subject?: TestManifest) => {
  const config = blob(Buffer.from(JSON.stringify({ os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: [] } })));
  const body = {
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map((one) => descriptor('application/vnd.oci.image.layer.v1.tar+gzip', one)),
    ...(subject === undefined ? {} : { subject: descriptor(subject.mediaType, subject) }),
  };
  return { manifest: manifest(OCI_MANIFEST, body), blobs: [config, ...layers] };
};

export const index = (images: readonly TestManifest[]): TestManifest =>
  manifest(OCI_INDEX, {
    manifests: images.map((one, number) =>
      descriptor(one.mediaType, one, { platform: { os: 'linux', architecture: ['amd64', 'arm64', 's390x'][number] } }),
    ),
  });
