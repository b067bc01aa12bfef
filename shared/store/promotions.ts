import {
  ConditionalCheckFailedException,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Instant } from '../deployment/observations.ts';
import { type Connection, OUTBOX_PATIENCE, overtakenIn, read, STILL_ABSENT, unchangedSince } from './connection.ts';
import { fromItem, toItem } from './items.ts';
import { claimKey, EVIDENCE, evidenceKey, progressKey, promotionAuditKey, promotionKey, WAITING, waitingKey } from './keys.ts';

/** What is kept of a promotion; what it means is its own business. */
interface Kept {
  readonly id: string;
  readonly state: string;
  readonly digest: string;
  readonly rule: { readonly name: string; readonly to: { readonly environment: string } };
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

/** An item, and what must hold for it to be written. */
type Put = Omit<NonNullable<TransactWriteItem['Put']>, 'TableName'>;

/** A tag that is taken with a step, and how the claim before it gives way. */
export interface TagClaim {
  readonly claim: Claim;
  readonly terms: ClaimTerms;
}

const claimed = ({ claim, terms }: TagClaim): Put => ({
  Item: toItem(claimKey(claim.repository, claim.tag), claim),
  ...(terms.kind === 'newest'
    ? {
        ConditionExpression: 'attribute_not_exists(pk) OR #time <= :time',
        ExpressionAttributeNames: { '#time': 'time' },
        ExpressionAttributeValues: marshall({ ':time': claim.time }),
      }
    : {
        ConditionExpression: 'attribute_not_exists(pk) OR digest = :digest OR promotion IN (:own, :dead)',
        ExpressionAttributeValues: marshall({
          ':digest': claim.digest,
          ':own': claim.promotion,
          ':dead': terms.dead ?? claim.promotion,
        }),
      }),
});

/** Somebody who waits for what is said of a digest, as its message is addressed. */
export interface Waiting {
  readonly id: string;
  readonly environment: string;
  readonly rule: string;
}

export const createPromotionStore = <T extends Kept>(connection: Connection) => {
  const { client, TableName } = connection;

  /** What is known of a digest: evidence, and the promotions that wait. */
  const ofDigest = async (digest: string) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: marshall({ ':pk': evidenceKey(digest, '').pk }),
      }),
    );
    const of = (prefix: string) => Items.filter(({ sk }) => sk?.S?.startsWith(prefix) === true);
    return {
      evidence: of(EVIDENCE).map((item) => fromItem<Evidence>(item)),
      waiting: of(WAITING).map((item) => fromItem<Waiting>(item)),
    };
  };

  /** Answers whether its condition held. */
  const put = async (item: Put): Promise<boolean> => {
    try {
      await client.send(new PutItemCommand({ TableName, ...item }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  return {
    promotion: (id: string) => read<T>(connection, promotionKey(id)),
    claim: ({ repository, tag }: Pick<Claim, 'repository' | 'tag'>) => read<Claim>(connection, claimKey(repository, tag)),
    ofDigest,

    /** Uploads that have begun: one run leaves them to the next. */
    progress: async (id: string) => (await read<Progress>(connection, progressKey(id)))?.uploads,
    saveProgress: async (id: string, { uploads }: Progress): Promise<void> => {
      await client.send(new PutItemCommand({ TableName, Item: toItem(progressKey(id), { uploads }) }));
    },

    /** Keeps the newest of its kind. Answers whether it is. */
    recordEvidence: (evidence: Evidence): Promise<boolean> =>
      put({
        Item: toItem(evidenceKey(evidence.digest, evidence.kind), evidence),
        ConditionExpression: 'attribute_not_exists(pk) OR #at <= :at',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: marshall({ ':at': evidence.at }),
      }),

    /** Of a tag that moves. Answers whether it may. */
    claimTag: (claim: Claim): Promise<boolean> => put(claimed({ claim, terms: { kind: 'newest' } })),

    /**
     * Writes a step in one transaction: the promotion, its audit record, its place among those that wait, and the claim of its tag.
     * `conflict`: somebody was quicker; `claimed`: the tag is another's.
     */
    async commit(promotion: T, step: PromotionStep, tag?: TagClaim): Promise<'committed' | 'conflict' | 'claimed'> {
      const { id, digest, state, version, wakeAt, unsent } = promotion;
      const owed = unsent.length > 0 ? Math.min(wakeAt ?? Number.POSITIVE_INFINITY, step.at + OUTBOX_PATIENCE) : wakeAt;
      const waits = state === 'waiting';
      const moved = state !== step.from || step.events.length > 0;
      const Item = toItem(promotionKey(id), { ...promotion, version: version + 1 }, { dueAt: owed });
      const record = { promotion: id, to: state, ...step };
      const { name: rule, to } = promotion.rule;
      const puts: readonly Put[] = [
        { Item, ...unchangedSince(version) },
        ...(moved ? [{ Item: toItem(promotionAuditKey(id, version + 1), record), ConditionExpression: STILL_ABSENT }] : []),
        ...(waits && step.from === REQUESTED
          ? [{ Item: toItem(waitingKey(digest, id), { id, environment: to.environment, rule }) }]
          : []),
      ];
      const items: TransactWriteItem[] = [
        ...puts.map((Put) => ({ Put: { TableName, ...Put } })),
        ...(!waits && moved ? [{ Delete: { TableName, Key: marshall(waitingKey(digest, id)) } }] : []),
        ...(tag === undefined ? [] : [{ Put: { TableName, ...claimed(tag) } }]),
      ];
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems: items }));
        return 'committed';
      } catch (error) {
        const codes = overtakenIn(error);
        if (codes === undefined) throw error;
        const isClaim = tag !== undefined && codes.at(-1) === 'ConditionalCheckFailed' && codes[0] === 'None';
        return isClaim ? 'claimed' : 'conflict';
      }
    },
  };
};

export type PromotionStore<T extends Kept> = ReturnType<typeof createPromotionStore<T>>;
