import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../digest.ts';

/** Bytes that are kept once and never change. */
export interface Segment {
  readonly digest: string;
  readonly size: number;
  /** The bytes themselves, where no folder has them. */
  readonly bytes?: Buffer;
}

/** Where the bodies of objects are: in memory with whoever refers to them, or in files. */
export interface Bodies {
  readonly keep: (bytes: Buffer) => Segment;
  /** From `from` up to `to`, which is not in it. */
  readonly read: (segment: Segment, from: number, to: number) => Buffer;
}

/** Bodies that outlive the process. */
export interface KeptBodies extends Bodies {
  /** Deletes what nobody refers to any more. Only before anything is kept anew. */
  readonly sweep: (used: ReadonlySet<string>) => void;
}

export const bodiesInMemory: Bodies = {
  keep: (bytes) => ({ digest: digestOf(bytes), size: bytes.byteLength, bytes }),
  read: ({ bytes }, from, to) => {
    if (bytes === undefined) throw new Error('a body of memory has its bytes with it');
    return bytes.subarray(from, to);
  },
};

/** One file for each digest, in its place in one step. A part of a body is read without the rest of it. */
export const bodiesIn = (folder: string): KeptBodies => {
  mkdirSync(folder, { recursive: true });
  const fileOf = (digest: string) => join(folder, digest.replace('sha256:', ''));
  return {
    keep(bytes) {
      const digest = digestOf(bytes);
      if (!existsSync(fileOf(digest))) {
        writeFileSync(`${fileOf(digest)}.new`, bytes);
        renameSync(`${fileOf(digest)}.new`, fileOf(digest));
      }
      return { digest, size: bytes.byteLength };
    },
    read: ({ digest }, from, to) => readPart(fileOf(digest), from, to),
    sweep(used) {
      const kept = new Set([...used].map((digest) => digest.replace('sha256:', '')));
      for (const name of readdirSync(folder)) if (!kept.has(name)) rmSync(join(folder, name));
    },
  };
};

const readPart = (file: string, from: number, to: number): Buffer => {
  const bytes = Buffer.alloc(to - from);
  const handle = openSync(file, 'r');
  try {
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(handle, bytes, at, bytes.length - at, from + at);
      if (read === 0) throw new Error(`${file} is shorter than it was`);
      at += read;
    }
    return bytes;
  } finally {
    closeSync(handle);
  }
};

/** The bytes from `from` up to `to` of segments one after another. */
export const readSegments = (bodies: Bodies, segments: readonly Segment[], from: number, to: number): Buffer => {
  const pieces: Buffer[] = [];
  let start = 0;
  for (const segment of segments) {
    const [first, last] = [Math.max(from - start, 0), Math.min(to - start, segment.size)];
    if (first < last) pieces.push(bodies.read(segment, first, last));
    start += segment.size;
  }
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
};
