import { documentProperty, type ResourceType, requiredText } from '../resource-type.ts';

/** With `Statement`, a policy of that one statement; else its parts. */
export const awsEventsEventBusPolicy: ResourceType = {
  type: 'AWS::Events::EventBusPolicy',
  properties: ['Action', 'Condition', 'EventBusName', 'Principal', 'Statement', 'StatementId'],
  async create(resource, { call }) {
    const { Statement, ...parts } = resource.properties;
    const StatementId = requiredText(resource, 'StatementId');
    const bus = parts['EventBusName'] === undefined ? {} : { EventBusName: parts['EventBusName'] };
    if (Statement === undefined) await call('events', 'PutPermission', parts);
    else {
      const document = { Version: '2012-10-17', Statement: [{ Sid: StatementId, ...documentProperty(resource, 'Statement') }] };
      await call('events', 'PutPermission', { ...bus, Policy: JSON.stringify(document) });
    }
    return { ref: StatementId, attributes: {} };
  },
};
