import type { ToldRevision } from '../../events/generated/outcomes.ts';
import { isOfPromotion, type Outcome } from '../outcome.ts';
import { detailOf } from './detail.ts';

/** What is told beside the message, once: a reply in its thread. */
export interface Detail {
  /** The event's id. */
  readonly key: string;
  readonly sequence: number;
  /** In mrkdwn. */
  readonly text: string;
}

/** What is known of one deployment or promotion: the same, in whatever order its events came, and however often. */
export interface Story {
  readonly newest: Outcome;
  /** Of its start. */
  readonly revisions?: { readonly sequence: number; readonly revision: ToldRevision; readonly before?: ToldRevision };
  /** In the order of their events. */
  readonly details: readonly Detail[];
}

/** An item of the table holds 400 KB: of lists that may be long, what is shown. */
const SHOWN = 5;

const slim = (outcome: Outcome): Outcome => {
  const detail: Record<string, unknown> = { ...outcome.detail };
  for (const name of ['known', 'notWatched', 'smoke', 'gates', 'kept']) {
    const list = detail[name];
    if (Array.isArray(list)) detail[name] = list.slice(0, SHOWN);
  }
  return { type: outcome.type, detail } as unknown as Outcome;
};

/** A refused cancel says nothing of how the deployment is; it is a detail of it. */
const isAside = ({ type }: Outcome): boolean => type === 'CancelRejected';

const isNewer = (one: Outcome, other: Outcome): boolean => {
  if (isAside(one) !== isAside(other)) return isAside(other);
  return one.detail.sequence > other.detail.sequence;
};

export const tellStory = (story: Story | undefined, outcome: Outcome): Story => {
  const newest = story === undefined || isNewer(outcome, story.newest) ? slim(outcome) : story.newest;
  const revisions = revisionsOf(story, outcome);
  return { newest, ...(revisions === undefined ? {} : { revisions }), details: detailsOf(story, outcome) };
};

const revisionsOf = (story: Story | undefined, { type, detail }: Outcome): Story['revisions'] => {
  if (type !== 'DeploymentStarted' || (story?.revisions?.sequence ?? 0) >= detail.sequence) return story?.revisions;
  const { sequence, revision, before } = detail;
  return { sequence, revision, ...(before === undefined ? {} : { before }) };
};

const detailsOf = (story: Story | undefined, outcome: Outcome): readonly Detail[] => {
  const details = story?.details ?? [];
  const { eventId: key, sequence } = outcome.detail;
  const text = isOfPromotion(outcome) ? undefined : detailOf(outcome);
  if (text === undefined || details.some((detail) => detail.key === key)) return details;
  return [...details, { key, sequence, text }].toSorted((a, b) => a.sequence - b.sequence || (a.key < b.key ? -1 : 1));
};
