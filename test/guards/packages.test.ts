import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT, type Source, sources } from './sources.ts';

const read = (file: string): string => readFileSync(`${ROOT}${file}`, 'utf8');

/** S0.4: the packages that are named there, as far as this version has what they are for, and the folders that use them. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk/client-eventbridge': ['handlers', 'shared'],
  '@aws-sdk/client-sqs': ['handlers', 'shared'],
  '@aws-sdk/client-ecs': ['handlers', 'shared'],
  '@aws-sdk/client-dynamodb': ['handlers', 'shared'],
  '@middy/core': ['handlers', 'shared'],
  '@middy/sqs-partial-batch-failure': ['handlers', 'shared'],
  ajv: ['scripts', 'shared'],
  vitest: ['test'],
};

const isImported = (files: readonly Source[], name: string): boolean =>
  files.some(({ text }) => new RegExp(`from '${name}(?:/[^']*)?'`).test(text));

const unused = (packages: typeof NAMED): readonly string[] =>
  Object.entries(packages)
    .filter(([name, folders]) => !isImported(sources(...folders), name))
    .map(([name]) => name);

const loose = (all: Readonly<Record<string, string>>) =>
  Object.entries(all).filter(([, version]) => !/^(npm:[a-z]+@)?[0-9]+\.[0-9]+\.[0-9]+$/.test(version));

describe('packages', () => {
  it('that were asked for by name are really used (S0.4)', () => {
    expect(unused(NAMED)).toEqual([]);
    expect(unused({ 'left-pad': ['handlers', 'shared'] })).toEqual(['left-pad']);
    expect(read('serverless.yml')).toMatch(/^plugins:\n(?: {2}- .*\n)* {2}- serverless-esbuild$/m);
    expect(JSON.parse(read('package.json'))).toHaveProperty('devDependencies.serverless');
  });

  it('have exact versions, and a lock file without addresses', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'));
    expect(loose({ ...dependencies, ...devDependencies })).toEqual([]);
    expect(loose({ a: '^1.2.3' })).toHaveLength(1);
    expect(read('package-lock.json')).not.toMatch(/"resolved": *"http/);
  });
});
