import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  paginateQuery,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Decision, World } from '../deployment/decision.ts';
import { members } from '../deployment/lanes.ts';
import type { Instant } from '../deployment/observations.ts';
import type { Deployment, Lane, Quarantine, Service } from '../deployment/types.ts';
import { type Circumstances, commit, type OutboxEntry } from './commit.ts';
import { type Connection, read, STILL_ABSENT } from './connection.ts';
import { fromItem, type Item, placeOf, toItem } from './items.ts';
import {
  deploymentKey,
  emptyLane,
  emptyService,
  type Key,
  laneKey,
  OUTBOX,
  outboxKey,
  quarantineKey,
  refusedCancelKey,
  rejectionKey,
  SHARDS,
  serviceKey,
} from './keys.ts';

/** Whom a message concerns. */
export interface Subject {
  readonly deployment: string;
  readonly environment: string;
  readonly service: string;
  readonly lane: string;
}

/** What else the decision needs to know. */
export interface Need {
  /** The waiting deployments of the service, to be rejected with the one that is left. */
  readonly waiters: boolean;
  /** The digest of a request that is not stored yet. */
  readonly digest?: string;
}

/** Something that is owed: what the sweep finds. */
export type Due =
  | { readonly what: 'deployment'; readonly deployment: Deployment }
  | { readonly what: 'outbox'; readonly entry: OutboxEntry }
  | { readonly what: 'lane'; readonly lane: Lane }
  | { readonly what: 'service'; readonly service: Service }
  | { readonly what: 'promotion'; readonly promotion: DuePromotion };

/** Of a promotion, what its owner is woken by. */
interface DuePromotion {
  readonly id: string;
  readonly rule: { readonly name: string; readonly to: { readonly environment: string } };
  readonly wakeNumber: number;
}

/** The table, as the handlers use it. Each method is one or a few requests; none scans. */
export interface Store {
  world(subject: Subject, need: Need): Promise<World>;
  service(environment: string, name: string): Promise<Service>;
  deployment(id: string): Promise<Deployment | undefined>;
  commit(
    world: World,
    decision: Decision,
    outbox: readonly OutboxEntry[],
    circumstances: Circumstances,
  ): Promise<'committed' | 'conflict'>;
  /** Events of a deployment that are owed to the bus, in order. */
  unsent(deployment: string): Promise<readonly OutboxEntry[]>;
  sent(entries: readonly OutboxEntry[]): Promise<void>;
  /** Keeps the answer of a request that was never accepted. Answers what is kept: where it was answered before, what was said then. */
  rejected(entry: OutboxEntry): Promise<OutboxEntry>;
  /** What is owed at that moment, the longest owed first, shard by shard. */
  due(now: Instant): AsyncIterable<readonly Due[]>;
}

/** A partition key of an index has 2,048 bytes at most; whoever typed more than that will not look for it. */
const isKey = (text: string): boolean => Buffer.byteLength(text) <= 2048;

const samePlace = (a: Item, b: Key) => a['pk']?.S === b.pk && a['sk']?.S === b.sk;

const readTogether = async ({ client, TableName }: Connection, keys: readonly Key[]): Promise<readonly Item[]> => {
  const found: Item[] = [];
  let left: Item[] = keys.map((key) => marshall(key));
  while (left.length > 0) {
    const answer = await client.send(
      new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: left.slice(0, 100), ConsistentRead: true } } }),
    );
    const unprocessed = answer.UnprocessedKeys?.[TableName]?.Keys ?? [];
    found.push(...(answer.Responses?.[TableName] ?? []));
    left = [...left.slice(100), ...unprocessed];
  }
  return found;
};

const readWorld = async (connection: Connection, subject: Subject, need: Need): Promise<World> => {
  const keys = {
    deployment: deploymentKey(subject.deployment),
    lane: laneKey(subject.lane),
    service: serviceKey({ environment: subject.environment, name: subject.service }),
  };
  const items = await readTogether(connection, Object.values(keys));
  const found = <T>(key: Key): T | undefined => {
    const item = items.find((candidate) => samePlace(candidate, key));
    return item === undefined ? undefined : fromItem<T>(item);
  };
  const deployment = found<Deployment>(keys.deployment);
  const lane = found<Lane>(keys.lane) ?? emptyLane(subject.lane, subject.environment);
  const service = found<Service>(keys.service) ?? emptyService(subject.environment, subject.service);
  return {
    ...(deployment === undefined ? {} : { deployment }),
    lane,
    service,
    ...(await readFurther(connection, subject, need, { deployment, lane, service })),
  };
};

/** A quarantine keeps a request from starting, and is lifted by a verdict: between them nobody asks. */
const minds = (deployment: Deployment | undefined): boolean =>
  deployment === undefined || ['queued', 'verifying', 'baking'].includes(deployment.state);

/** Writes what is not there yet; answers what is, if it is. */
const putFirst = async ({ client, TableName }: Connection, Item: Item): Promise<OutboxEntry | undefined> => {
  const command = new PutItemCommand({
    TableName,
    Item,
    ConditionExpression: STILL_ABSENT,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await client.send(command);
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException && error.Item !== undefined) return fromItem<OutboxEntry>(error.Item);
    throw error;
  }
};

/** What the first reading points to. */
const readFurther = async (
  connection: Connection,
  { deployment: id, environment, service: name }: Subject,
  need: Need,
  { deployment, lane, service }: { deployment: Deployment | undefined; lane: Lane; service: Service },
): Promise<Pick<World, 'active' | 'waiters' | 'quarantine'>> => {
  const digest = minds(deployment) ? (deployment?.image?.digest ?? need.digest) : undefined;
  const inLane = need.waiters ? members(lane) : [];
  const waiting = inLane.filter((waiter) => waiter.service === name && waiter.id !== id && waiter.id !== service.active);
  const other = service.active === id ? undefined : service.active;
  const activeKey = other === undefined ? undefined : deploymentKey(other);
  const quarantine = digest === undefined ? undefined : quarantineKey(environment, name, digest);
  const waiterKeys = waiting.map((waiter) => deploymentKey(waiter.id));
  const keys = [activeKey, quarantine, ...waiterKeys].filter((key) => key !== undefined);
  const items = keys.length === 0 ? [] : await readTogether(connection, keys);
  const found = <T>(key: Key | undefined): T | undefined => {
    const item = key === undefined ? undefined : items.find((candidate) => samePlace(candidate, key));
    return item === undefined ? undefined : fromItem<T>(item);
  };
  const active = found<Deployment>(activeKey);
  const quarantined = found<Quarantine>(quarantine);
  return {
    ...(active === undefined ? {} : { active }),
    ...(quarantined === undefined ? {} : { quarantine: quarantined }),
    waiters: waiterKeys.map((key) => found<Deployment>(key)).filter((waiter) => waiter !== undefined),
  };
};

const readUnsent = async ({ client, TableName }: Connection, deployment: string): Promise<readonly OutboxEntry[]> => {
  const { pk } = deploymentKey(deployment);
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :outbox)',
      ExpressionAttributeValues: marshall({ ':pk': pk, ':outbox': OUTBOX }),
    }),
  );
  return Items.map((item) => fromItem<OutboxEntry>(item));
};

const asDue = (item: Item): Due => {
  const { pk, sk } = unmarshall(item);
  if (String(sk).startsWith(OUTBOX)) return { what: 'outbox', entry: fromItem(item) };
  switch (String(pk).split('#')[0]) {
    case 'deployment':
      return { what: 'deployment', deployment: fromItem(item) };
    case 'lane':
      return { what: 'lane', lane: fromItem(item) };
    case 'service':
      return { what: 'service', service: fromItem(item) };
    case 'promotion':
      return { what: 'promotion', promotion: fromItem(item) };
    default:
      throw new Error(`item ${pk} ${sk} is due, but is none of deployment, lane, service, promotion, outbox`);
  }
};

async function* readDue({ client, TableName }: Connection, now: Instant): AsyncGenerator<readonly Due[]> {
  for (const shard of SHARDS) {
    const pages = paginateQuery(
      { client, pageSize: 100 },
      {
        TableName,
        IndexName: 'due',
        KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
        ExpressionAttributeValues: marshall({ ':shard': shard, ':now': now }),
      },
    );
    for await (const { Items = [] } of pages) yield Items.map(asDue);
  }
}

/** A request's is in the history of its service; a cancel is no request. */
const rejectionItem = (entry: OutboxEntry): Item => {
  const { deployment, type, environment, service, detail } = entry;
  if (type === 'CancelRejected') return toItem(refusedCancelKey(String(detail['eventId'])), entry);
  const past = { environment, service, at: Date.parse(String(detail['at'])) };
  return toItem(rejectionKey(deployment), entry, isKey(placeOf(past)) ? { past } : {});
};

export const createStore = (connection: Connection): Store => ({
  world: (subject, need) => readWorld(connection, subject, need),
  service: async (environment, name) =>
    (await read<Service>(connection, serviceKey({ environment, name }))) ?? emptyService(environment, name),
  deployment: (id) => read<Deployment>(connection, deploymentKey(id)),
  commit: (world, decision, outbox, circumstances) => commit(connection, world, decision, outbox, circumstances),
  unsent: (deployment) => readUnsent(connection, deployment),
  async sent(entries) {
    for (const { deployment, sequence } of entries) {
      await connection.client.send(
        new DeleteItemCommand({ TableName: connection.TableName, Key: marshall(outboxKey(deployment, sequence)) }),
      );
    }
  },
  async rejected(entry) {
    return (await putFirst(connection, rejectionItem(entry))) ?? entry;
  },
  due: (now) => readDue(connection, now),
});
