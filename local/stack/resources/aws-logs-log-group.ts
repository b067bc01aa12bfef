import { ACCOUNT, REGION } from '../../service.ts';
import { generatedName, type ResourceType, textProperty } from '../resource-type.ts';

/** Kept with the stack: functions' lines go to the terminal of the local cloud. */
export const awsLogsLogGroup: ResourceType = {
  type: 'AWS::Logs::LogGroup',
  properties: ['DataProtectionPolicy', 'KmsKeyId', 'LogGroupClass', 'LogGroupName', 'RetentionInDays', 'Tags'],
  create(resource) {
    const name = textProperty(resource, 'LogGroupName') ?? generatedName(resource);
    return { ref: name, attributes: { Arn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*` } };
  },
};
