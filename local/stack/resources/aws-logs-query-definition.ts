import { generatedName, listProperty, type ResourceType, requiredText } from '../resource-type.ts';

/** Kept with the stack: functions' lines go to the terminal of the local cloud, where nobody queries them. */
export const awsLogsQueryDefinition: ResourceType = {
  type: 'AWS::Logs::QueryDefinition',
  properties: ['LogGroupNames', 'Name', 'QueryString'],
  create(resource) {
    requiredText(resource, 'Name');
    requiredText(resource, 'QueryString');
    listProperty(resource, 'LogGroupNames');
    const id = generatedName(resource);
    return { ref: id, attributes: { QueryDefinitionId: id } };
  },
};
