import { arnAt } from '../../place.ts';
import { generatedName, placeOf, type ResourceType, textProperty } from '../resource-type.ts';
import { StackError } from '../stack-error.ts';

/** Kept with the stack: nothing here asks EventBridge for schemas. */
export const awsEventSchemasRegistry: ResourceType = {
  type: 'AWS::EventSchemas::Registry',
  properties: ['Description', 'RegistryName', 'Tags'],
  create(resource, { place }) {
    const name = textProperty(resource, 'RegistryName') ?? generatedName(resource);
    if (!/^[0-9A-Za-z_.@-]{1,64}$/.test(name))
      throw new StackError(`${placeOf(resource, 'RegistryName')} takes 1 to 64 letters, digits and . - _ @`);
    const arn = arnAt(place, 'schemas', `registry/${name}`);
    return { ref: arn, attributes: { RegistryArn: arn, RegistryName: name } };
  },
};
