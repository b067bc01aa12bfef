import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

/** A target that somebody makes up: one file, which uses what every target may. */
const MADE_UP = `import type { TargetModule } from './module.ts';

const kind = 'made-up';
const refused = { kind: 'refused', failure: { code: 'access-denied', message: 'no', evidence: false } } as const;

export const madeUp: TargetModule = {
  kind,
  schema: {
    title: 'MadeUpTarget',
    description: 'Something made up.',
    type: 'object',
    additionalProperties: false,
    required: ['kind', 'planet'],
    properties: { kind: { const: kind }, planet: { type: 'string', description: 'Where it goes.' }, service: { type: 'string' } },
  },
  example: { kind, planet: 'mars' },
  events: {},
  subjects: ({ planet }) => [String(planet)],
  permissions: ({ planet }) => {
    const look = [{ actions: ['space:Look'], resources: [\`arn:aws:space:::planet/\${String(planet)}\`] }];
    const fly = [{ actions: ['space:Fly'], resources: [\`arn:aws:space:::planet/\${String(planet)}\`] }];
    return { current: look, start: fly, observe: look, restore: fly };
  },
  create: () => ({
    kind,
    schema: madeUp.schema,
    permissions: madeUp.permissions,
    current: async () => refused,
    start: async () => refused,
    observe: async () => ({ phase: 'in-progress' }),
    restore: async () => refused,
  }),
};
`;

const CATALOGUE = (planet: string) =>
  `environments: { prod: { registry: r, services: { rover: { target: { kind: made-up${planet} } } } } }`;

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-target-'));
  for (const part of ['shared', 'schemas', 'scripts', 'cli', 'docs', 'local', 'package.json', 'tsconfig.json'])
    await cp(join(ROOT, part), join(folder, part), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'shared/targets/made-up.ts'), MADE_UP);
  await run(process.execPath, ['--import', 'tsx', 'scripts/generate.ts'], { cwd: folder });
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const module = (path: string) => import(pathToFileURL(join(folder, path)).href);

describe('a new target is one file', () => {
  it('that the registry, the catalogue, the roles and the documentation know', async () => {
    const { targets } = await module('shared/targets/registry.ts');
    expect(Object.keys(targets)).toContain('made-up');
    const { readCatalogue } = await module('shared/catalogue/load.ts');
    const { resolveCatalogue } = await module('shared/catalogue/resolve.ts');
    const { rolesFor } = await module('scripts/stack/roles.ts');
    const read = readCatalogue(CATALOGUE(', planet: mars'));
    const { Resources } = rolesFor(resolveCatalogue(read.source, { account: '123456789012', region: 'eu-west-1' }));
    expect(JSON.stringify(Resources.DeployRole)).toContain('space:Fly');
    expect(JSON.stringify(Resources.VerifyRole)).not.toContain('space:Fly');
    expect(JSON.stringify(Resources.VerifyRole)).toContain('arn:aws:space:::planet/mars');
    const page = await readFile(join(folder, 'docs/targets.md'), 'utf8');
    expect(page).toContain('## made-up');
    expect(page).toContain('| `planet` | needed | Where it goes. |');
  });

  it('whose mistakes are told like any other', async () => {
    const { readCatalogue } = await module('shared/catalogue/load.ts');
    expect(readCatalogue(CATALOGUE('')).problems).toMatchObject([{ message: '"planet" is missing' }]);
  });
});
