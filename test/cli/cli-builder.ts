import { readFileSync } from 'node:fs';
import { AttachUserPolicyCommand, CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { InterruptedError, type Io } from '../../cli/io.ts';
import { run } from '../../cli/run.ts';
import { type PipelineOptions, startPipeline } from '../scenarios/pipeline.ts';
import { startPromoting } from '../scenarios/promoting.ts';

export const SERVICE = 'adit-service-preprod';

const CATALOGUE = readFileSync(new URL('../../switchyard.yml', import.meta.url), 'utf8');

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Options {
  /** By path; without it `switchyard.yml` is the project's. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Called instead of waiting; throwing an InterruptedError is Ctrl-C. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  readonly now?: () => number;
  /** As on a terminal. */
  readonly progress?: (line: string) => void;
  readonly aws?: Readonly<Record<string, unknown>>;
}

/** Runs a command line as a terminal would, without a process; time passes only by `sleep`. */
export const cli = async (argv: readonly string[], options: Options = {}): Promise<Ran> => {
  const { files = { 'switchyard.yml': CATALOGUE }, env = {}, now = () => Date.parse('2026-03-01T12:00:00Z'), aws = {} } = options;
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    progress: options.progress,
    colours: false,
    env,
    now,
    sleep: options.sleep ?? (async () => undefined),
    readFile: async (path) => {
      const text = files[path];
      if (text === undefined) throw new Error(`ENOENT: ${path}`);
      return text;
    },
    aws,
  };
  const code = await run(argv, io);
  return { code, out: out.join('\n'), err: err.join('\n') };
};

export const interrupted = async (): Promise<never> => {
  throw new InterruptedError('interrupted');
};

/** Somebody at the command line who has the packaged operator's policy and nothing else. */
const personAt = async (pipeline: Awaited<ReturnType<typeof startPipeline>>, catalogue = CATALOGUE) => {
  const iam = new IAMClient(pipeline.access);
  await iam.send(new CreateUserCommand({ UserName: 'ann' }));
  await iam.send(
    new AttachUserPolicyCommand({ UserName: 'ann', PolicyArn: 'arn:aws:iam::123456789012:policy/switchyard-operator' }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  const aws = { ...pipeline.access, credentials: { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: 'x' } };
  /** Time passes while the command waits; what is asked for works on meanwhile. */
  const at = (argv: readonly string[], more: Options = {}) =>
    cli(argv, {
      aws,
      files: { 'switchyard.yml': catalogue },
      now: pipeline.clock.now,
      sleep: (milliseconds) => pipeline.pass(milliseconds / 1000),
      ...more,
    });
  return { at, iam };
};

/** The pipeline, and a person at the command line. */
export const operator = async (options: PipelineOptions = {}) => {
  const pipeline = await startPipeline({ services: [SERVICE], ...options });
  return { pipeline, ...(await personAt(pipeline)) };
};

/** With a promotion from preprod to prod that asks for evidence of tests. */
export const promoter = async () => {
  const pipeline = await startPromoting({
    up: {
      from: { environment: 'preprod', repository: 'preprod' },
      to: { environment: 'prod', repository: 'prod' },
      gates: { evidence: ['tests'] },
    },
  });
  return { pipeline, promoted: pipeline.promoted, ...(await personAt(pipeline, pipeline.text)) };
};
