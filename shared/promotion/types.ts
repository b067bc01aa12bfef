import type { PromotionRule } from '../catalogue/catalogue.ts';
import type { Instant, Reason } from '../deployment/observations.ts';
import type { Cause } from '../deployment/types.ts';
import type { CopiedBytes } from '../registries/copying.ts';

/** What was asked for, as it was. Of a push: the image alone. */
export interface AskedPromotion {
  readonly image: string;
  readonly to?: string;
  readonly from?: string;
  readonly tag?: string;
  readonly requestId?: string;
  readonly version?: string;
  readonly commit?: string;
  readonly ref?: string;
  readonly actor?: string;
  readonly reason?: string;
  readonly pullRequest?: string;
  readonly runUrl?: string;
}

export type PromotionState = 'waiting' | 'copying' | 'completed' | 'failed';

export type PromotionEventType = 'PromotionStarted' | 'PromotionCompleted' | 'PromotionFailed';

/** An event that is owed to the bus. */
export interface PromotionTold {
  readonly type: PromotionEventType;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** One request to promote, from its arrival to its end, as it is stored. */
export interface Promotion {
  readonly id: string;
  readonly rule: PromotionRule;
  readonly state: PromotionState;
  readonly asked: AskedPromotion;
  readonly fingerprint: string;
  readonly cause: Cause;
  /** Tag or digest by which it was asked for. */
  readonly reference: string;
  /** What that meant when it was accepted; empty where it could not be found. */
  readonly digest: string;
  readonly acceptedAt: Instant;
  /** Until when its gates may wait. */
  readonly waitUntil: Instant;
  /** Until when the copy may take. */
  readonly deadline?: Instant;
  /** Its tag at the destination. */
  readonly tag?: string;
  readonly waitingFor?: Reason;
  /** Whose copy it is at the moment. */
  readonly lease?: { readonly by: string; readonly until: Instant };
  /** By every run so far. */
  readonly bytes: CopiedBytes;
  /** Why it failed. */
  readonly failure?: Reason;
  /** Calls that failed in a row. */
  readonly troubles: number;
  readonly sequence: number;
  /** Events that the bus has not taken yet, in order. */
  readonly unsent: readonly PromotionTold[];
  /** When somebody has to look at the latest; absent: never again. */
  readonly wakeAt?: Instant;
  readonly wakeNumber: number;
  readonly version: number;
}

/** What one gate says. */
export type GateAnswer =
  | { readonly says: 'pass'; readonly what: string }
  /** It may pass later. */
  | { readonly says: 'wait'; readonly reason: Reason }
  /** It will not. */
  | { readonly says: 'no'; readonly reason: Reason };

/** What came of a copy that ended well. */
export interface CopyResult {
  readonly bytes: CopiedBytes;
  readonly referrers: number;
  readonly toDigest: string;
  /** Tags that name it now, beside its own. */
  readonly tags: readonly string[];
  /** Tags that stay with another image. */
  readonly kept: readonly string[];
}

export type PromotionInput =
  | { readonly kind: 'woken' }
  | { readonly kind: 'gated'; readonly answers: readonly GateAnswer[]; readonly tag?: string }
  | { readonly kind: 'copied'; readonly result: CopyResult }
  /** The function's time was over. */
  | { readonly kind: 'interrupted'; readonly bytes: CopiedBytes }
  | { readonly kind: 'refused'; readonly reason: Reason }
  | { readonly kind: 'erred'; readonly message: string };

export interface PromotionMoment {
  readonly now: Instant;
  readonly invocation: string;
  /** The function's timeout and a minute, in milliseconds. */
  readonly leaseMilliseconds: number;
}

export interface PromotionDecision {
  readonly promotion: Promotion;
  /** What is owed now, by whoever committed this. */
  readonly effect?: 'ask-gates' | 'copy';
}
