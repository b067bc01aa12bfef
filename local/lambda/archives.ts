import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Blobs } from '../registry/store.ts';
import type { FunctionConfiguration } from './configuration.ts';
import type { LoadedFunction } from './loader.ts';

/** `sha256:…` of an archive, from what Lambda calls it by. */
export const archiveDigest = (codeSha256: string): string => `sha256:${Buffer.from(codeSha256, 'base64').toString('hex')}`;

/** Where an archive is on this machine: named after its content, so that the same code is one file. */
export const archiveFile = (codeSha256: string): string =>
  join(tmpdir(), `switchyard-${archiveDigest(codeSha256).slice('sha256:'.length, 'sha256:'.length + 24)}.zip`);

/**
 * Puts an archive where it is run from; answers the file. It is there whole or not at all, though several clouds of this machine put the same one
 * there. At once, so that calls end in the order in which they came.
 */
export const writeArchive = (codeSha256: string, bytes: Buffer): string => {
  const file = archiveFile(codeSha256);
  if (existsSync(file)) return file;
  const partial = `${file}.${randomUUID()}`;
  writeFileSync(partial, bytes);
  renameSync(partial, file);
  return file;
};

/** Puts a kept archive where it is run from. Throws where the folder that it was kept in has lost it. */
export const restoreArchive = (blobs: Blobs | undefined, { name, codeSha256 = '' }: FunctionConfiguration): string => {
  const file = archiveFile(codeSha256);
  if (existsSync(file)) return file;
  const bytes = blobs?.get(archiveDigest(codeSha256));
  if (bytes === undefined)
    throw new Error(`the code of function ${name} (${codeSha256}) is not in the folder that it was kept in`);
  return writeArchive(codeSha256, bytes);
};

/** Code that is loaded when it is invoked for the first time. */
export const loadedLater = (load: () => Promise<LoadedFunction> | LoadedFunction): LoadedFunction => {
  let loading: Promise<LoadedFunction> | undefined;
  const loaded = (): Promise<LoadedFunction> => {
    loading ??= Promise.resolve(load());
    return loading;
  };
  return {
    invoke: async (event, context) => (await loaded()).invoke(event, context),
    abort: (requestId) => void loading?.then((code) => code.abort(requestId)),
    stop: async () => (await loading)?.stop(),
  };
};
