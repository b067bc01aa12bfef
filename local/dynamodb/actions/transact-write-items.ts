import type { Action } from '../../service.ts';
import { addUsage, type CapacityDetail, consumedCapacity, type TransactionKind, type Usage, withMember } from '../capacity.ts';
import { hashOfContent, rememberTransaction, wasCarriedOut } from '../client-request-token.ts';
import { entryKey, tieOf } from '../entry-key.ts';
import { validationError } from '../errors.ts';
import { collectionMetrics } from '../item-collections.ts';
import { itemSize } from '../item-size.ts';
import { usageOfReads } from '../reads.ts';
import {
  placeholderMembers,
  returnConsumedCapacity,
  returnItemCollectionMetrics,
  returnOnFailure,
  tableName,
} from '../request-members.ts';
import { anything, list, optional, readInput, string, structure } from '../shape.ts';
import { type DynamoDbStore, tableOf } from '../store.ts';
import type { Table } from '../table.ts';
import { MAX_TRANSACTION_BYTES, MAX_TRANSACTION_ITEMS, repeatedOperation, settleAll } from '../transactions.ts';
import { readUpdate } from '../update-requests.ts';
import { readCheck, readDelete, readPut } from '../write-requests.ts';
import { commit, decide, refuseOutright, usageOf, type Write, type Written } from '../writes.ts';

const shared = {
  TableName: tableName,
  ...placeholderMembers,
  ReturnValuesOnConditionCheckFailure: returnOnFailure,
};

const operation = structure({
  ConditionCheck: optional(structure({ ...shared, Key: anything, ConditionExpression: string() })),
  Put: optional(structure({ ...shared, Item: anything, ConditionExpression: optional(string()) })),
  Delete: optional(structure({ ...shared, Key: anything, ConditionExpression: optional(string()) })),
  Update: optional(structure({ ...shared, Key: anything, UpdateExpression: string(), ConditionExpression: optional(string()) })),
});

const request = structure({
  TransactItems: list(operation, { min: 1, max: MAX_TRANSACTION_ITEMS }),
  ClientRequestToken: optional(string({ min: 1, max: 36 })),
  ReturnConsumedCapacity: returnConsumedCapacity,
  ReturnItemCollectionMetrics: returnItemCollectionMetrics,
});

type Operation = ReturnType<typeof operation>;

const readOperation = ({ ConditionCheck, Put, Delete, Update }: Operation): Write => {
  const given = [ConditionCheck, Put, Delete, Update].filter((one) => one !== undefined);
  if (given.length > 1) throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  if (ConditionCheck !== undefined) return readCheck(ConditionCheck);
  if (Put !== undefined) return readPut(Put);
  if (Delete !== undefined) return readDelete(Delete);
  if (Update !== undefined) return readUpdate(Update);
  throw validationError('Invalid Request: TransactWriteRequest should contain Delete or Put or Update request');
};

interface Planned {
  readonly table: Table;
  readonly write: Write;
}

const refuseRepeated = (plans: readonly Planned[]): void => {
  const keys = plans.map(({ table, write }) => `${table.name} ${tieOf(entryKey(write.given, table.schema)).toString('hex')}`);
  if (new Set(keys).size === keys.length) return;
  throw repeatedOperation();
};

const plan = (store: DynamoDbStore, write: Write): Planned => {
  const table = tableOf(store, write.tableName);
  refuseOutright(table, write);
  return { table, write };
};

interface Outcome extends Planned {
  readonly written: Written;
}

/** Decides on all operations before it carries out the first, so that all or none happen. */
const carryOut = (plans: readonly Planned[]): readonly Outcome[] => {
  const decided = settleAll(plans, ({ table, write }) => ({ table, write, decision: decide(table, write) }));
  const bytes = decided.reduce((sum, { decision }) => sum + (decision.after === undefined ? 0 : itemSize(decision.after)), 0);
  if (bytes > MAX_TRANSACTION_BYTES)
    throw validationError('Collection size limit exceeded: the items of a transaction exceed 4 MB');
  return decided.map(({ table, write, decision }) => ({ table, write, written: commit(table, decision) }));
};

const byTable = <T extends { readonly table: Table }>(members: readonly T[]): readonly (readonly [Table, readonly T[]])[] =>
  [...new Set(members.map(({ table }) => table))].map((table) => [table, members.filter((member) => member.table === table)]);

const capacityOf = (
  used: readonly { readonly table: Table; readonly usage: Usage }[],
  detail: CapacityDetail,
  kind: TransactionKind,
) => {
  if (detail === undefined || detail === 'NONE') return undefined;
  return byTable(used).map(([table, members]) =>
    consumedCapacity(table, members.map(({ usage }) => usage).reduce(addUsage), detail, kind),
  );
};

/** A transaction repeated under its token only reads. */
const readUsage = ({ table, write }: Planned) => {
  const stored = table.items.get(entryKey(write.given, table.schema));
  const read = { item: stored?.item, bytes: stored?.size ?? 0 };
  return { table, usage: usageOfReads([read], 'transactional') };
};

const metricsOf = (outcomes: readonly Outcome[], wanted: 'SIZE' | 'NONE' | undefined) => {
  const entries = byTable(outcomes).map(([table, members]) => {
    const metrics = members.map(({ write, written }) => collectionMetrics(table, written.key, write.given, wanted));
    return [table.name, metrics.filter((metric) => metric !== undefined)] as const;
  });
  const present = entries.filter(([, metrics]) => metrics.length > 0);
  return present.length === 0 ? undefined : Object.fromEntries(present);
};

/** Up to 100 writes and checks of different items: all happen, or none, and the error tells for each why. */
export const transactWriteItems: Action<DynamoDbStore> = (store, input) => {
  const read = readInput(request, input);
  const { ClientRequestToken: token, ReturnConsumedCapacity: detail } = read;
  const writes = read.TransactItems.map(readOperation);
  const hash = token === undefined ? '' : hashOfContent(input['TransactItems']);
  const isRepeated = token !== undefined && wasCarriedOut(store, token, hash);
  const plans = writes.map((write) => plan(store, write));
  if (isRepeated) return withMember('ConsumedCapacity', capacityOf(plans.map(readUsage), detail, 'ReadCapacityUnits'));
  refuseRepeated(plans);
  const outcomes = carryOut(plans);
  if (token !== undefined) rememberTransaction(store, token, hash);
  const used = outcomes.map(({ table, written }) => ({ table, usage: usageOf(written, true) }));
  return {
    ...withMember('ConsumedCapacity', capacityOf(used, detail, 'WriteCapacityUnits')),
    ...withMember('ItemCollectionMetrics', metricsOf(outcomes, read.ReturnItemCollectionMetrics)),
  };
};
