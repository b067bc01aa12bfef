import { digestOf } from '../digest.ts';
import type { RegistryAnswer } from './action.ts';
import { RegistryError } from './errors.ts';
import { type PendingUpload, type RegistryStore, repositoryOf } from './store.ts';

const RANGE = /^(?:bytes )?(\d+)-(\d+)/;

/** A chunk has to begin where the last one ended ("Pushing a blob in chunks"). */
export const append = (upload: PendingUpload, contentRange: string | undefined, body: Buffer): void => {
  const range = RANGE.exec(contentRange ?? '');
  const wanted = range === null ? upload.size : Number(range[1]);
  const length = range === null ? body.length : Number(range[2]) - Number(range[1]) + 1;
  if (wanted !== upload.size || length !== body.length)
    throw new RegistryError(
      'BLOB_UPLOAD_INVALID',
      `the upload has ${upload.size} bytes, and the chunk is said to be ${contentRange}`,
    );
  if (body.length > 0) upload.parts.push(body);
  upload.size += body.length;
};

/** Where an upload stands. */
export const standing = (repository: string, id: string, { size }: PendingUpload, status: 202 | 204): RegistryAnswer => ({
  status,
  headers: {
    location: `/v2/${repository}/blobs/uploads/${id}`,
    'docker-upload-uuid': id,
    range: `0-${Math.max(0, size - 1)}`,
  },
});

/** What was uploaded is kept if it is what the digest says. */
export const keep = (store: RegistryStore, repository: string, digest: string, bytes: Buffer): RegistryAnswer => {
  const { blobs } = repositoryOf(store, repository);
  const found = digestOf(bytes);
  if (found !== digest) throw new RegistryError('DIGEST_INVALID', `what was uploaded is ${found}, and not ${digest}`);
  if (!store.blobs.has(digest)) store.blobs.set(digest, bytes);
  blobs.add(digest);
  return created(repository, digest);
};

export const created = (repository: string, digest: string): RegistryAnswer => ({
  status: 201,
  headers: { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest },
});
