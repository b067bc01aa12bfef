import { type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Decision, World } from '../deployment/decision.ts';
import type { InputKind, Moment } from '../deployment/input.ts';
import type { Instant } from '../deployment/observations.ts';
import type { Deployment } from '../deployment/types.ts';
import { type Connection, OUTBOX_PATIENCE, overtakenIn, STILL_ABSENT, unchangedSince } from './connection.ts';
import { type Past, toItem } from './items.ts';
import { auditKey, deploymentKey, type Key, laneKey, outboxKey, quarantineKey, serviceKey } from './keys.ts';

/** An event that is owed to the bus, as it is kept until it is sent. */
export interface OutboxEntry {
  readonly deployment: string;
  readonly sequence: number;
  readonly type: string;
  readonly environment: string;
  readonly service: string;
  readonly lane: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Who decided, when, and on what: for the audit record. */
export interface Circumstances {
  readonly moment: Moment;
  readonly input: InputKind;
  /** The event's id, or the wake's. */
  readonly message: string;
}

interface Versioned {
  readonly version: number;
  readonly wakeAt?: Instant;
}

/**
 * Writes everything a decision changes in one transaction, conditional on the versions that were read.
 * `conflict`: somebody was quicker, and nothing was written.
 */
export const commit = async (
  connection: Connection,
  world: World,
  decision: Decision,
  outbox: readonly OutboxEntry[],
  circumstances: Circumstances,
): Promise<'committed' | 'conflict'> => {
  const { TableName } = connection;
  const put = (key: Key, value: Versioned, past?: Past): TransactWriteItem => ({
    Put: {
      TableName,
      Item: toItem(key, { ...value, version: value.version + 1 }, { dueAt: value.wakeAt, past }),
      ...unchangedSince(value.version),
    },
  });
  const add = (key: Key, value: object, dueAt?: Instant): TransactWriteItem => ({
    Put: { TableName, Item: toItem(key, value, { dueAt }), ConditionExpression: STILL_ABSENT },
  });
  const check = (key: Key, { version }: Versioned): TransactWriteItem => ({
    ConditionCheck: { TableName, Key: marshall(key), ...unchangedSince(version) },
  });
  const { deployment, service, lane, others } = decision;
  const all = deployment === undefined ? others : [deployment, ...others];
  const { now } = circumstances.moment;
  const items: TransactWriteItem[] = [
    ...all.map((changed) => put(deploymentKey(changed.id), changed, { ...changed, at: changed.acceptedAt })),
    ...all.flatMap((changed) => audit(world, decision, changed, circumstances)).map(([key, record]) => add(key, record)),
    service === undefined ? check(serviceKey(world.service), world.service) : put(serviceKey(service), service),
    ...(lane === undefined ? [] : [put(laneKey(lane.name), lane)]),
    ...(deployment === undefined && world.deployment !== undefined
      ? [check(deploymentKey(world.deployment.id), world.deployment)]
      : []),
    ...outbox.map((entry) => add(outboxKey(entry.deployment, entry.sequence), entry, now + OUTBOX_PATIENCE)),
    ...quarantined(TableName, decision),
  ];
  return write(connection, items);
};

const quarantined = (TableName: string, { quarantine, lift, deployment }: Decision): TransactWriteItem[] => {
  if (quarantine !== undefined) {
    const key = quarantineKey(quarantine.environment, quarantine.service, quarantine.digest);
    return [{ Put: { TableName, Item: toItem(key, quarantine) } }];
  }
  if (lift === undefined || deployment === undefined) return [];
  return [{ Delete: { TableName, Key: marshall(quarantineKey(deployment.environment, deployment.service, lift)) } }];
};

const write = async ({ client }: Connection, items: TransactWriteItem[]): Promise<'committed' | 'conflict'> => {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: items }));
    return 'committed';
  } catch (error) {
    if (overtakenIn(error) !== undefined) return 'conflict';
    throw error;
  }
};

/** I8: who, when, why, from and to. A record of each step that changes the state, tells an event, or sets a quarantine. */
const audit = (
  world: World,
  decision: Decision,
  changed: Deployment,
  { moment, input, message }: Circumstances,
): [Key, object][] => {
  const before = [world.deployment, world.active, ...world.waiters].find((known) => known?.id === changed.id);
  const told = decision.events.filter(({ deployment }) => deployment.id === changed.id).map(({ type }) => type);
  if (before?.state === changed.state && told.length === 0 && decision.quarantine === undefined && decision.lift === undefined)
    return [];
  const record = {
    deployment: changed.id,
    at: moment.now,
    by: moment.function,
    invocation: moment.invocation,
    input,
    message,
    from: before?.state ?? 'requested',
    to: changed.state,
    events: told,
    reason: changed.outcome?.reason ?? changed.failure ?? changed.waitingFor,
    quarantined: changed.id === decision.deployment?.id ? decision.quarantine?.digest : undefined,
    lifted: changed.id === decision.deployment?.id ? decision.lift : undefined,
  };
  return [[auditKey(changed.id, changed.version + 1), record]];
};
