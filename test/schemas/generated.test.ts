import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../guards/sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-generated-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const filesBelow = (path: string): readonly string[] =>
  readdirSync(path).flatMap((name) =>
    statSync(join(path, name)).isDirectory() ? filesBelow(join(path, name)) : [join(path, name)],
  );

/** Files that are not, to the byte, what was generated now. */
const different = (generated: string, committed: string): readonly string[] =>
  filesBelow(generated)
    .map((file) => relative(generated, file))
    .filter((file) => readFileSync(join(generated, file), 'utf8') !== readFileSync(join(committed, file), 'utf8'));

describe('generated files', () => {
  it('are what the schemas and the targets say now', () => {
    execFileSync(process.execPath, [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), join(ROOT, 'scripts/generate.ts'), folder], {
      stdio: 'pipe',
    });
    expect(different(folder, ROOT)).toEqual([]);
    for (const place of ['shared/events/generated', 'shared/catalogue/generated'])
      expect(readdirSync(join(folder, place)), `${place} holds nothing else`).toEqual(readdirSync(join(ROOT, place)));
  });

  it('that were changed by hand are found', () => {
    const other = mkdtempSync(join(tmpdir(), 'switchyard-changed-'));
    execFileSync('cp', ['-r', `${folder}/.`, other]);
    execFileSync('sed', ['-i', '1s/^/\\/\\/ by hand\\n/', join(other, 'shared/targets/registry.ts')]);
    expect(different(folder, other)).toEqual(['shared/targets/registry.ts']);
    rmSync(other, { recursive: true });
  });
});
