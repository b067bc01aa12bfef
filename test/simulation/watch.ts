import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { BUS, desk } from './desk.ts';
import type { Run } from './functions.ts';
import { PLACES } from './plan.ts';
import type { Item } from './seen.ts';

/** Services that are asked about targets. */
const ASKS = ['ecs', 'cloudwatch'];

/** The tag by which a task definition tells for which deployment it was made. */
export const MADE_FOR = 'switchyard:deployment';

/** Calls that change a target. */
const CHANGES = ['UpdateService', 'StopServiceDeployment', 'StopTask'];

const { dynamodb, ecs } = desk.clients;

/** What must hold at each call of a function, as the table says at that moment. `time`: seconds since the beginning. */
export const watching = (time: () => number, wrong: string[]) => {
  /** I2: a function changes a target only while it holds the service's lease, and only for the deployment that has the service. */
  const requireLease = async (run: Run, action: string, input: string): Promise<void> => {
    const { service, taskDefinition } = JSON.parse(input) as { readonly service?: string; readonly taskDefinition?: string };
    const place = PLACES.find((one) => service?.split('/').at(-1) === one.service);
    if (place === undefined) return;
    const Key = { pk: { S: `service#${place.environment}#${place.service}` }, sk: { S: 'state' } };
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: BUS, Key, ConsistentRead: true }));
    const { lease, active } = Item === undefined ? ({} as Item) : unmarshall(Item);
    if (lease?.by !== run.requestId)
      wrong.push(`I2: ${run.name} called ${action} at ${time()} s, and the lease of ${service} is ${JSON.stringify(lease)}`);
    if (active === undefined)
      wrong.push(`I2: ${run.name} called ${action} at ${time()} s, and ${service} has no active deployment`);
    if (!run.name.startsWith('deploy') || taskDefinition === undefined) return;
    const { tags = [] } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }));
    const made = tags.find(({ key }) => key === MADE_FOR)?.value;
    if (made !== active)
      wrong.push(`I2: ${run.name} started ${made} at ${time()} s, and it is ${active} that is active in ${service}`);
  };

  return {
    async arriving(run: Run, service: string, action: string, input: string): Promise<void> {
      if (service === 'ecs' && CHANGES.includes(action)) await requireLease(run, action, input);
      if (run.overtaken && ASKS.includes(service))
        wrong.push(`I9: ${run.name} called ${service}:${action} at ${time()} s, for a wake that was overtaken`);
    },
  };
};

/** I9: a wake carries a number, and does nothing once the deployment has another. */
export const isOvertaken = async (event: unknown): Promise<boolean> => {
  const { Records: [record, ...others] = [] } = event as { readonly Records?: readonly { readonly body: string }[] };
  if (record === undefined || others.length > 0 || !record.body.startsWith('{"wake"')) return false;
  const { wake } = JSON.parse(record.body) as { readonly wake?: { readonly deployment?: string; readonly number?: number } };
  if (wake?.deployment === undefined || wake.number === undefined) return false;
  const Key = { pk: { S: `deployment#${wake.deployment}` }, sk: { S: 'state' } };
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: BUS, Key, ConsistentRead: true }));
  return Item !== undefined && unmarshall(Item)['wakeNumber'] > wake.number;
};
