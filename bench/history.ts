import { randomBytes } from 'node:crypto';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  paginateScan,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { type BenchService, benchService, IMAGE_TAG } from './cloud/services.ts';
import type { Measurement } from './measurement.ts';
import { startVirtual, type Virtual } from './virtual/pipeline.ts';
import { amountsOf, countBy, createTally, type Tally } from './virtual/tally.ts';

const TableName = 'switchyard';
const SERVICE = benchService(1, {});
/** A service's own list of what ran keeps 20 entries: after so many deployments it has its full size. */
const FULL = 30;
const FEW = 10;
/** Histories that are written: as long as years of deployments. */
const LONG = [1000, 100_000] as const;
/** Seconds until nothing of the deployments before is under way: the alarms' window of an hour is closed. */
const QUIET = 4200;
/** What BatchWriteItem takes at once. */
const BATCH = 25;

type Item = Record<string, AttributeValue>;

interface Counted {
  readonly history: number;
  readonly tally: Tally;
}

/** Whether a deployment asks more of the table, the longer the history is. */
export const history: Measurement = {
  name: 'history',
  about: 'requests and units of one deployment at a short and at a long history',
  async run(say) {
    const tally = createTally();
    const pipeline = await startVirtual([SERVICE], tally);
    try {
      const counted: Counted[] = [];
      await deployTimes(pipeline, 0, FEW);
      counted.push(await deployOnce(pipeline, tally.take, FEW, FEW));
      await deployTimes(pipeline, FEW + 1, FULL);
      counted.push(await deployOnce(pipeline, tally.take, FULL, FULL));
      let there = FULL + 1;
      for (const [turn, many] of LONG.entries()) {
        say(`writing the items of ${many} deployments`);
        await multiply(pipeline.dynamodb, await endedDeployment(pipeline.dynamodb), many - there);
        counted.push(await deployOnce(pipeline, tally.take, FULL + 1 + turn, many));
        there = many + 1;
      }
      return { tables: [table(counted)], notes: await notes(pipeline.dynamodb) };
    } finally {
      await pipeline.stop();
    }
  },
};

/** Two images in turn: each deployment changes what runs. */
const imageOf =
  (turn: number) =>
  ({ environment }: BenchService) =>
    `${environment}:${turn % 2 === 0 ? 'good' : IMAGE_TAG}`;

const deployTimes = async (pipeline: Virtual, from: number, until: number): Promise<void> => {
  for (let turn = from; turn < until; turn += 1) {
    const [verdict] = await pipeline.deploy([SERVICE], imageOf(turn));
    if (verdict?.type !== 'DeploymentSucceeded') throw new Error(`deployment ${turn + 1} ended as ${verdict?.type}`);
  }
};

/** One more, in the state that the table has now, and nothing else. */
const deployOnce = async (pipeline: Virtual, take: () => Tally, turn: number, history: number): Promise<Counted> => {
  await pipeline.clock.advance(QUIET * 1000);
  take();
  await deployTimes(pipeline, turn, turn + 1);
  const { calls, invocations, logBytes } = take();
  const isSweep = ({ function: name }: { readonly function: string }) => name === 'sweep';
  return {
    history,
    tally: { calls: calls.filter((call) => !isSweep(call)), invocations: invocations.filter((one) => !isSweep(one)), logBytes },
  };
};

/** All items of the deployment that ended last. */
const endedDeployment = async (client: DynamoDBClient): Promise<{ readonly id: string; readonly items: readonly Item[] }> => {
  const pk = await newest(client);
  const { Items: items = [] } = await client.send(
    new QueryCommand({ TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: pk } } }),
  );
  return { id: pk.slice('deployment#'.length), items };
};

const newest = async (client: DynamoDBClient): Promise<string> => {
  const { Item } = await client.send(
    new GetItemCommand({ TableName, Key: { pk: { S: `service#${SERVICE.environment}#${SERVICE.name}` }, sk: { S: 'state' } } }),
  );
  const id = Item?.['history']?.L?.at(-1)?.M?.['deployment']?.S;
  if (id === undefined) throw new Error('the service has no history');
  return `deployment#${id}`;
};

/** The same deployment again and again, each time under another id of the same length. */
const multiply = async (
  client: DynamoDBClient,
  { id, items }: { id: string; items: readonly Item[] },
  times: number,
): Promise<void> => {
  const text = JSON.stringify(items);
  let waiting: Item[] = [];
  for (let count = 0; count < times; count += 1) {
    const other = randomBytes(id.length).toString('hex').slice(0, id.length);
    waiting.push(...(JSON.parse(text.replaceAll(id, other)) as Item[]));
    while (waiting.length >= BATCH) {
      await write(client, waiting.slice(0, BATCH));
      waiting = waiting.slice(BATCH);
    }
  }
  if (waiting.length > 0) await write(client, waiting);
};

const write = async (client: DynamoDBClient, items: readonly Item[]): Promise<void> => {
  const { UnprocessedItems = {} } = await client.send(
    new BatchWriteItemCommand({ RequestItems: { [TableName]: items.map((Item) => ({ PutRequest: { Item } })) } }),
  );
  if (Object.keys(UnprocessedItems).length > 0) throw new Error('the table did not take every item of the history');
};

const table = (counted: readonly Counted[]) => ({
  columns: [
    { title: 'deployments before' },
    { title: 'invocations' },
    { title: 'requests' },
    { title: 'most requests in one step' },
    { title: 'requests to DynamoDB' },
    { title: 'read units', decimals: 1 },
    { title: 'write units', decimals: 1 },
  ],
  rows: counted.map(({ history, tally }) => {
    const { readUnits, writeUnits } = amountsOf(tally);
    return [
      history.toLocaleString('en'),
      tally.invocations.length,
      tally.calls.length,
      Math.max(...countBy(tally.calls, ({ invocation }) => invocation).values()),
      tally.calls.filter(({ action }) => action.startsWith('dynamodb:')).length,
      readUnits,
      writeUnits,
    ];
  }),
});

const notes = async (client: DynamoDBClient): Promise<readonly string[]> => {
  let items = 0;
  for await (const { Count = 0 } of paginateScan({ client }, { TableName, Select: 'COUNT' })) items += Count;
  return [
    `The table had ${items.toLocaleString('en')} items at the end. The first ${FULL + 1} deployments and those that were counted are real; the others are copies of the last one's items under other ids, written by BatchWriteItem.`,
    "A service's item lists the last 20 revisions and is at its full size from then on: that, and nothing else, is the difference between 10 and 30.",
  ];
};
