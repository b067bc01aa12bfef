import type { Reason, Revision } from './deployment/observations.ts';
import type { Asked, Cause, Kind, Leaving } from './deployment/types.ts';
import type { OutcomeType } from './events/outcomes.ts';
import { readOutcome } from './notify/outcome.ts';

/** What every outcome event carries (`schemas/parts/common.json`, Told and ToldPromotion). `at` is ISO 8601. */
interface Carried {
  readonly eventId: string;
  readonly sequence: number;
  readonly environment: string;
  readonly at: string;
  readonly cause: Omit<Cause, 'time'> & { readonly time: string };
  readonly links: { readonly run?: string; readonly pullRequest?: string };
}

/** Of a deployment; the members after `links` are of some of its events. */
export interface DeploymentDetail extends Carried {
  readonly deployment: string;
  readonly kind: Kind;
  readonly service: string;
  readonly asked: Asked;
  readonly digest?: string;
  readonly repository?: string;
  readonly terminal?: true;
  readonly verdict?: string;
  readonly reason?: Reason;
  readonly changed?: boolean;
  readonly verified?: boolean;
  readonly before?: Revision;
  readonly running?: Revision;
  readonly left?: Leaving;
  readonly destination?: Revision;
  readonly durationSeconds?: number;
  readonly checkAttempts?: number;
}

export interface PromotionDetail extends Carried {
  readonly promotion: string;
  readonly to?: { readonly registry: string; readonly repository: string };
  readonly tag?: string;
  readonly toDigest?: string;
}

/** An outcome event as a subscriber's queue holds it. */
export type Heard =
  | { readonly type: OutcomeType; readonly deployment: DeploymentDetail }
  | { readonly type: OutcomeType; readonly promotion: PromotionDetail };

/**
 * Reads the message of a rule that passes on our own outcomes, for readers to whom a kind of event is a row of a table. Throws a `FinalError`
 * for what is no such event.
 */
export const readHeard = (body: string): Heard => {
  const { type, detail } = readOutcome(body);
  // The named border: the members are those of the schemas, each of some events.
  return 'promotion' in detail
    ? { type, promotion: detail as PromotionDetail }
    : { type, deployment: detail as DeploymentDetail };
};
