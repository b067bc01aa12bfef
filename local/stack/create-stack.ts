import { join } from 'node:path';
import { AwsError } from '../errors.ts';
import type { Handle } from '../wire/http.ts';
import { createApi } from './api.ts';
import { inOrder } from './dependencies.ts';
import { type CreatedResource, isTrue, resolve, type Scope } from './intrinsics.ts';
import { type NewResource, placeOf, type ResourceType, type StackCloud, unsupportedProperty } from './resource-type.ts';
import { resourceTypes } from './resource-types.ts';
import { createS3Api } from './s3-api.ts';
import { StackError } from './stack-error.ts';
import { isRecord, type Json, type Template, type TemplateResource } from './template.ts';

export interface StackOptions {
  readonly name: string;
  readonly template: Template;
  /** Where the packager left the functions' archives: they are found by the last part of their key. */
  readonly folder: string;
  /** `127.0.0.1:4566`: where clients reach the cloud. */
  readonly host: string;
}

/** One resource of a stack: its identity, and its properties as they were resolved. */
export interface StackResource extends CreatedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Json;
}

export interface Stack {
  readonly name: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly StackResource[];
}

/**
 * Creates what a CloudFormation template says on the local cloud, through the cloud's own API, each resource after those that it
 * refers to. Rejects with a `StackError` for what is not handled here, before anything is created where the template alone tells.
 */
export const createStack = async (
  handle: Handle,
  stores: Pick<StackCloud, 'lambda' | 'iam' | 'place'>,
  options: StackOptions,
): Promise<Stack> => {
  const { name, template } = options;
  const cloud: StackCloud = {
    call: createApi(handle, options.host, stores.place),
    callS3: createS3Api(handle, options.host, stores.place),
    ...stores,
    codeAt: (key) => join(options.folder, key.slice(key.lastIndexOf('/') + 1)),
  };
  const created = new Map<string, StackResource>();
  const scope: Scope = {
    stackName: name,
    place: stores.place,
    conditions: template.conditions,
    resource: (id) => createdAs(created, id),
  };
  const wanted = wantedResources(template, scope);
  for (const id of inOrder(template.resources)) {
    const resource = wanted.get(id);
    if (resource !== undefined) created.set(id, await createResource(id, resource, scope, cloud));
  }
  return { name, outputs: outputsOf(template, scope), resources: [...created.values()] };
};

const createdAs = (created: ReadonlyMap<string, StackResource>, id: string): CreatedResource => {
  const resource = created.get(id);
  if (resource === undefined)
    throw new StackError(`${id} is not created: its condition does not hold, or it is not in the template`);
  return resource;
};

/** Resources whose condition holds. All their types and properties are looked at before the first is created. */
const wantedResources = ({ resources }: Template, scope: Scope): ReadonlyMap<string, TemplateResource> => {
  const wanted = new Map(
    Object.entries(resources).filter(([, { condition }]) => condition === undefined || isTrue(condition, scope)),
  );
  for (const [id, { type, properties }] of wanted) {
    const resource = { logicalId: id, type, stackName: scope.stackName, place: scope.place, properties };
    const known = typeOf(resource).properties;
    const other = Object.keys(properties).find((property) => !known.includes(property));
    if (other !== undefined) throw unsupportedProperty(resource, other);
  }
  return wanted;
};

const typeOf = (resource: NewResource): ResourceType => {
  const found = resourceTypes.find(({ type }) => type === resource.type);
  if (found === undefined) throw new StackError(`${placeOf(resource)}: the local cloud does not know resources of this type`);
  return found;
};

const createResource = async (
  logicalId: string,
  { type, properties }: TemplateResource,
  scope: Scope,
  cloud: StackCloud,
): Promise<StackResource> => {
  const place = `${logicalId} (${type})`;
  const resolved = Object.entries(properties)
    .map(([name, value]): [string, unknown] => [name, resolve(value, scope, `${place}, ${name}`)])
    .filter(([, value]) => value !== undefined);
  const { stackName, place: where } = scope;
  const resource: NewResource = { logicalId, type, stackName, place: where, properties: Object.fromEntries(resolved) };
  try {
    return { ...resource, ...(await typeOf(resource).create(resource, cloud)) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new StackError(`${place} cannot be created: ${error.code}: ${error.message}`, { cause: error });
  }
};

const outputsOf = ({ outputs }: Template, scope: Scope): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(outputs).flatMap(([name, output]): [string, string][] => {
      const where = `output ${name}`;
      if (!isRecord(output)) throw new StackError(`${where} is not an object`);
      const { Condition: condition, Value: value } = output;
      if (typeof condition === 'string' && !isTrue(condition, scope)) return [];
      return [[name, String(resolve(value, scope, where))]];
    }),
  );
