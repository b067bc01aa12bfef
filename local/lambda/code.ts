import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { RuntimeError } from './loader.ts';
import { readZip } from './zip.ts';

/** Where a function's handler is: a module on this machine and the name of its export. */
export interface HandlerLocation {
  readonly file: string;
  readonly exported: string;
}

/** In the order in which Lambda's Node.js runtime looks. */
const EXTENSIONS = ['.js', '.mjs', '.cjs'] as const;

/**
 * Finds the handler in the packaged code, a folder or a zip archive, which is unpacked once for each content.
 * Rejects with `Runtime.ImportModuleError` where there is no such module.
 */
export const locateHandler = async (code: string, handler: string): Promise<HandlerLocation> => {
  const folder = (await stat(code)).isDirectory() ? resolve(code) : await unpack(code);
  const dot = handler.lastIndexOf('.');
  const base = join(folder, handler.slice(0, dot));
  const file = EXTENSIONS.map((extension) => `${base}${extension}`).find(existsSync);
  if (dot > 0 && file !== undefined) return { file, exported: handler.slice(dot + 1) };
  throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${handler.slice(0, dot)}' in ${code}`);
};

/** Into a folder that is named after the content, and is there whole or not at all: environments start side by side. */
const unpack = async (archive: string): Promise<string> => {
  const bytes = await readFile(archive);
  const folder = join(tmpdir(), `switchyard-${createHash('sha256').update(bytes).digest('hex').slice(0, 24)}`);
  if (existsSync(folder)) return folder;
  const partial = await mkdtemp(`${folder}-`);
  for (const { name, content } of readZip(bytes)) {
    const file = resolve(partial, name);
    if (!file.startsWith(partial + sep)) throw new Error(`${archive} has a file outside of itself: ${name}`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  await rename(partial, folder).catch(async (error: unknown) => {
    await rm(partial, { recursive: true });
    if (!existsSync(folder)) throw error;
  });
  return folder;
};
