import { readFile } from 'node:fs/promises';
import { StackError } from './stack-error.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A CloudFormation template, its values not resolved yet. */
export interface Template {
  readonly conditions: Json;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly outputs: Json;
}

export interface TemplateResource {
  readonly type: string;
  readonly properties: Json;
  readonly dependsOn: readonly string[];
  /** The name of the condition under which it is created. */
  readonly condition: string | undefined;
}

/** Parts of a template that say nothing about what is created, or whose content is read below. */
const SECTIONS = ['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Conditions', 'Resources', 'Outputs'];

/** DeletionPolicy and UpdateReplacePolicy concern a stack's update and end, which there are not here. */
const ATTRIBUTES = ['Type', 'Properties', 'DependsOn', 'Condition', 'DeletionPolicy', 'UpdateReplacePolicy', 'Metadata'];

export const readTemplate = async (file: string): Promise<Template> => parseTemplate(JSON.parse(await readFile(file, 'utf8')));

/** Throws a `StackError` for a section or an attribute that is not handled here. */
export const parseTemplate = (value: unknown): Template => {
  if (!isRecord(value)) throw new StackError('the template is not an object');
  const other = Object.keys(value).find((section) => !SECTIONS.includes(section) && !isEmpty(value[section]));
  if (other !== undefined) throw new StackError(`the template's section ${other} is not supported by the local cloud`);
  return {
    conditions: section(value, 'Conditions'),
    resources: Object.fromEntries(
      Object.entries(section(value, 'Resources')).map(([id, resource]) => [id, parseResource(id, resource)]),
    ),
    outputs: section(value, 'Outputs'),
  };
};

export const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const isEmpty = (value: unknown): boolean => isRecord(value) && Object.keys(value).length === 0;

const section = (template: Json, name: string): Json => {
  const value = template[name] ?? {};
  if (!isRecord(value)) throw new StackError(`the template's section ${name} is not an object`);
  return value;
};

const parseResource = (id: string, value: unknown): TemplateResource => {
  if (!isRecord(value) || typeof value['Type'] !== 'string') throw new StackError(`${id} has no Type`);
  const type = value['Type'];
  const other = Object.keys(value).find((attribute) => !ATTRIBUTES.includes(attribute));
  if (other !== undefined) throw new StackError(`${id} (${type}): the attribute ${other} is not supported by the local cloud`);
  const properties = value['Properties'] ?? {};
  if (!isRecord(properties)) throw new StackError(`${id} (${type}): Properties is not an object`);
  const { DependsOn: dependsOn = [], Condition: condition } = value;
  return {
    type,
    properties,
    dependsOn: [dependsOn].flat().map(String),
    condition: condition === undefined ? undefined : String(condition),
  };
};
