import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import type { Blobs } from '../registry/store.ts';
import { bodiesIn, type KeptBodies } from '../s3/bodies.ts';

/** What one step of the cloud has changed: parts that are kept whole, and items of tables one by one. */
export interface Frame {
  readonly parts: Readonly<Record<string, Uint8Array>>;
  /** Table, key and item, the last two as JSON; without an item it is gone. */
  readonly items: readonly (readonly [table: string, key: string, item: string | undefined])[];
}

/** What a folder holds. */
export interface Kept {
  readonly parts: ReadonlyMap<string, Uint8Array>;
  /** Items as JSON, by table and by key. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export interface Journal {
  readonly kept: Kept;
  /** Written when it returns: whoever is answered afterwards finds it again, even if this process is killed. */
  readonly append: (frame: Frame) => void;
  /** What the registry keeps, in files of the same folder. */
  readonly blobs: Blobs;
  /** What S3's objects hold, in other files of the same folder. */
  readonly bodies: KeptBodies;
  readonly close: () => void;
}

const FORMAT = 'switchyard data 1\n';
const HEADER_BYTES = 8;

/** The journal is written anew, with what is kept alone, when it has grown by this much. */
const MOST_BYTES = 64 * 1024 * 1024;

const framed = (frame: Frame): Buffer => {
  const body = serialize(frame);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(body.length, 0);
  header.writeUInt32LE(crc32(body), 4);
  return Buffer.concat([header, body]);
};

/** The frames that are whole, and where the last of them ends: a process that is killed may leave half of one. */
const framesOf = (bytes: Buffer): { readonly frames: readonly Frame[]; readonly end: number } => {
  const frames: Frame[] = [];
  let end = FORMAT.length;
  while (end + HEADER_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(end);
    const body = bytes.subarray(end + HEADER_BYTES, end + HEADER_BYTES + length);
    if (body.length < length || crc32(body) !== bytes.readUInt32LE(end + 4)) break;
    frames.push(deserialize(body));
    end += HEADER_BYTES + length;
  }
  return { frames, end };
};

const fold = (frames: readonly Frame[]): { parts: Map<string, Uint8Array>; tables: Map<string, Map<string, string>> } => {
  const parts = new Map<string, Uint8Array>();
  const tables = new Map<string, Map<string, string>>();
  for (const frame of frames) apply({ parts, tables }, frame);
  return { parts, tables };
};

const apply = (kept: ReturnType<typeof fold>, { parts, items }: Frame): void => {
  for (const [name, part] of Object.entries(parts)) kept.parts.set(name, part);
  for (const [table, key, item] of items) {
    const known = kept.tables.get(table) ?? new Map<string, string>();
    kept.tables.set(table, known);
    if (item === undefined) known.delete(key);
    else known.set(key, item);
  }
};

const whole = ({ parts, tables }: Kept): Frame => ({
  parts: Object.fromEntries(parts),
  items: [...tables].flatMap(([table, items]) => [...items].map(([key, item]) => [table, key, item] as const)),
});

/**
 * Opens a folder in which a cloud keeps everything, or makes it. Throws, in one sentence, for a folder of another format and for one
 * that another process uses.
 */
export const openJournal = (folder: string): Journal => {
  mkdirSync(folder, { recursive: true });
  const release = lock(folder);
  const file = join(folder, 'journal');
  const kept = existsSync(file) ? read(file) : fold([]);
  let size = rewrite(file, kept);
  return {
    kept,
    append(frame) {
      apply(kept, frame);
      const bytes = framed(frame);
      appendFileSync(file, bytes);
      size += bytes.length;
      if (size > MOST_BYTES) size = rewrite(file, kept);
    },
    blobs: blobFiles(join(folder, 'blobs')),
    bodies: bodiesIn(join(folder, 'objects')),
    close: release,
  };
};

/** One file for each digest, in its place in one step. */
const blobFiles = (folder: string): Blobs => {
  mkdirSync(folder, { recursive: true });
  const fileOf = (digest: string) => join(folder, digest.replace('sha256:', ''));
  return {
    has: (digest) => existsSync(fileOf(digest)),
    get: (digest) => (existsSync(fileOf(digest)) ? readFileSync(fileOf(digest)) : undefined),
    set(digest, bytes) {
      writeFileSync(`${fileOf(digest)}.new`, bytes);
      renameSync(`${fileOf(digest)}.new`, fileOf(digest));
    },
  };
};

const read = (file: string): ReturnType<typeof fold> => {
  const bytes = readFileSync(file);
  if (bytes.length > 0 && !bytes.subarray(0, FORMAT.length).equals(Buffer.from(FORMAT)))
    throw new Error(`${file} is not what this version writes: give --data another folder, or an empty one`);
  const { frames, end } = framesOf(bytes);
  if (end < bytes.length) truncateSync(file, end);
  return fold(frames);
};

/** Beside it first, and then in its place in one step. Answers the file's size. */
const rewrite = (file: string, kept: Kept): number => {
  const bytes = Buffer.concat([Buffer.from(FORMAT), framed(whole(kept))]);
  writeFileSync(`${file}.new`, bytes);
  renameSync(`${file}.new`, file);
  return 0;
};

const lock = (folder: string): (() => void) => {
  const file = join(folder, 'lock');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (pid > 0 && pid !== process.pid && isAlive(pid))
    throw new Error(
      `the folder ${folder} is in use by another local cloud (process ${pid}): end that one, or give --data another folder`,
    );
  const handle = openSync(file, 'w');
  writeFileSync(handle, String(process.pid));
  closeSync(handle);
  return () => rmSync(file, { force: true });
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
