import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Answer, type Cloud, createTable, newCloud, schemaOf } from './cloud.ts';

/*
 * The engine beside the most naive model of it: a list of items, read by filtering and sorting. Keys are few, so that writes
 * meet; the index's keys are missing at times, so that it is sparse, and often equal, so that its pages must break ties.
 */
interface Row {
  readonly pk: string;
  readonly sk: number;
  readonly group?: string | undefined;
  readonly rank?: number | undefined;
  readonly count: number;
}

type Model = Map<string, Row>;

const wireKey = ({ pk, sk }: Pick<Row, 'pk' | 'sk'>) => ({ pk: { S: pk }, sk: { N: String(sk) } });

const wire = (row: Row) => ({
  ...wireKey(row),
  cnt: { N: String(row.count) },
  ...(row.group === undefined ? {} : { grp: { S: row.group } }),
  ...(row.rank === undefined ? {} : { rnk: { N: String(row.rank) } }),
});

const idOf = ({ pk, sk }: Pick<Row, 'pk' | 'sk'>): string => `${pk} ${sk}`;

const key = { pk: fc.constantFrom('a', 'b'), sk: fc.constantFrom(-10, -1.5, 0, 2, 10, 11) };
const row = fc.record({
  ...key,
  group: fc.option(fc.constantFrom('g', 'h'), { nil: undefined }),
  rank: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
  count: fc.integer({ min: 0, max: 3 }),
});

const command = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), row }),
  fc.record({ kind: fc.constant('put if new' as const), row }),
  fc.record({ kind: fc.constant('delete' as const), ...key }),
  fc.record({ kind: fc.constant('count if below two' as const), ...key }),
  fc.record({ kind: fc.constant('leave the index' as const), ...key }),
  fc.record({
    kind: fc.constant('put both or none' as const),
    rows: fc.uniqueArray(row, { minLength: 2, maxLength: 2, selector: idOf }),
  }),
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

const accepted = (cloud: Cloud, action: string, input: object): boolean => {
  try {
    cloud.call(action, input);
    return true;
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code !== 'ConditionalCheckFailedException' && code !== 'TransactionCanceledException') throw error;
    return false;
  }
};

const NEW = { ConditionExpression: 'attribute_not_exists(pk)' };
const putInput = (one: Row) => ({ TableName: 'things', Item: wire(one) });

/** Gives the command to the engine; the answer is whether it was carried out. */
const runOnEngine = (cloud: Cloud, given: Command): boolean => {
  const target = 'pk' in given ? { TableName: 'things', Key: wireKey(given) } : {};
  switch (given.kind) {
    case 'put':
      return accepted(cloud, 'PutItem', putInput(given.row));
    case 'put if new':
      return accepted(cloud, 'PutItem', { ...putInput(given.row), ...NEW });
    case 'delete':
      return accepted(cloud, 'DeleteItem', target);
    case 'count if below two':
      return accepted(cloud, 'UpdateItem', {
        ...target,
        UpdateExpression: 'SET cnt = if_not_exists(cnt, :zero) + :one',
        ConditionExpression: 'attribute_not_exists(cnt) OR cnt < :two',
        ExpressionAttributeValues: { ':zero': { N: '0' }, ':one': { N: '1' }, ':two': { N: '2' } },
      });
    case 'leave the index':
      return accepted(cloud, 'UpdateItem', {
        ...target,
        UpdateExpression: 'REMOVE grp',
        ConditionExpression: 'attribute_exists(pk)',
      });
    case 'put both or none':
      return accepted(cloud, 'TransactWriteItems', {
        TransactItems: given.rows.map((one) => ({ Put: { ...putInput(one), ...NEW } })),
      });
  }
};

const runOnModel = (model: Model, given: Command): boolean => {
  const set = (one: Row) => model.set(idOf(one), one);
  const present = 'pk' in given ? model.get(idOf(given)) : undefined;
  switch (given.kind) {
    case 'put':
      set(given.row);
      return true;
    case 'put if new':
      if (model.has(idOf(given.row))) return false;
      set(given.row);
      return true;
    case 'delete':
      model.delete(idOf(given));
      return true;
    case 'count if below two':
      if (present !== undefined && present.count >= 2) return false;
      set({ ...(present ?? { pk: given.pk, sk: given.sk }), count: (present?.count ?? 0) + 1 });
      return true;
    case 'leave the index':
      if (present === undefined) return false;
      set({ ...present, group: undefined });
      return true;
    case 'put both or none':
      if (given.rows.some((one) => model.has(idOf(one)))) return false;
      given.rows.forEach(set);
      return true;
  }
};

const readAll = (cloud: Cloud, action: string, input: object, limit: number): readonly Answer[] => {
  const items: Answer[] = [];
  let start: object | undefined;
  do {
    const page = cloud.call(action, {
      TableName: 'things',
      Limit: limit,
      ...input,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    });
    items.push(...page.Items);
    if (items.length > 100) throw new Error('the pages do not end');
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return items;
};

const inAnyOrder = (items: readonly Answer[]) =>
  [...items].sort((left, right) => (idOf({ pk: left.pk.S, sk: left.sk.N }) < idOf({ pk: right.pk.S, sk: right.sk.N }) ? -1 : 1));

const compareReads = (cloud: Cloud, model: Model, limit: number, low: number, isForward: boolean): void => {
  const rows = [...model.values()];
  const direction = isForward ? 1 : -1;
  expect(inAnyOrder(readAll(cloud, 'Scan', {}, limit))).toEqual(inAnyOrder(rows.map(wire)));
  const range = rows.filter(({ pk, sk }) => pk === 'a' && sk > low).sort((left, right) => direction * (left.sk - right.sk));
  const query = { KeyConditionExpression: 'pk = :p AND sk > :low', ScanIndexForward: isForward };
  const values = { ':p': { S: 'a' }, ':low': { N: String(low) } };
  expect(readAll(cloud, 'Query', { ...query, ExpressionAttributeValues: values }, limit)).toEqual(range.map(wire));

  const grouped = rows.filter((one) => one.group === 'g' && one.rank !== undefined);
  const indexed = { IndexName: 'by-group', KeyConditionExpression: 'grp = :g', ScanIndexForward: isForward };
  const found = readAll(cloud, 'Query', { ...indexed, ExpressionAttributeValues: { ':g': { S: 'g' } } }, limit);
  expect(inAnyOrder(found)).toEqual(inAnyOrder(grouped.map(wire)));
  const ranks = found.map((item) => Number(item.rnk.N));
  expect(ranks).toEqual([...ranks].sort((left, right) => direction * (left - right)));
};

it('the engine carries out, refuses and finds what a naive model does', () => {
  fc.assert(
    fc.property(
      fc.array(command, { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(-11, -1.5, 1, 10),
      fc.boolean(),
      (commands, limit, low, isForward) => {
        const cloud = newCloud();
        createTable(cloud, {
          sort: 'sk',
          types: { sk: 'N', grp: 'S', rnk: 'N' },
          extra: {
            GlobalSecondaryIndexes: [
              { IndexName: 'by-group', KeySchema: schemaOf('grp', 'rnk'), Projection: { ProjectionType: 'ALL' } },
            ],
          },
        });
        const model: Model = new Map();
        for (const given of commands) expect(runOnEngine(cloud, given)).toBe(runOnModel(model, given));
        compareReads(cloud, model, limit, low, isForward);
      },
    ),
    { numRuns: 150 },
  );
});

it('a table of many items gives the right page from any sort key', () => {
  const cloud = newCloud();
  createTable(cloud, { sort: 'sk', types: { sk: 'N' } });
  for (let index = 0; index < 20_000; index += 1) {
    cloud.call('PutItem', { TableName: 'things', Item: { pk: { S: 'p' }, sk: { N: String((index * 7919) % 20_000) } } });
  }
  const from = (sk: number) =>
    cloud.call('Query', {
      TableName: 'things',
      KeyConditionExpression: 'pk = :p AND sk >= :from',
      ExpressionAttributeValues: { ':p': { S: 'p' }, ':from': { N: String(sk) } },
      Limit: 2,
    });
  for (let sk = 0; sk < 19_999; sk += 10)
    expect(from(sk).Items.map((item: Answer) => item.sk.N)).toEqual([String(sk), String(sk + 1)]);
});
