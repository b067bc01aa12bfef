import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { patched } from './patch.ts';

const FOLDER = new URL('.', import.meta.url);
const read = (file: string): Promise<string> => readFile(new URL(`../../${file}`, FOLDER), 'utf8');

describe('a planted bug', () => {
  it.each(readdirSync(FOLDER).filter((file) => file.endsWith('.patch')))('%s fits the code as it is', async (file) => {
    const patch = readFileSync(new URL(file, FOLDER), 'utf8');
    const files = await patched(patch, read);
    expect(files.size).toBeGreaterThan(0);
    for (const [name, text] of files) expect(text).not.toBe(await read(name));
  });

  const PATCH = 'It says no.\n--- a/x.ts\n+++ b/x.ts\n@@ -1,3 +1,3 @@\n one\n-yes\n+no\n two\n';

  it('replaces what it names', async () => {
    expect(await patched(PATCH, async () => 'zero\none\nyes\ntwo\n')).toEqual(new Map([['x.ts', 'zero\none\nno\ntwo\n']]));
  });

  it('that fits no more, or twice, is refused', async () => {
    await expect(patched(PATCH, async () => 'one\nnever\ntwo\n')).rejects.toThrow('it does not fit x.ts any more');
    await expect(patched(PATCH, async () => 'one\nyes\ntwo\nand\none\nyes\ntwo\n')).rejects.toThrow('it fits x.ts in 2 places');
  });
});
