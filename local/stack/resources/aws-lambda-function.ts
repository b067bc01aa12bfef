import { createFunction } from '../../lambda/store.ts';
import {
  generatedName,
  listProperty,
  type NewResource,
  numberProperty,
  placeOf,
  type ResourceType,
  requiredText,
  structureProperty,
  textProperty,
} from '../resource-type.ts';
import { StackError } from '../stack-error.ts';
import { isRecord } from '../template.ts';

/** Tags are for those who pay, traces for X-Ray: nothing here reads them. */
export const awsLambdaFunction: ResourceType = {
  type: 'AWS::Lambda::Function',
  properties: [
    'Architectures',
    'Code',
    'Description',
    'Environment',
    'FunctionName',
    'Handler',
    'LoggingConfig',
    'MemorySize',
    'PackageType',
    'Role',
    'Runtime',
    'Tags',
    'Timeout',
    'TracingConfig',
  ],
  async create(resource, { lambda, codeAt }) {
    const code = structureProperty(resource, 'Code', ['S3Bucket', 'S3Key']);
    if (typeof code['S3Key'] !== 'string') throw new StackError(`${placeOf(resource, 'Code.S3Key')} is required`);
    if ((textProperty(resource, 'PackageType') ?? 'Zip') !== 'Zip')
      throw new StackError(`${placeOf(resource, 'PackageType')} can only be Zip on the local cloud`);
    const timeout = numberProperty(resource, 'Timeout');
    const memory = numberProperty(resource, 'MemorySize');
    const logGroup = logGroupOf(resource);
    checkTracing(resource);
    const { name, arn } = await createFunction(lambda, {
      name: textProperty(resource, 'FunctionName') ?? generatedName(resource),
      handler: requiredText(resource, 'Handler'),
      runtime: runtimeOf(resource),
      role: requiredText(resource, 'Role'),
      code: codeAt(code['S3Key']),
      architecture: architectureOf(resource),
      description: textProperty(resource, 'Description') ?? '',
      environment: variablesOf(resource),
      ...(timeout === undefined ? {} : { timeout }),
      ...(memory === undefined ? {} : { memory }),
      ...(logGroup === undefined ? {} : { logGroup }),
    });
    return { ref: name, attributes: { Arn: arn } };
  },
};

const runtimeOf = (resource: NewResource): string => {
  const runtime = requiredText(resource, 'Runtime');
  if (/^nodejs\d+\.x$/.test(runtime)) return runtime;
  throw new StackError(`${placeOf(resource, 'Runtime')} can only be Node.js on the local cloud, not ${runtime}`);
};

const architectureOf = (resource: NewResource): 'x86_64' | 'arm64' => {
  const [architecture = 'x86_64', ...others] = listProperty(resource, 'Architectures');
  if (others.length === 0 && (architecture === 'x86_64' || architecture === 'arm64')) return architecture;
  throw new StackError(`${placeOf(resource, 'Architectures')} must be [x86_64] or [arm64]`);
};

const variablesOf = (resource: NewResource): Readonly<Record<string, string>> => {
  const { Variables = {} } = structureProperty(resource, 'Environment', ['Variables']);
  if (!isRecord(Variables)) throw new StackError(`${placeOf(resource, 'Environment.Variables')} must be an object`);
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, String(value)]));
};

const checkTracing = (resource: NewResource): void => {
  const { Mode = 'PassThrough' } = structureProperty(resource, 'TracingConfig', ['Mode']);
  if (Mode !== 'Active' && Mode !== 'PassThrough')
    throw new StackError(`${placeOf(resource, 'TracingConfig.Mode')} must be Active or PassThrough`);
};

const logGroupOf = (resource: NewResource): string | undefined => {
  const { LogGroup, LogFormat = 'Text' } = structureProperty(resource, 'LoggingConfig', ['LogFormat', 'LogGroup']);
  if (LogFormat !== 'Text')
    throw new StackError(`${placeOf(resource, 'LoggingConfig.LogFormat')} can only be Text on the local cloud`);
  return LogGroup === undefined ? undefined : String(LogGroup);
};
