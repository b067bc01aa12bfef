import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oneAtATime } from './one-at-a-time.ts';
import type { Place } from './place.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Packages the pipeline as for an account (`serverless package`), into `folder`: the template and a zip for each function.
 * `environment` holds the values of the catalogue's references. Rejects with what the packager said.
 */
export const packagePipeline = (folder: string, environment: Readonly<Record<string, string>>): Promise<void> =>
  oneAtATime(`package ${ROOT}`, () => runPackager(folder, environment));

/** The packager works in two folders of the checkout: two at once (a test beside `npm start`) would take each other's files away. */
const runPackager = (folder: string, environment: Readonly<Record<string, string>>): Promise<void> => {
  const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  const child = spawn(process.execPath, [serverless, 'package', '--package', folder], {
    cwd: ROOT,
    env: { ...process.env, ...environment, SLS_NOTIFICATIONS_MODE: 'off', SLS_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the pipeline could not be packaged:\n${said.trim()}`)),
    );
  });
};

/** What an account needs in a region to be deployed to, as `npm run target-account` makes it from the catalogue. Rejects with what that says. */
export const targetAccount = (place: Place, pipeline: Place, catalogue: string): Promise<string> => {
  const words = [place.account, place.region, '--pipeline', `${pipeline.account}/${pipeline.region}`];
  const child = spawn(process.execPath, ['--import', 'tsx', 'infrastructure/target-account/main.ts', ...words], {
    cwd: ROOT,
    env: { ...process.env, SWITCHYARD_CATALOGUE: catalogue },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [made, said] = ['', ''];
  child.stdout.on('data', (text) => (made += String(text)));
  child.stderr.on('data', (text) => (said += String(text)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve(made)
        : reject(new Error(`what account ${place.account} needs in ${place.region} could not be made: ${said.trim()}`)),
    );
  });
};

/** The template that creates everything. */
export const templateIn = (folder: string): string => join(folder, 'cloudformation-template-update-stack.json');
