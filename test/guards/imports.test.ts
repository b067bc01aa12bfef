import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Source, sources } from './sources.ts';

const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(['"]([^'"]+)['"]\)/g;

/** What a file imports: paths from the root, packages as they are named. */
const importsOf = ({ path, text }: Source): readonly string[] =>
  [...text.matchAll(IMPORT)].map(([, first, second]) => {
    const target = first ?? second ?? '';
    return target.startsWith('.') ? posix.join(posix.dirname(path), target) : target;
  });

/** Who may import whom (design, section 2): the folders that a folder's files may reach, beside itself. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  'shared/deployment/': [],
  'shared/catalogue/': ['shared/deployment/', 'shared/registries/image-reference.ts', 'yaml', 'ajv', 'json-p3'],
  'shared/events/': ['shared/deployment/', '@aws-sdk/', 'node:crypto'],
  'shared/metrics/': ['shared/deployment/', 'shared/heard.ts', 'shared/store/', '@aws-lambda-powertools/metrics'],
  'shared/cdevents/': [
    'shared/deployment/',
    'shared/registries/image-reference.ts',
    'shared/events/',
    'shared/errors.ts',
    'shared/heard.ts',
    'node:crypto',
  ],
  'shared/targets/': ['shared/deployment/', '@aws-sdk/', 'node:util', 'node:crypto'],
  'shared/registries/': ['shared/deployment/', '@aws-sdk/', 'node:crypto'],
  'shared/checks/': ['shared/deployment/', '@aws-sdk/', 'shared/errors.ts', 'json-p3'],
  'shared/sites/': [
    'shared/deployment/',
    'shared/checks/',
    'shared/targets/',
    'shared/references.ts',
    'shared/runtime.ts',
    '@aws-sdk/',
  ],
  'shared/store/': ['shared/deployment/', '@aws-sdk/'],
  'shared/notify/': [
    'shared/deployment/',
    'shared/catalogue/',
    'shared/events/',
    'shared/store/',
    'shared/errors.ts',
    'shared/handler.ts',
    'shared/log.ts',
    'shared/reading.ts',
    'shared/secrets.ts',
    'shared/dashboard.ts',
    'shared/log-group.ts',
    'shared/references.ts',
    'shared/runtime.ts',
    '@aws-sdk/',
    '@octokit/',
    'node:crypto',
  ],
};

/** Who may not import whom at all: handlers are wired by those who run them, and what runs on AWS knows nothing of this machine. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  'handlers/': ['handlers/', 'local/', 'test/', 'scripts/', 'infrastructure/'],
  'shared/': ['handlers/', 'local/', 'test/', 'scripts/', 'infrastructure/'],
  'infrastructure/': ['handlers/', 'local/', 'test/'],
  'scripts/': ['handlers/', 'local/', 'test/'],
  'local/': ['test/', 'scripts/', 'infrastructure/'],
};

const startsWithAny = (target: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => target.startsWith(prefix));

const mayNot = (path: string, target: string): boolean => {
  const top = Object.keys(NEVER).find((folder) => path.startsWith(folder));
  if (top !== undefined && startsWithAny(target, NEVER[top] ?? [])) return true;
  const folder = Object.keys(MAY).find((name) => path.startsWith(name));
  return folder !== undefined && !startsWithAny(target, [folder, ...(MAY[folder] ?? [])]);
};

const broken = (files: readonly Source[]): readonly string[] =>
  files.flatMap((file) =>
    importsOf(file)
      .filter((target) => mayNot(file.path, target))
      .map((target) => `${file.path} imports ${target}`),
  );

describe('imports', () => {
  it('go only where the design lets them', () => {
    expect(broken(sources('handlers', 'shared', 'scripts', 'local', 'infrastructure'))).toEqual([]);
  });

  it('are found in every folder that has a rule', () => {
    const paths = sources('.').map(({ path }) => path);
    for (const folder of [...Object.keys(MAY), ...Object.keys(NEVER)]) {
      expect(
        paths.some((path) => path.startsWith(folder)),
        folder,
      ).toBe(true);
    }
    const [file] = sources('handlers/deploy.ts');
    expect(file === undefined ? [] : importsOf(file)).toEqual(expect.arrayContaining(['shared/lambda.ts', 'aws-lambda']));
  });

  it('that go elsewhere are found', () => {
    const file = (path: string, text: string): Source => ({ path, text });
    expect(broken([file('shared/deployment/decide.ts', "import { createHash } from 'node:crypto';")])).toHaveLength(1);
    expect(broken([file('shared/store/store.ts', "import { publish } from '../events/publish.ts';")])).toHaveLength(1);
    expect(broken([file('shared/targets/ecs/a.ts', "import type { World } from '../../deployment/decision.ts';")])).toEqual([]);
    expect(broken([file('handlers/deploy.ts', "import { manualClock } from '../local/clock.ts';")])).toHaveLength(1);
    expect(broken([file('shared/step.ts', "export { handler } from '../handlers/deploy.ts';")])).toHaveLength(1);
    expect(broken([file('shared/lambda.ts', "const x = await import('../test/a.ts');")])).toHaveLength(1);
    expect(broken([file('handlers/deploy.ts', "import { handler } from './route.ts';")])).toHaveLength(1);
    expect(broken([file('shared/targets/a.ts', "import {\n  b,\n} from '../registries/b.ts';")])).toHaveLength(1);
    expect(broken([file('shared/checks/a.ts', "import { runStep } from '../step.ts';")])).toHaveLength(1);
    expect(broken([file('local/main.ts', "import { a } from '../test/a.ts';")])).toHaveLength(1);
    expect(broken([file('local/main.ts', "import { createDeploy } from '../handlers/deploy.ts';")])).toEqual([]);
    expect(broken([file('scripts/a.ts', "import '../handlers/deploy.ts';")])).toHaveLength(1);
  });
});
