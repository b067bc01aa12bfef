import type { Action } from '../../service.ts';
import type { Item } from '../attribute-value.ts';
import { type CapacityDetail, consumedCapacity, withMember } from '../capacity.ts';
import { tieOf } from '../entry-key.ts';
import { validationError } from '../errors.ts';
import { readProjection } from '../expression-parameters.ts';
import { fetch, type ReadItem, readKey, usageOfReads } from '../reads.ts';
import { placeholderMembers, returnConsumedCapacity, tableName } from '../request-members.ts';
import { anything, boolean, list, map, optional, readInput, refused, string, structure } from '../shape.ts';
import { type DynamoDbStore, tableOf } from '../store.ts';
import type { Table } from '../table.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const MAX_KEYS = 100;
const MAX_BYTES = 16 * 1024 * 1024;

const keysOfTable = structure({
  Keys: list(anything, { min: 1 }),
  ConsistentRead: optional(boolean),
  ProjectionExpression: optional(string()),
  ExpressionAttributeNames: placeholderMembers.ExpressionAttributeNames,
  AttributesToGet: refused,
});

const request = structure({ RequestItems: map(keysOfTable), ReturnConsumedCapacity: returnConsumedCapacity });

type KeysOfTable = ReturnType<typeof keysOfTable>;

const checkCounts = (requests: Readonly<Record<string, KeysOfTable>>): void => {
  const entries = Object.entries(requests);
  if (entries.length === 0) throw validationError('The requestItems parameter is required for BatchGetItem');
  const tooMany = entries.find(([, { Keys }]) => Keys.length > MAX_KEYS);
  if (tooMany !== undefined) {
    const at = `RequestItems.${tooMany[0]}.member.Keys`;
    const rule = `Member must have length less than or equal to ${MAX_KEYS}`;
    throw validationError(`1 validation error detected: Value at '${at}' failed to satisfy constraint: ${rule}`);
  }
  if (entries.reduce((count, [, { Keys }]) => count + Keys.length, 0) > MAX_KEYS) {
    throw validationError('Too many items requested for the BatchGetItem call');
  }
};

interface Planned {
  readonly name: string;
  readonly table: Table;
  readonly input: KeysOfTable;
  readonly reads: readonly { readonly wire: unknown; readonly run: () => ReadItem }[];
}

const plan = (store: DynamoDbStore, name: string, input: KeysOfTable): Planned => {
  const paths = readProjection(input);
  const table = tableOf(store, tableName(name, { path: 'requestItems', problems: [] }));
  const keys = input.Keys.map((wire) => ({ wire, key: readKey(table, wire) }));
  if (new Set(keys.map(({ key }) => tieOf(key).toString('hex'))).size < keys.length) {
    throw validationError('Provided list of item keys contains duplicates');
  }
  return { name, table, input, reads: keys.map(({ wire, key }) => ({ wire, run: () => fetch(table, key, paths) })) };
};

interface Outcome {
  readonly planned: Planned;
  readonly reads: readonly ReadItem[];
  readonly unread: readonly unknown[];
}

/** Reads while there is room in the answer's 16 MB; the rest are the UnprocessedKeys. */
const readAll = (plans: readonly Planned[]): readonly Outcome[] => {
  let room = MAX_BYTES;
  return plans.map((planned) => {
    const reads: ReadItem[] = [];
    const unread: unknown[] = [];
    for (const { wire, run } of planned.reads) {
      const found = room > 0 ? run() : undefined;
      if (found === undefined || found.bytes > room) unread.push(wire);
      else reads.push(found);
      room -= found?.bytes ?? 0;
    }
    return { planned, reads, unread };
  });
};

const present = (reads: readonly ReadItem[]): readonly Item[] => reads.flatMap(({ item }) => (item === undefined ? [] : [item]));

const defined = (input: KeysOfTable) => Object.fromEntries(Object.entries(input).filter(([, member]) => member !== undefined));

const capacityOf = (outcomes: readonly Outcome[], detail: CapacityDetail) => {
  const used = outcomes.map(({ planned, reads }) =>
    consumedCapacity(
      planned.table,
      usageOfReads(reads, planned.input.ConsistentRead === true ? 'consistent' : 'eventual'),
      detail,
    ),
  );
  return detail === undefined || detail === 'NONE' ? undefined : used;
};

/** Reads up to 100 items of any tables. */
export const batchGetItem: Action<DynamoDbStore> = (store, input) => {
  const read = readInput(request, input);
  checkCounts(read.RequestItems);
  const outcomes = readAll(Object.entries(read.RequestItems).map(([name, keys]) => plan(store, name, keys)));
  const left = outcomes.filter(({ unread }) => unread.length > 0);
  return {
    Responses: Object.fromEntries(outcomes.map(({ planned, reads }) => [planned.name, present(reads)])),
    UnprocessedKeys: Object.fromEntries(
      left.map(({ planned, unread }) => [planned.name, { ...defined(planned.input), Keys: unread }]),
    ),
    ...withMember('ConsumedCapacity', capacityOf(outcomes, read.ReturnConsumedCapacity)),
  };
};
