import type { Action } from '../../service.ts';
import { architectureOf, codeIn } from '../code-requests.ts';
import { describeFunction } from '../describe.ts';
import { invalid, unsupported } from '../errors.ts';
import { readySeconds } from '../image-code.ts';
import { booleanOf, integerOf, onlyMembers, requiredText, textOf } from '../members.ts';
import { createFunction as create, functionOf, type LambdaStore } from '../store.ts';
import { changed, endUpdateLater, publish } from '../updating.ts';

type Input = Readonly<Record<string, unknown>>;

const CREATING = { code: 'Creating', reason: 'The function is being created.' } as const;

/**
 * A function of Node.js from a zip archive in the request, or one of an image. The answer says `Pending`, as on AWS; a function of a zip is
 * active at once, one of an image when that is ready.
 */
export const createFunction: Action<LambdaStore> = async (store, input, context) => {
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
  const packageType = packageTypeOf(input);
  const timeout = integerOf(input, 'Timeout');
  const memory = integerOf(input, 'MemorySize');
  const configuration = await create(store, {
    name: requiredText(input, 'FunctionName'),
    ...runtimeOf(input, packageType),
    role: requiredText(input, 'Role'),
    architecture: architectureOf(input),
    description: textOf(input, 'Description') ?? '',
    environment: variablesOf(input),
    ...codeIn(store, (input['Code'] ?? {}) as Input, packageType, context),
    ...(timeout === undefined ? {} : { timeout }),
    ...(memory === undefined ? {} : { memory }),
  });
  if (packageType === 'Image') beginPending(store, configuration.name);
  if (booleanOf(input, 'Publish') === true) return describeFunction(publish(store, functionOf(store, configuration.name)));
  return { ...describeFunction({ ...configuration, state: 'Pending', why: CREATING }) };
};

const beginPending = (store: LambdaStore, name: string): void => {
  const found = functionOf(store, name);
  const { configuration, loaded } = found.latest;
  found.latest = { configuration: changed(store, configuration, { state: 'Pending', why: CREATING }), loaded };
  found.serving = found.latest;
  endUpdateLater(store, found, readySeconds(store, configuration));
};

const packageTypeOf = (input: Input): 'Zip' | 'Image' => {
  const packageType = textOf(input, 'PackageType') ?? 'Zip';
  if (packageType === 'Zip' || packageType === 'Image') return packageType;
  throw invalid(`PackageType must be Zip or Image, not ${packageType}`);
};

/** An image brings its own (API reference, CreateFunction: "Required if the deployment package is a .zip file archive"). */
const runtimeOf = (input: Input, packageType: 'Zip' | 'Image') => {
  if (packageType === 'Image') {
    if (input['Runtime'] !== undefined || input['Handler'] !== undefined)
      throw invalid('Runtime and Handler are not allowed when creating a function with packageType Image.');
    return { runtime: '', handler: '' };
  }
  const runtime = requiredText(input, 'Runtime');
  if (!/^nodejs\d+\.x$/.test(runtime)) throw unsupported(`Runtime ${runtime}`);
  return { runtime, handler: requiredText(input, 'Handler') };
};

export const variablesOf = ({ Environment: environment = {} }: Input): Readonly<Record<string, string>> => {
  const { Variables: variables = {} } = environment as { readonly Variables?: Readonly<Record<string, string>> };
  return variables;
};
