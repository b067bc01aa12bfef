import { createHash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Action } from '../../service.ts';
import { uuid } from '../../wire/uuid.ts';
import { describeFunction } from '../describe.ts';
import { invalid, unsupported } from '../errors.ts';
import { integerOf, onlyMembers, requiredText, textOf, textsOf } from '../members.ts';
import { createFunction as create, type LambdaStore } from '../store.ts';
import { readZip } from '../zip.ts';

type Input = Readonly<Record<string, unknown>>;

/** A function of Node.js from a zip archive in the request. The answer says `Pending`, as on AWS; it is active at once. */
export const createFunction: Action<LambdaStore> = async (store, input) => {
  onlyMembers(input, [
    'FunctionName',
    'Architectures',
    'Code',
    'Description',
    'Environment',
    'Handler',
    'MemorySize',
    'PackageType',
    'Publish',
    'Role',
    'Runtime',
    'Timeout',
  ]);
  if ((textOf(input, 'PackageType') ?? 'Zip') !== 'Zip') throw unsupported('PackageType Image');
  if (input['Publish'] === true) throw unsupported('Publish');
  const timeout = integerOf(input, 'Timeout');
  const memory = integerOf(input, 'MemorySize');
  const configuration = await create(store, {
    name: requiredText(input, 'FunctionName'),
    handler: requiredText(input, 'Handler'),
    runtime: runtimeOf(input),
    role: requiredText(input, 'Role'),
    architecture: architectureOf(input),
    description: textOf(input, 'Description') ?? '',
    environment: variablesOf(input),
    code: await archiveOf(store, input['Code']),
    ...(timeout === undefined ? {} : { timeout }),
    ...(memory === undefined ? {} : { memory }),
  });
  const pending = { State: 'Pending', StateReason: 'The function is being created.', StateReasonCode: 'Creating' };
  return { ...describeFunction(configuration), ...pending };
};

const runtimeOf = (input: Input): string => {
  const runtime = requiredText(input, 'Runtime');
  if (/^nodejs\d+\.x$/.test(runtime)) return runtime;
  throw unsupported(`Runtime ${runtime}`);
};

const architectureOf = (input: Input): 'x86_64' | 'arm64' => {
  const [architecture = 'x86_64', ...others] = textsOf(input, 'Architectures') ?? [];
  if (others.length === 0 && (architecture === 'x86_64' || architecture === 'arm64')) return architecture;
  throw invalid('Architectures must be [x86_64] or [arm64]');
};

const variablesOf = ({ Environment: environment = {} }: Input): Readonly<Record<string, string>> => {
  const { Variables: variables = {} } = environment as { readonly Variables?: Readonly<Record<string, string>> };
  return variables;
};

/** Unpacked where it is needed; named after its content, so that the same code is one file. */
const archiveOf = async ({ random }: LambdaStore, code: unknown): Promise<string> => {
  const { ZipFile, ...others } = (code ?? {}) as Input;
  const [other] = Object.keys(others);
  if (other !== undefined) throw unsupported(`Code.${other}`);
  if (typeof ZipFile !== 'string') throw invalid('Code.ZipFile is required');
  const bytes = Buffer.from(ZipFile, 'base64');
  try {
    readZip(bytes);
  } catch {
    throw invalid('Could not unzip uploaded file. Please check your file, then try to upload again.');
  }
  const file = join(tmpdir(), `switchyard-${createHash('sha256').update(bytes).digest('hex').slice(0, 24)}.zip`);
  const partial = `${file}.${uuid(random)}`;
  await writeFile(partial, bytes);
  await rename(partial, file);
  return file;
};
