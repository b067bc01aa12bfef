import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

/** Debian's, which is 2.9.19 there. */
const AWS = '/usr/bin/aws';

export const hasAwsCli = existsSync(AWS);

export interface AwsCli {
  /** What it writes; rejects with what it says where it ends otherwise than with 0. */
  (...words: readonly string[]): Promise<string>;
  /** The same, read as JSON; `undefined`: it wrote nothing. */
  readonly json: (...words: readonly string[]) => Promise<ReturnType<typeof JSON.parse>>;
}

/** The ordinary AWS CLI, with nothing of this machine's settings. `endpoint` is asked for each command. */
export const awsCli = (endpoint: () => string): AwsCli => {
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_DEFAULT_REGION: 'eu-west-1',
  };
  const run = async (...words: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(AWS, ['--endpoint-url', endpoint(), '--output', 'json', ...words], { env });
    return stdout;
  };
  const json = async (...words: readonly string[]) => {
    const text = await run(...words);
    return text.trim() === '' ? undefined : JSON.parse(text);
  };
  return Object.assign(run, { json });
};
