import { arnAt } from '../../place.ts';
import { generatedName, type NewResource, placeOf, type ResourceType, requiredText, textProperty } from '../resource-type.ts';
import { StackError } from '../stack-error.ts';
import { isRecord } from '../template.ts';

/** Kept with the stack, once it is what EventBridge takes: nothing here asks for schemas. */
export const awsEventSchemasSchema: ResourceType = {
  type: 'AWS::EventSchemas::Schema',
  properties: ['Content', 'Description', 'RegistryName', 'SchemaName', 'Tags', 'Type'],
  create(resource, { place }) {
    const name = textProperty(resource, 'SchemaName') ?? generatedName(resource);
    if (!/^[0-9A-Za-z_.@-]{1,385}$/.test(name))
      throw new StackError(`${placeOf(resource, 'SchemaName')} takes 1 to 385 letters, digits and . - _ @`);
    checkContent(resource);
    const arn = arnAt(place, 'schemas', `schema/${requiredText(resource, 'RegistryName')}/${name}`);
    return { ref: arn, attributes: { SchemaArn: arn, SchemaName: name, SchemaVersion: '1' } };
  },
};

/** EventBridge User Guide, "Schema registries": OpenAPI 3 and JSON Schema draft 4. */
const checkContent = (resource: NewResource): void => {
  const type = requiredText(resource, 'Type');
  if (type !== 'OpenApi3' && type !== 'JSONSchemaDraft4')
    throw new StackError(`${placeOf(resource, 'Type')} must be OpenApi3 or JSONSchemaDraft4, not ${type}`);
  const content = parsed(resource);
  const isThat = type === 'OpenApi3' ? /^3\./.test(String(content['openapi'])) : isDraft4(content['$schema']);
  if (!isThat) throw new StackError(`${placeOf(resource, 'Content')} is no ${type}`);
};

const isDraft4 = (schema: unknown): boolean => /^http:\/\/json-schema\.org\/draft-04\/schema#?$/.test(String(schema));

const parsed = (resource: NewResource): Readonly<Record<string, unknown>> => {
  try {
    const content: unknown = JSON.parse(requiredText(resource, 'Content'));
    if (isRecord(content)) return content;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new StackError(`${placeOf(resource, 'Content')} must be a JSON object`);
};
