import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { terraformProject } from '../../infrastructure/terraform/template.ts';

const FOLDER = new URL('../../infrastructure/terraform/', import.meta.url);
const BUILDSPEC = readFileSync(new URL('buildspec.yml', FOLDER), 'utf8');
const SHELLCHECK = '/usr/bin/shellcheck';

const options = {
  ...{ name: 'shop-infrastructure', source: 'shop-modules/shop.zip', stateBucket: 'shop-state', stateKeys: 'prod/' },
  ...{ lockTable: 'locks', repositories: ['prod'], policies: [], terraformVersion: '1.11.4', timeoutInMinutes: 60 },
};

const statementsOf = (template: ReturnType<typeof terraformProject>) =>
  template.Resources.Role.Properties.Policies[0]?.PolicyDocument.Statement ?? [];

describe('the CodeBuild project of Terraform', () => {
  it('has a role that hands no role to anybody, deletes locks alone, and is never allowed anything everywhere', () => {
    const statements = statementsOf(terraformProject(options, BUILDSPEC));
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /^iam:|[*]/.test(action))).toEqual([]);
    expect(JSON.stringify(statements.flatMap(({ Resource }) => Resource))).not.toMatch(/"\*"|:::\*/);
    const deletes = statements.filter(({ Action }) => Action.includes('s3:DeleteObject'));
    expect(deletes.map(({ Resource }) => JSON.stringify(Resource))).toEqual([
      JSON.stringify([{ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::shop-state/prod/*.tflock' }]),
    ]);
  });

  it('may use a table of locks, and ask a registry, only where there is one', () => {
    const { lockTable: _, ...without } = options;
    const services = (template: ReturnType<typeof terraformProject>) =>
      new Set(statementsOf(template).flatMap(({ Action }) => Action.map((action) => action.split(':')[0])));
    expect([...services(terraformProject(options, BUILDSPEC))].sort()).toEqual(['dynamodb', 'ecr', 'logs', 's3']);
    expect([...services(terraformProject({ ...without, repositories: [] }, BUILDSPEC))].sort()).toEqual(['logs', 's3']);
  });

  it('is written by a command, which says what it needs', async () => {
    const run = (...args: readonly string[]) =>
      promisify(execFile)(process.execPath, ['--import', 'tsx', 'infrastructure/terraform/main.ts', ...args]);
    const { stdout } = await run('shop-infrastructure', '--source', 'shop-modules/shop.zip', '--state', 'shop-state/prod/');
    expect(JSON.parse(stdout).Resources.Project.Properties).toMatchObject({
      Name: 'shop-infrastructure',
      Source: { Type: 'S3', Location: 'shop-modules/shop.zip', BuildSpec: BUILDSPEC },
    });
    await expect(run('shop-infrastructure')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--state shop-terraform-state'),
    });
  });
});

describe.skipIf(!existsSync(SHELLCHECK))('the buildspec (needs /usr/bin/shellcheck of Debian)', () => {
  const check = (script: string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-shell-'));
    const file = join(folder, 'commands.sh');
    writeFileSync(file, `#!/bin/bash\n${script}`);
    try {
      return execFileSync(SHELLCHECK, [file], { encoding: 'utf8' });
    } catch (error) {
      return String((error as { readonly stdout?: string }).stdout);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('has commands in which shellcheck finds nothing', () => {
    const phases: Record<string, { readonly commands: readonly string[] }> = parse(BUILDSPEC).phases;
    for (const { commands } of Object.values(phases)) expect(check(commands.join('\n'))).toBe('');
    expect(check('rm -rf $HOME/$1')).toContain('SC2086');
  });
});
