import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { knownIn } from './known.ts';
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

  it('is in the table of the docs, with what is wrong in it, and nothing else is', async () => {
    const known = knownIn(await read('docs/reliability.md'));
    const planted = readdirSync(FOLDER).filter((file) => file.endsWith('.patch'));
    const told = planted.map((file) => [file, readFileSync(new URL(file, FOLDER), 'utf8').split('\n')[0]]);
    expect(known.map(({ name, about }) => [`${name}.patch`, about])).toEqual(told);
    const row = '| one-two | It says no. | 1,000,021 | I3 |';
    expect(knownIn(`| mutant | what | found by seed | it breaks |\n${row}\n| one | It. | not found | |`)).toEqual([
      { name: 'one-two', about: 'It says no.', seed: 1_000_021, breaks: 'I3' },
    ]);
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
