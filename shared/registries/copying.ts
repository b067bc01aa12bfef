import { createHash, type Hash } from 'node:crypto';
import type { Upload } from './blob-client.ts';
import type { RegistryClient } from './client.ts';
import { type Descriptor, type Manifest, partsOf } from './manifest.ts';
import { CopyRefusal } from './refusal.ts';
import { RegistryTrouble } from './transport.ts';

/** A repository of a registry. */
export interface Place {
  readonly registry: RegistryClient;
  readonly repository: string;
}

export interface CopyRequest {
  /** By tag or digest. */
  readonly from: Place & { readonly reference: string };
  /** The tag is moved last, when everything else is there. */
  readonly to: Place & { readonly tag: string };
  /** What an earlier run has left to do. */
  readonly progress?: CopyProgress;
}

/** Uploads that have begun, by digest. What has arrived whole is found by asking. */
export interface CopyProgress {
  readonly uploads: Readonly<Record<string, Upload>>;
}

export interface CopyOptions {
  /** Milliseconds since the epoch: no part is begun, and no chunk sent, from then on. */
  readonly until: number;
  readonly now: () => number;
  /** After each chunk. Whoever keeps it loses one chunk at most when the process dies. */
  readonly save?: (progress: CopyProgress) => Promise<void>;
}

/** Bytes of layers and configs, by how they came there. */
export interface CopiedBytes {
  readonly moved: number;
  readonly mounted: number;
  readonly already: number;
}

export type Copied =
  | { readonly done: true; readonly digest: string; readonly bytes: CopiedBytes; readonly referrers: number }
  /** The time is over; the next run goes on with `progress`. */
  | { readonly done: false; readonly digest: string; readonly bytes: CopiedBytes; readonly progress: CopyProgress };

/** Of a blob, sent at once; a memory of this size for each blob under way. */
const CHUNK = 5 * 1024 * 1024;

/** Blobs under way at once: small ones wait for answers most of the time, large ones need a chunk of memory each, and its copy on the way. */
const AT_ONCE = { small: 6, large: 3 };

/** A read that ends early is taken up again where it ended, so often in a row without a byte in between. */
const MOST_READS = 3;

/** More than any image has; a tree that lists more is not walked. */
const MOST_MANIFESTS = 1000;

/** Signatures and attestations by cosign, where it uses no referrers (cosign, "Signature spec": tags by the digest that is signed). */
const SIGNATURE_TAGS = ['.sig', '.att', '.sbom'];

class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

const tagOf = (digest: string): string => digest.replace(':', '-');

/**
 * Copies an image byte for byte: every platform, children before their index, what is attached to it, and the tag last. It may be called again
 * after any end, and moves only what is missing. Throws `CopyRefusal` where the answer is no, anything else where it may be another one later.
 */
export const copyImage = async ({ from, to, progress }: CopyRequest, options: CopyOptions): Promise<Copied> => {
  const name = `${from.registry.host}/${from.repository}`;
  const root = await from.registry.getManifest(from.repository, from.reference);
  if (root === undefined)
    throw new CopyRefusal('image-not-found', `${name} has no image ${from.reference}; push it, or correct its name`);
  const work = beginWork(from, to, progress, options);
  try {
    const referrers = await copyTagged(work, root);
    return { done: true, digest: root.digest, bytes: work.bytes(), referrers };
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error;
    return { done: false, digest: root.digest, bytes: work.bytes(), progress: work.progress() };
  }
};

/** What one run knows. */
const beginWork = (from: Place, to: CopyRequest['to'], progress: CopyProgress | undefined, options: CopyOptions) => {
  const uploads = new Map<string, Upload>(Object.entries(progress?.uploads ?? {}));
  const counted = { moved: 0, mounted: 0, already: 0 };
  const there = new Set<string>();
  return {
    from,
    to,
    uploads,
    counted,
    /** Digests of blobs that this run has seen to. */
    there,
    bytes: (): CopiedBytes => ({ ...counted }),
    progress: (): CopyProgress => ({ uploads: Object.fromEntries(uploads) }),
    requireTime: (): void => {
      if (options.now() >= options.until) throw new OutOfTime();
    },
    save: async (): Promise<void> => options.save?.({ uploads: Object.fromEntries(uploads) }),
  };
};

type Work = ReturnType<typeof beginWork>;

/** The tag moves when everything it means is there. Answers how many attached manifests came along. */
const copyTagged = async (work: Work, root: Manifest): Promise<number> => {
  const { to } = work;
  if ((await to.registry.headManifest(to.repository, to.tag)) === root.digest) return copyReferrers(work, root, false);
  await copyTree(work, root);
  const referrers = await copyReferrers(work, root, true);
  await to.registry.putManifest(to.repository, to.tag, root);
  return referrers;
};

/** The manifest and all that it consists of; not if it is there, since a registry takes no manifest without its parts. */
const copyTree = async (work: Work, root: Manifest): Promise<void> => {
  const { from, to } = work;
  if ((await to.registry.headManifest(to.repository, root.digest)) !== undefined) return;
  const { manifests, blobs } = partsOf(root);
  if (manifests.length > MOST_MANIFESTS)
    throw new CopyRefusal(
      'manifest-invalid',
      `index ${root.digest} lists ${manifests.length} manifests, more than any image has`,
    );
  for (const { digest } of manifests) {
    const child = await from.registry.getManifest(from.repository, digest);
    if (child === undefined)
      throw new CopyRefusal(
        'part-missing',
        `${from.registry.host}/${from.repository} does not have ${digest}, which index ${root.digest} lists; push the image again`,
      );
    await copyTree(work, child);
  }
  await inParallel(blobs, (blob) => copyBlob(work, blob));
  work.requireTime();
  await to.registry.putManifest(to.repository, root.digest, root);
};

/** A few at once; the first that fails ends the others when they have come to their next step. */
const inParallel = async (all: readonly Descriptor[], what: (one: Descriptor) => Promise<void>): Promise<void> => {
  const atOnce = all.some(({ size }) => size > CHUNK) ? AT_ONCE.large : AT_ONCE.small;
  const left = [...all];
  const failures: unknown[] = [];
  const run = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined && failures.length === 0; next = left.shift())
      await what(next).catch((error: unknown) => void failures.push(error));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, run));
  if (failures.length > 0) throw failures.find((error) => !(error instanceof OutOfTime)) ?? failures[0];
};

const copyBlob = async (work: Work, blob: Descriptor): Promise<void> => {
  const { from, to, uploads, counted, there } = work;
  const { digest, size } = blob;
  if (there.has(digest)) return;
  there.add(digest);
  work.requireTime();
  const begun = uploads.get(digest);
  const resumed = begun === undefined ? undefined : await to.registry.resumeUpload(to.repository, begun);
  // An upload that is not known any more may have come to its end before anybody could say so.
  if (resumed === undefined && (await to.registry.hasBlob(to.repository, digest))) {
    counted.already += size;
    uploads.delete(digest);
    return;
  }
  const isNear = from.registry.host === to.registry.host && from.repository !== to.repository;
  const upload =
    resumed ?? (await to.registry.beginUpload(to.repository, isNear ? { digest, from: from.repository } : undefined));
  if (upload === 'mounted') counted.mounted += size;
  else await transfer(work, blob, upload);
  uploads.delete(digest);
};

/** From where the upload stands to its end, in chunks. A source that ends early is read again from there. */
const transfer = async (work: Work, { digest, size }: Descriptor, begun: Upload): Promise<void> => {
  const { from, to, uploads, counted } = work;
  // What an earlier run has sent is known to the registry alone, which compares the whole with the digest.
  const hash = begun.offset === 0 ? createHash('sha256') : undefined;
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, size - begun.offset)));
  let upload = begun;
  let filled = 0;
  let reads = 0;
  const flush = async (): Promise<void> => {
    upload = await to.registry.sendChunk(to.repository, upload, chunk.subarray(0, filled));
    counted.moved += filled;
    filled = 0;
    uploads.set(digest, upload);
    await work.save();
    work.requireTime();
  };
  while (upload.offset + filled < size) {
    const before = upload.offset + filled;
    for await (const part of partsFrom(await from.registry.readBlob(from.repository, digest, before))) {
      requireRoom(digest, size, upload.offset + filled + part.length);
      hash?.update(part);
      for (let taken = 0; taken < part.length; ) {
        const more = part.subarray(taken, taken + chunk.length - filled);
        chunk.set(more, filled);
        filled += more.length;
        taken += more.length;
        if (filled === chunk.length && upload.offset + filled < size) await flush();
      }
    }
    reads = upload.offset + filled > before ? 0 : reads + 1;
    if (reads === MOST_READS) throw new RegistryTrouble(`${from.registry.host} ends ${digest} after ${before} of ${size} bytes`);
  }
  requireDigest(from, digest, hash);
  await to.registry.finishUpload(to.repository, upload, digest, filled === 0 ? undefined : chunk.subarray(0, filled));
  counted.moved += filled;
};

/** A connection that breaks ends the stream like any other end: how much came decides what is read next. */
async function* partsFrom(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const next = await reader.read().catch(() => undefined);
      if (next === undefined || next.done) return;
      yield next.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

const requireRoom = (digest: string, size: number, sofar: number): void => {
  if (sofar > size)
    throw new CopyRefusal(
      'digest-mismatch',
      `${digest} has more than the ${size} bytes that its manifest says; push the image again`,
    );
};

const requireDigest = ({ registry, repository }: Place, digest: string, hash: Hash | undefined): void => {
  const read = hash === undefined ? digest : `sha256:${hash.digest('hex')}`;
  if (read !== digest)
    throw new CopyRefusal(
      'digest-mismatch',
      `${registry.host} handed out ${read} for ${digest} of ${repository}; push the image again`,
    );
};

/** Signatures, attestations and whatever else says that it belongs to the manifest. `first`: cosign's tags are looked for too. */
const copyReferrers = async (work: Work, subject: Manifest, first: boolean): Promise<number> => {
  const { from, to } = work;
  const fallback = tagOf(subject.digest);
  const list =
    (await from.registry.referrers(from.repository, subject.digest)) ??
    (await from.registry.getManifest(from.repository, fallback));
  const attached = list === undefined ? [] : partsOf(list).manifests;
  let listed = true;
  for (const { digest } of attached) {
    const manifest = await from.registry.getManifest(from.repository, digest);
    if (manifest === undefined || (await to.registry.headManifest(to.repository, digest)) !== undefined) continue;
    await inParallel(partsOf(manifest).blobs, (blob) => copyBlob(work, blob));
    listed = (await to.registry.putManifest(to.repository, digest, manifest)).subject && listed;
  }
  // A registry that keeps no such list is told by a tag (OCI distribution specification, "Referrers Tag Schema").
  if (!listed && list !== undefined) await to.registry.putManifest(to.repository, fallback, list);
  return attached.length + (first ? await copySignatureTags(work, fallback) : 0);
};

const copySignatureTags = async (work: Work, prefix: string): Promise<number> => {
  const { from, to } = work;
  let copied = 0;
  for (const suffix of SIGNATURE_TAGS) {
    const manifest = await from.registry.getManifest(from.repository, `${prefix}${suffix}`);
    if (manifest === undefined) continue;
    await copyTree(work, manifest);
    await to.registry.putManifest(to.repository, `${prefix}${suffix}`, manifest);
    copied += 1;
  }
  return copied;
};
