import { createHash } from 'node:crypto';
import type { IamStore } from '../iam/store.ts';
import type { LambdaStore } from '../lambda/store.ts';
import { HOME, isSame, type Place } from '../place.ts';
import type { CallApi } from './api.ts';
import type { CreatedResource } from './intrinsics.ts';
import type { CallS3 } from './s3-api.ts';
import { StackError } from './stack-error.ts';
import { isRecord, type Json } from './template.ts';

/** What resources are created on. */
export interface StackCloud {
  readonly call: CallApi;
  readonly callS3: CallS3;
  readonly lambda: LambdaStore;
  readonly iam: IamStore;
  readonly place: Place;
  /** The packaged code that the template knows by its key in the deployment bucket: a file on this machine. */
  readonly codeAt: (key: string) => string;
}

/** One resource about to be created; its properties are resolved. */
export interface NewResource {
  readonly logicalId: string;
  readonly type: string;
  readonly stackName: string;
  readonly place: Place;
  readonly properties: Json;
}

/** How resources of one type are created, and what `Ref` and `Fn::GetAtt` of them are. */
export interface ResourceType {
  readonly type: string;
  /** Every other property is refused by name. */
  readonly properties: readonly string[];
  readonly create: (resource: NewResource, cloud: StackCloud) => Promise<CreatedResource> | CreatedResource;
}

export const placeOf = ({ logicalId, type }: NewResource, property?: string): string =>
  property === undefined ? `${logicalId} (${type})` : `${logicalId} (${type}), ${property}`;

export const unsupportedProperty = (resource: NewResource, property: string): StackError =>
  new StackError(`${placeOf(resource)}: the property ${property} is not supported by the local cloud`);

export const textProperty = (resource: NewResource, property: string): string | undefined => {
  const value = resource.properties[property];
  if (value === undefined || typeof value === 'string') return value;
  throw new StackError(`${placeOf(resource, property)} must be a string`);
};

export const requiredText = (resource: NewResource, property: string): string => {
  const value = textProperty(resource, property);
  if (value === undefined) throw new StackError(`${placeOf(resource, property)} is required`);
  return value;
};

/** CloudFormation takes numbers as texts too. */
export const numberProperty = (resource: NewResource, property: string): number | undefined => {
  const value = resource.properties[property];
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new StackError(`${placeOf(resource, property)} must be a number`);
};

/** CloudFormation takes booleans as texts too. */
export const booleanProperty = (resource: NewResource, property: string): boolean | undefined => {
  const value = resource.properties[property];
  if (value === undefined || typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new StackError(`${placeOf(resource, property)} must be a boolean`);
};

export const listProperty = (resource: NewResource, property: string): readonly unknown[] => {
  const value = resource.properties[property] ?? [];
  if (Array.isArray(value)) return value;
  throw new StackError(`${placeOf(resource, property)} must be a list`);
};

/** A structure with no members but these. */
export const structureProperty = (resource: NewResource, property: string, members: readonly string[]): Json => {
  const value = resource.properties[property] ?? {};
  if (!isRecord(value)) throw new StackError(`${placeOf(resource, property)} must be an object`);
  const other = Object.keys(value).find((member) => !members.includes(member));
  if (other !== undefined) throw unsupportedProperty(resource, `${property}.${other}`);
  return value;
};

/** A structure whose members are the template's own business. */
export const documentProperty = (resource: NewResource, property: string): Json => {
  const value = resource.properties[property];
  if (isRecord(value)) return value;
  throw new StackError(`${placeOf(resource, property)} must be an object`);
};

/** A list of `{ Key, Value }` as a map. */
export const tagsOf = (resource: NewResource): Readonly<Record<string, string>> =>
  Object.fromEntries(
    listProperty(resource, 'Tags').map((tag) => {
      if (!isRecord(tag)) throw new StackError(`${placeOf(resource, 'Tags')} must be a list of objects`);
      return [String(tag['Key']), String(tag['Value'])];
    }),
  );

/** The name of a resource that has none: stack, logical id and twelve characters, the same each time and others in each account and region. */
export const generatedName = ({ stackName, logicalId, place }: NewResource): string => {
  const account = place.account === HOME.account ? '' : `${place.account}/`;
  const region = isSame(place, HOME) ? '' : `${place.region}/`;
  const hash = createHash('sha256').update(`${account}${region}${stackName}/${logicalId}`).digest('hex').slice(0, 12);
  return `${stackName}-${logicalId}-${hash.toUpperCase()}`;
};
