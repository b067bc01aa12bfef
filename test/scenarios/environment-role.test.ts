import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DeleteRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArguments } from '../../infrastructure/target-account/arguments.ts';
import { type PackagedTemplate, startPipeline } from './pipeline.ts';
import { catalogueWith } from './promoting.ts';

const NAME = 'adit-service-prod';
const ROLE = 'arn:aws:iam::123456789012:role/deploys/prod';
const HERE = ['123456789012', 'eu-west-1', '--pipeline', '123456789012/eu-west-1'];
const run = promisify(execFile);

const catalogue = catalogueWith((source) => {
  delete source['promotions'];
  const { prod } = source['environments'] as { prod: Record<string, unknown> & { services: Record<string, object> } };
  prod['role'] = ROLE;
  prod.services[NAME] = { ...prod.services[NAME], deploy: 'on-request' };
});

const made = { folder: '' };

beforeAll(async () => {
  made.folder = await mkdtemp(join(tmpdir(), 'switchyard-role-'));
  await writeFile(join(made.folder, 'switchyard.yml'), catalogue);
});

afterAll(() => rm(made.folder, { recursive: true, force: true }));

const command = (...words: readonly string[]) =>
  run(process.execPath, ['--import', 'tsx', 'infrastructure/target-account/main.ts', ...words], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    env: { ...process.env, SWITCHYARD_CATALOGUE: join(made.folder, 'switchyard.yml') },
  });

const start = (change: (role: PackagedTemplate['Resources'][string]) => void = () => undefined) =>
  startPipeline({
    catalogue,
    services: [NAME],
    accounts: (template) => {
      const changed = structuredClone(template);
      if (changed.Resources['Role'] !== undefined) change(changed.Resources['Role']);
      return changed;
    },
  });

describe('an environment with a role of its own (S5.3)', () => {
  it('is reached in that role alone, in a session of the deployment', async () => {
    const pipeline = await start();
    await pipeline.earnFirst('prod', NAME);
    await pipeline.deploy('prod', 'prod:crashing', NAME);
    const { type, detail } = await pipeline.verdict();
    expect(type).toBe('DeploymentRolledBack');
    const callers = new Set(pipeline.trail.filter(({ action }) => action.startsWith('ecs:')).map(({ principal }) => principal));
    const sessions = [...callers].filter((principal) => principal.includes('assumed-role'));
    expect(sessions).toContain(`arn:aws:sts::123456789012:assumed-role/prod/switchyard-${detail.deployment}`);
    expect(sessions.filter((principal) => !principal.includes('assumed-role/prod/'))).toEqual([]);
  });

  it('that may not be taken on changes nothing, and the verdict names the role', async () => {
    const pipeline = await start((role) => {
      role.Properties.AssumeRolePolicyDocument.Statement[0].Condition.ArnLike['aws:PrincipalArn'] = [
        'arn:aws:iam::123456789012:role/others-*',
      ];
    });
    pipeline.expected.refusals = true;
    await pipeline.deploy('prod', 'prod:good', NAME);
    const { type, detail } = await pipeline.verdict();
    expect(type).toBe('DeploymentFailed');
    expect(detail).toMatchObject({ changed: false, reason: { code: 'role-denied', message: expect.stringContaining(ROLE) } });
  });

  it('that lacks a permission is told of, by action and resource', async () => {
    const pipeline = await start();
    pipeline.expected.refusals = true;
    const iam = new IAMClient(pipeline.access);
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'prod', PolicyName: 'calls' }));
    await pipeline.deploy('prod', 'prod:good', NAME);
    const { detail } = await pipeline.verdict();
    expect(detail.reason).toMatchObject({
      code: 'access-denied',
      message: expect.stringContaining('role prod may not ecs:DescribeServices'),
    });
  });
});

describe('the command that makes the role', () => {
  it('makes no rule where the pipeline is: its own rules hear what AWS tells there', async () => {
    expect(Object.keys(JSON.parse((await command(...HERE)).stdout).Resources)).toEqual(['Role']);
  });

  it('refuses an account that the catalogue does not know, and words that make no sense', async () => {
    await expect(command('210987654321', 'eu-west-1', '--pipeline', '123456789012/eu-west-1')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it knows: 123456789012 eu-west-1'),
    });
    await expect(command()).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('say the account') });
  });

  it.each([[[]], [HERE.slice(0, 2)], [[...HERE, 'more']], [['1234', ...HERE.slice(1)]]])(
    'asks for what it needs at %j',
    (words) => {
      expect(() => readArguments(words)).toThrow('say the account');
    },
  );
});
