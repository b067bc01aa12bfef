import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OCI_INDEX, type TestBlob, type TestManifest } from './images.ts';

/** Writes an image as a folder that skopeo reads as `oci:<folder>:<name>` (OCI image specification, "Image Layout"). */
export const writeLayout = (folder: string, name: string, parts: readonly TestBlob[], root: TestManifest): void => {
  const blobs = join(folder, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  for (const { digest, bytes } of [...parts, root]) writeFileSync(join(blobs, digest.slice('sha256:'.length)), bytes);
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const { mediaType, digest, bytes } = root;
  const annotations = { 'org.opencontainers.image.ref.name': name };
  const manifests = [{ mediaType, digest, size: bytes.length, annotations }];
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
};
