import { BatchGetItemCommand, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Instant, Reason } from '../deployment/observations.ts';
import type { Deployment, Lane, Service } from '../deployment/types.ts';
import type { OutboxEntry } from './commit.ts';
import type { Connection } from './connection.ts';
import { fromItem, type Item, placeOf, toItem } from './items.ts';
import { deploymentKey, type Key, laneKey, promotionKey, rejectionKey, serviceKey } from './keys.ts';

/** One step of a deployment, as it was committed (I8). */
export interface AuditRecord {
  readonly deployment: string;
  readonly at: Instant;
  readonly by: string;
  readonly input: string;
  readonly from: string;
  readonly to: string;
  /** The types of the events that the step told. */
  readonly events: readonly string[];
  readonly reason?: Reason;
}

/** The table, for people who look: nothing is written but what somebody did to a dead letter. */
export interface Reader {
  known(id: string): Promise<{
    readonly deployment: Deployment | undefined;
    readonly audit: readonly AuditRecord[];
    readonly rejection: OutboxEntry | undefined;
  }>;
  /** A promotion as it stands, with the record of its steps. */
  promotion(id: string): Promise<{ readonly promotion: PromotionSeen | undefined; readonly audit: readonly PromotionRecord[] }>;
  /** The newest requests for a service, newest first: rollbacks and refused ones too. As of a moment ago: it reads an index. */
  history(place: Pick<Deployment, 'environment' | 'service'>, limit: number): Promise<readonly PastRequest[]>;
  /** Those that are there, in the order of the ids. */
  deployments(ids: readonly string[]): Promise<readonly Deployment[]>;
  services(places: readonly Pick<Service, 'environment' | 'name'>[]): Promise<readonly Service[]>;
  lanes(names: readonly string[]): Promise<readonly Lane[]>;
  /** The record of what was done to a dead letter, by whom; written before it is done. */
  redriven(record: RedriveRecord): Promise<void>;
}

/** Of a promotion, what people ask for. */
export interface PromotionSeen {
  readonly id: string;
  readonly state: 'waiting' | 'copying' | 'completed' | 'failed';
  readonly rule: { readonly name: string; readonly to: { readonly registry: string; readonly repository: string } };
  readonly digest: string;
  readonly tag?: string;
  readonly waitingFor?: Reason;
  readonly failure?: Reason;
}

/** One step of a promotion, as it was committed (I8). */
export interface PromotionRecord {
  readonly at: Instant;
  readonly from: string;
  readonly to: string;
  readonly events: readonly string[];
  readonly reason?: Reason;
}

/** One of the two. */
export interface PastRequest {
  readonly deployment?: Deployment | undefined;
  /** The answer to a request that was never accepted. */
  readonly rejection?: OutboxEntry | undefined;
}

/** Who did what to a dead letter, when and why. */
export interface RedriveRecord {
  readonly queue: string;
  readonly message: string;
  readonly did: 'sent-back' | 'dropped';
  readonly by: string;
  readonly at: Instant;
  readonly reason: string;
}

export const createReader = (connection: Connection): Reader => ({
  async known(id) {
    const items = await readAll(connection, deploymentKey(id).pk);
    const at = (sk: string) => items.find((item) => item['sk']?.S === sk);
    const deployment = at(deploymentKey(id).sk);
    const rejection = at(rejectionKey(id).sk);
    return {
      deployment: deployment === undefined ? undefined : fromItem<Deployment>(deployment),
      audit: items.filter((item) => item['sk']?.S?.startsWith('audit#')).map((item) => fromItem<AuditRecord>(item)),
      rejection: rejection === undefined ? undefined : fromItem<OutboxEntry>(rejection),
    };
  },
  async promotion(id) {
    const items = await readAll(connection, promotionKey(id).pk);
    const state = items.find((item) => item['sk']?.S === promotionKey(id).sk);
    return {
      promotion: state === undefined ? undefined : fromItem<PromotionSeen>(state),
      audit: items.filter((item) => item['sk']?.S?.startsWith('audit#')).map((item) => fromItem<PromotionRecord>(item)),
    };
  },
  async history(place, limit) {
    const keys: Key[] = [];
    const query = {
      TableName: connection.TableName,
      IndexName: 'history',
      ScanIndexForward: false,
      KeyConditionExpression: 'place = :place',
      ExpressionAttributeValues: marshall({ ':place': placeOf(place) }),
    };
    for await (const { Items = [] } of paginateQuery({ client: connection.client, pageSize: limit }, query)) {
      for (const { pk, sk } of Items) keys.push({ pk: pk?.S ?? '', sk: sk?.S ?? '' });
      if (keys.length >= limit) break;
    }
    const items = await readEach<Deployment | OutboxEntry>(connection, keys.slice(0, limit));
    return items.map((item) => ('state' in item ? { deployment: item } : { rejection: item }));
  },
  deployments: (ids) => readEach<Deployment>(connection, ids.map(deploymentKey)),
  services: (places) => readEach<Service>(connection, places.map(serviceKey)),
  lanes: (names) => readEach<Lane>(connection, names.map(laneKey)),
  async redriven(record) {
    const key: Key = { pk: `redrive#${record.queue}`, sk: `${new Date(record.at).toISOString()}#${record.message}` };
    await connection.client.send(new PutItemCommand({ TableName: connection.TableName, Item: toItem(key, record) }));
  },
});

const readAll = async ({ client, TableName }: Connection, pk: string): Promise<readonly Item[]> => {
  const found: Item[] = [];
  const query = {
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: marshall({ ':pk': pk }),
  };
  for await (const { Items = [] } of paginateQuery({ client }, query)) found.push(...Items);
  return found;
};

/** DynamoDB takes 100 keys at once. */
const MOST_KEYS = 100;

const readEach = async <T>({ client, TableName }: Connection, keys: readonly Key[]): Promise<readonly T[]> => {
  const found = new Map<string, Item>();
  let left = keys.map((key) => marshall(key));
  while (left.length > 0) {
    const Keys = left.slice(0, MOST_KEYS);
    const answer = await client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }));
    for (const item of answer.Responses?.[TableName] ?? []) found.set(`${item['pk']?.S} ${item['sk']?.S}`, item);
    left = [...left.slice(MOST_KEYS), ...(answer.UnprocessedKeys?.[TableName]?.Keys ?? [])];
  }
  return keys.flatMap(({ pk, sk }) => {
    const item = found.get(`${pk} ${sk}`);
    return item === undefined ? [] : [fromItem<T>(item)];
  });
};
