import type { CallApi } from '../api.ts';
import { documentProperty, type ResourceType, requiredText } from '../resource-type.ts';
import { isRecord, type Json } from '../template.ts';

/** A statement of the bus's policy: with `Statement` as it stands, else of its parts. The others of the bus stay. */
export const awsEventsEventBusPolicy: ResourceType = {
  type: 'AWS::Events::EventBusPolicy',
  properties: ['Action', 'Condition', 'EventBusName', 'Principal', 'Statement', 'StatementId'],
  async create(resource, { call }) {
    const { Statement, ...parts } = resource.properties;
    const StatementId = requiredText(resource, 'StatementId');
    if (Statement === undefined) await call('events', 'PutPermission', parts);
    else {
      const { EventBusName = 'default' } = parts;
      const others = (await statementsOf(call, EventBusName)).filter(({ Sid }) => Sid !== StatementId);
      const statement = { Sid: StatementId, ...documentProperty(resource, 'Statement') };
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [...others, statement] });
      await call('events', 'PutPermission', { EventBusName, Policy });
    }
    return { ref: StatementId, attributes: {} };
  },
};

const statementsOf = async (call: CallApi, bus: unknown): Promise<readonly Json[]> => {
  const { Policy } = await call('events', 'DescribeEventBus', { Name: bus });
  const { Statement = [] }: Json = Policy === undefined ? {} : JSON.parse(String(Policy));
  return [Statement].flat().filter(isRecord);
};
