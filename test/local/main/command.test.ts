import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../guards/sources.ts';
import { type Run, shows, startWith } from './npm-start.ts';

/** One service and no bake, so that a deployment takes seconds. */
const CATALOGUE = `environments:
  preprod:
    registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com
    services:
      api:
        target:
          kind: ecs-rolling
          cluster: main
          container: api
          passRoles:
            - arn:aws:iam::123456789012:role/main-task
            - arn:aws:iam::123456789012:role/main-execution
        health:
          url: \${env:API_URL}/health
        alarms: [api-5xx]
        bakeSeconds: 0
`;

const folder = mkdtempSync(join(tmpdir(), 'switchyard-command-'));
const catalogue = join(folder, 'one.yml');

const startOnData = (): Run => startWith({ SWITCHYARD_CATALOGUE: catalogue }, '--port', '0', '--data', join(folder, 'data'));

/** The command itself, in a process of its own, as its users have it. */
const switchyard = (run: { readonly endpoint: string }, ...args: readonly string[]) =>
  new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    const env = {
      PATH: process.env['PATH'],
      AWS_ENDPOINT_URL: run.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    const command = [join(ROOT, 'bin/switchyard.mjs'), ...args];
    execFile(process.execPath, command, { env, cwd: folder }, (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, out, err }),
    );
  });

const ask = (image: string, ...more: readonly string[]) => [
  ...['deploy', '--environment', 'preprod', '--service', 'api', '--image', `preprod:${image}`],
  ...['--catalogue', catalogue, ...more],
];

describe('the switchyard command, and what npm start keeps with --data', () => {
  let run: Run;
  const cloud = { endpoint: '' };
  const begin = async (ready: RegExp) => {
    run = startOnData();
    [, cloud.endpoint = ''] = await shows(run, /listens at (http:\S+)\. /, 30);
    await shows(run, ready, 60);
  };

  beforeAll(async () => {
    writeFileSync(catalogue, CATALOGUE);
    await begin(/all 1 example services are deployed and verified/);
  }, 100_000);

  afterAll(async () => {
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    rmSync(folder, { recursive: true });
  });

  it('ends with 0 for a good image, 3 for a bad one, and 2 for a typing mistake', async () => {
    const good = await switchyard(cloud, ...ask('better', '--wait'));
    expect(good).toMatchObject({ code: 0, err: '' });
    expect(good.out).toMatch(/^succeeded: api in preprod/m);
    const bad = await switchyard(cloud, ...ask('crashing', '--wait'));
    expect(bad.code).toBe(3);
    expect(bad.out).toMatch(/^ {2}stopped {2}.*exit code 1/m);
    const mistake = await switchyard(cloud, ...ask('better').map((word) => (word === 'api' ? 'apo' : word)));
    expect(mistake.code).toBe(2);
    expect(mistake.err).toMatch(/"apo".*api/);
  }, 60_000);

  it('goes on after a kill -9 with what was under way, and knows what was', async () => {
    const asked = await switchyard(cloud, ...ask('slow'));
    const [id = ''] = /d-[0-9a-z]{26}/.exec(asked.out) ?? [];
    await shows(run, /preprod:slow[\s\S]*DeploymentStarted/, 30);
    run.child.kill('SIGKILL');
    await run.ended;
    await begin(/the pipeline runs; 1 of 1 example services are kept from before/);
    const waited = await switchyard(cloud, ...ask('slow', '--request-id', 'again', '--wait'));
    expect(waited.code).toBe(0);
    const { code, out } = await switchyard(cloud, 'status', '--deployment', id, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ deployment: { id, state: 'succeeded' } });
  }, 120_000);
});
