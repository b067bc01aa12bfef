import type { Folder, S3Calls } from './calls.ts';

/** What a version of the function brought, and where from: kept beside the files, so that they can be brought again, and removed. */
export interface FileRecord {
  readonly from: Folder;
  readonly keys: readonly string[];
  /** When another version took its place; milliseconds since the epoch. */
  readonly replacedAt?: number;
}

/** Where the files themselves are never. */
const FOLDER = '.switchyard/';

/** What is no file of the team's. */
export const isRecord = (key: string): boolean => key.startsWith(FOLDER);

/** By the digest that runs. */
const keyOf = (digest: string): string => `${digest.replace('sha256:', '')}.json`;

/** The records of the files that are served from a folder, by the digests that they came with. */
export const recordsIn = (calls: S3Calls, to: Folder, of: string) => {
  const folder: Folder = { ...to, prefix: `${to.prefix}${FOLDER}${of}/` };
  const read = async (digest: string): Promise<FileRecord | undefined> => {
    const text = await calls.read(folder, keyOf(digest));
    return text === undefined ? undefined : JSON.parse(text);
  };
  return {
    read,
    write: (digest: string, record: FileRecord): Promise<void> => calls.write(folder, keyOf(digest), JSON.stringify(record)),
    remove: (digests: readonly string[]): Promise<void> => calls.remove(folder, digests.map(keyOf)),
    /** All of them. A call for each. */
    all: async (): Promise<ReadonlyMap<string, FileRecord>> => {
      const found = new Map<string, FileRecord>();
      for (const key of (await calls.list(folder)).keys()) {
        const digest = /^([0-9a-f]{64})\.json$/.exec(key)?.[1];
        const record = digest === undefined ? undefined : await read(digest);
        if (digest !== undefined && record !== undefined) found.set(`sha256:${digest}`, record);
      }
      return found;
    },
    /** Where files are kept that were there before anything was copied. */
    kept: (digest: string): Folder => ({ ...to, prefix: `${folder.prefix}${digest.replace('sha256:', '')}/` }),
  };
};
