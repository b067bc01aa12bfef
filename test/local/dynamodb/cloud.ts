import { expect } from 'vitest';
import { type ManualClock, manualClock } from '../../../local/clock.ts';
import { createDynamoDbStore } from '../../../local/dynamodb/store.ts';
import { AwsError } from '../../../local/errors.ts';
import { HOME } from '../../../local/place.ts';
import { ACCOUNT, type CallContext, loadActions, REGION } from '../../../local/service.ts';

const actions = await loadActions(new URL('../../../local/dynamodb/actions/', import.meta.url));

const context: CallContext = {
  caller: { account: ACCOUNT, region: REGION, accessKeyId: 'AKIALOCAL', arn: `arn:aws:iam::${ACCOUNT}:user/local` },
  requestId: 'request',
  endpoint: 'http://127.0.0.1:4566',
};

/** An answer, as loosely typed as JSON is. */
// biome-ignore lint/suspicious/noExplicitAny: answers are read member by member, as a client in JavaScript does
export type Answer = any;

export interface Cloud {
  readonly clock: ManualClock;
  call(action: string, input: object): Answer;
  /** What the call was refused with. */
  refusal(action: string, input: object): AwsError;
}

export const newCloud = (): Cloud => {
  const clock = manualClock();
  let draws = 0;
  const random = () => {
    draws = (draws * 16807 + 12345) % 2147483647;
    return draws / 2147483647;
  };
  const store = createDynamoDbStore({ clock, random, place: HOME });
  const call = (action: string, input: object): Answer => {
    const run = actions[action];
    if (run === undefined) throw new Error(`there is no action ${action}`);
    // What a client sees has been JSON on its way.
    return JSON.parse(JSON.stringify(run(store, JSON.parse(JSON.stringify(input)), context) ?? {}));
  };
  const refusal = (action: string, input: object): AwsError => {
    try {
      call(action, input);
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
    return expect.fail(`${action} was not refused`);
  };
  return { clock, call, refusal };
};

interface TableShape {
  readonly sort?: string;
  readonly types?: Readonly<Record<string, string>>;
  readonly extra?: object;
}

/** Creates a table `things` with the partition key `pk`, and `sort` if it is given; attributes are strings unless `types` tells. */
export const createTable = (cloud: Cloud, { sort, types = {}, extra = {} }: TableShape = {}): void => {
  const keys = sort === undefined ? ['pk'] : ['pk', sort];
  const defined = [...new Set([...keys, ...Object.keys(types)])];
  cloud.call('CreateTable', {
    TableName: 'things',
    AttributeDefinitions: defined.map((name) => ({ AttributeName: name, AttributeType: types[name] ?? 'S' })),
    KeySchema: keys.map((name, index) => ({ AttributeName: name, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
    BillingMode: 'PAY_PER_REQUEST',
    ...extra,
  });
};

export const put = (cloud: Cloud, item: object): void => {
  cloud.call('PutItem', { TableName: 'things', Item: item });
};

export const get = (cloud: Cloud, key: object): Answer => cloud.call('GetItem', { TableName: 'things', Key: key }).Item;

export const schemaOf = (...names: readonly string[]) =>
  names.map((name, index) => ({ AttributeName: name, KeyType: index === 0 ? 'HASH' : 'RANGE' }));
