import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** `npm start` with that catalogue, keeping what it has in a folder, and the command beside it in processes of its own, as users have it. */
export const oneService = () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-command-'));
  const catalogue = join(folder, 'one.yml');
  writeFileSync(catalogue, CATALOGUE);
  const now: { endpoint: string; run?: Run } = { endpoint: '' };

  const begin = async (ready: RegExp): Promise<Run> => {
    const run = startWith({ SWITCHYARD_CATALOGUE: catalogue }, '--port', '0', '--data', join(folder, 'data'));
    now.run = run;
    [, now.endpoint = ''] = await shows(run, /listens at (http:\S+)\. /, 90);
    await shows(run, ready, 200);
    return run;
  };

  const switchyard = (...args: readonly string[]) =>
    new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
      const env = {
        PATH: process.env['PATH'],
        AWS_ENDPOINT_URL: now.endpoint,
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

  /** Answers what the last run ended with. */
  const end = async (): Promise<number | null | undefined> => {
    now.run?.child.kill('SIGINT');
    const code = await now.run?.ended;
    rmSync(folder, { recursive: true });
    return code;
  };

  return { begin, switchyard, ask, end };
};
