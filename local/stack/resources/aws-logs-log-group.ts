import { arnAt } from '../../place.ts';
import { generatedName, type ResourceType, textProperty } from '../resource-type.ts';

/** Kept with the stack: functions' lines go to the terminal of the local cloud. */
export const awsLogsLogGroup: ResourceType = {
  type: 'AWS::Logs::LogGroup',
  properties: ['DataProtectionPolicy', 'KmsKeyId', 'LogGroupClass', 'LogGroupName', 'RetentionInDays', 'Tags'],
  create(resource, { place }) {
    const name = textProperty(resource, 'LogGroupName') ?? generatedName(resource);
    return { ref: name, attributes: { Arn: arnAt(place, 'logs', `log-group:${name}:*`) } };
  },
};
