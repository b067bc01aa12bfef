import {
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Instant } from '../deployment/types.ts';
import { fromItem, toItem } from './items.ts';
import type { Key } from './keys.ts';
import type { Connection } from './store.ts';

/** What is kept of a promotion; what it means is its own business. */
interface Kept {
  readonly id: string;
  readonly state: string;
  readonly digest: string;
  readonly wakeAt?: Instant;
  readonly unsent: readonly unknown[];
  readonly version: number;
}

/** Evidence for a digest: the newest of its kind counts. */
export interface Evidence {
  readonly digest: string;
  readonly kind: string;
  readonly tool: string;
  readonly passed: boolean;
  /** Milliseconds since the epoch: the event's. */
  readonly at: Instant;
  /** The event's source. */
  readonly by: string;
  readonly url?: string;
}

/** Who may put a tag of a repository, and on what. */
export interface Claim {
  /** `<registry>/<repository>` */
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  readonly promotion: string;
  /** When that was asked for: of a tag that moves, the newest wins. */
  readonly time: Instant;
}

/** Uploads under way at a registry, by digest. */
interface Progress {
  readonly uploads: Readonly<Record<string, { readonly location: string; readonly offset: number }>>;
}

/** How a claim gives way. */
export type ClaimTerms =
  /** To the same image alone, or where the one before has failed (`dead`). */
  | { readonly kind: 'once'; readonly dead?: string }
  /** To what was asked for later. */
  | { readonly kind: 'newest' };

const promotionKey = (id: string): Key => ({ pk: `promotion#${id}`, sk: 'state' });
const auditKey = (id: string, version: number): Key => ({
  pk: `promotion#${id}`,
  sk: `audit#${String(version).padStart(8, '0')}`,
});
const progressKey = (id: string): Key => ({ pk: `promotion#${id}`, sk: 'progress' });
const evidenceKey = (digest: string, kind: string): Key => ({ pk: `digest#${digest}`, sk: `evidence#${kind}` });
const waitingKey = (digest: string, id: string): Key => ({ pk: `digest#${digest}`, sk: `promotion#${id}` });
const claimKey = ({ repository, tag }: Pick<Claim, 'repository' | 'tag'>): Key => ({ pk: `tag#${repository}`, sk: tag });

/** How long an event may wait for the function that committed it, before the sweep sees to it; in milliseconds. */
const PATIENCE = 30_000;

/** What a promotion is before anything is known of it. */
export const REQUESTED = 'requested';

/** Who decided, when, and on what. */
export interface PromotionStep {
  readonly at: Instant;
  readonly invocation: string;
  readonly input: string;
  readonly message: string;
  readonly from: string;
  readonly events: readonly string[];
  readonly reason?: unknown;
}

const claimCondition = (claim: Claim, terms: ClaimTerms) => {
  if (terms.kind === 'newest')
    return {
      ConditionExpression: 'attribute_not_exists(pk) OR #time <= :time',
      ExpressionAttributeNames: { '#time': 'time' },
      ExpressionAttributeValues: marshall({ ':time': claim.time }),
    };
  return {
    ConditionExpression: 'attribute_not_exists(pk) OR digest = :digest OR promotion IN (:own, :dead)',
    ExpressionAttributeValues: marshall({
      ':digest': claim.digest,
      ':own': claim.promotion,
      ':dead': terms.dead ?? claim.promotion,
    }),
  };
};

export const createPromotionStore = <T extends Kept>(connection: Connection) => {
  const { client, TableName } = connection;

  const read = async <Item>(key: Key): Promise<Item | undefined> => {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: marshall(key), ConsistentRead: true }));
    return Item === undefined ? undefined : fromItem<Item>(Item);
  };

  /** What is known of a digest: evidence, and the promotions that wait. */
  const ofDigest = async (digest: string) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: marshall({ ':pk': `digest#${digest}` }),
      }),
    );
    const of = (prefix: string) => Items.filter(({ sk }) => sk?.S?.startsWith(prefix) === true);
    return {
      evidence: of('evidence#').map((item) => fromItem<Evidence>(item)),
      waiting: of('promotion#').map((item) => fromItem<{ readonly id: string }>(item).id),
    };
  };

  const put = async (Item: TransactWriteItem['Put']): Promise<boolean> => {
    try {
      await client.send(new PutItemCommand({ TableName, Item: Item?.Item, ...conditionOf(Item) }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  };

  return {
    promotion: (id: string) => read<T>(promotionKey(id)),
    claim: (place: Pick<Claim, 'repository' | 'tag'>) => read<Claim>(claimKey(place)),
    ofDigest,

    /** Uploads that have begun: one run leaves them to the next. */
    progress: async (id: string) => (await read<{ readonly uploads: Progress['uploads'] }>(progressKey(id)))?.uploads,
    saveProgress: async (id: string, { uploads }: Progress): Promise<void> => {
      await client.send(new PutItemCommand({ TableName, Item: toItem(progressKey(id), { uploads }) }));
    },

    /** Keeps the newest of its kind. Answers whether it is. */
    recordEvidence: (evidence: Evidence): Promise<boolean> =>
      put({
        TableName,
        Item: toItem(evidenceKey(evidence.digest, evidence.kind), evidence),
        ConditionExpression: 'attribute_not_exists(pk) OR #at <= :at',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: marshall({ ':at': evidence.at }),
      }),

    /** Of a tag that moves. Answers whether it may. */
    claimTag: (claim: Claim): Promise<boolean> =>
      put({ TableName, Item: toItem(claimKey(claim), claim), ...claimCondition(claim, { kind: 'newest' }) }),

    /**
     * Writes a step in one transaction: the promotion, its audit record, its place among those that wait, and the claim of its tag.
     * `conflict`: somebody was quicker; `claimed`: the tag is another's.
     */
    async commit(
      promotion: T,
      step: PromotionStep,
      claimed?: { readonly claim: Claim; readonly terms: ClaimTerms },
    ): Promise<'committed' | 'conflict' | 'claimed'> {
      const { id, digest, state, version, wakeAt, unsent } = promotion;
      const owed = unsent.length > 0 ? Math.min(wakeAt ?? Number.POSITIVE_INFINITY, step.at + PATIENCE) : wakeAt;
      const waits = state === 'waiting';
      const moved = state !== step.from || step.events.length > 0;
      const items: TransactWriteItem[] = [
        {
          Put: {
            TableName,
            Item: toItem(promotionKey(id), { ...promotion, version: version + 1 }, { dueAt: owed }),
            ...(version === 0
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: 'version = :version',
                  ExpressionAttributeValues: marshall({ ':version': version }),
                }),
          },
        },
        ...(moved
          ? [
              {
                Put: {
                  TableName,
                  Item: toItem(auditKey(id, version + 1), { promotion: id, to: state, ...step }),
                  ConditionExpression: 'attribute_not_exists(pk)',
                },
              },
            ]
          : []),
        ...(waits && step.from === REQUESTED ? [{ Put: { TableName, Item: toItem(waitingKey(digest, id), { id }) } }] : []),
        ...(!waits && moved ? [{ Delete: { TableName, Key: marshall(waitingKey(digest, id)) } }] : []),
        ...(claimed === undefined
          ? []
          : [
              {
                Put: {
                  TableName,
                  Item: toItem(claimKey(claimed.claim), claimed.claim),
                  ...claimCondition(claimed.claim, claimed.terms),
                },
              },
            ]),
      ];
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems: items }));
        return 'committed';
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? '');
        if (codes.length === 0 || !codes.every((code) => OVERTAKEN.includes(code))) throw error;
        const isClaim = claimed !== undefined && codes.at(-1) === 'ConditionalCheckFailed' && codes[0] === 'None';
        return isClaim ? 'claimed' : 'conflict';
      }
    },
  };
};

const OVERTAKEN = ['None', 'ConditionalCheckFailed', 'TransactionConflict'];

const conditionOf = (put: TransactWriteItem['Put']) => ({
  ConditionExpression: put?.ConditionExpression,
  ...(put?.ExpressionAttributeNames === undefined ? {} : { ExpressionAttributeNames: put.ExpressionAttributeNames }),
  ExpressionAttributeValues: put?.ExpressionAttributeValues,
});

export type PromotionStore<T extends Kept> = ReturnType<typeof createPromotionStore<T>>;
