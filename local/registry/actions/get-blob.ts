import type { RegistryAction } from '../action.ts';
import { RegistryError } from '../errors.ts';
import { repositoryOf } from '../store.ts';

const RANGE = /^bytes=(\d+)-(\d*)$/;

/** "Pulling blobs"; a part of one by a single range of bytes (RFC 9110, "Range Requests"). */
export const getBlob: RegistryAction = (store, { repository, reference, headers }) => {
  const { blobs } = repositoryOf(store, repository);
  const bytes = blobs.has(reference) ? store.blobs.get(reference) : undefined;
  if (bytes === undefined) throw new RegistryError('BLOB_UNKNOWN', `${repository} has no blob ${reference}`);
  const kept = { 'content-type': 'application/octet-stream', 'docker-content-digest': reference, 'accept-ranges': 'bytes' };
  const range = RANGE.exec(headers['range'] ?? '');
  if (range === null) return { status: 200, headers: kept, body: bytes };
  const from = Number(range[1]);
  const to = Math.min(range[2] === '' ? bytes.length - 1 : Number(range[2]), bytes.length - 1);
  if (from > to) throw new RegistryError('BLOB_UPLOAD_INVALID', `${reference} has ${bytes.length} bytes`);
  return {
    status: 206,
    headers: { ...kept, 'content-range': `bytes ${from}-${to}/${bytes.length}` },
    body: bytes.subarray(from, to + 1),
  };
};
