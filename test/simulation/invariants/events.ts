import { PLACES, SHARED, SHARING } from '../places.ts';
import type { Plan, Step } from '../plan.ts';
import type { Item, Seen, Told } from '../seen.ts';

/**
 * What must hold after every schedule (design, I1 to I9), judged by what the table, the targets and a subscriber's queue say. Nothing here
 * is shared with the handlers. Each answers what is wrong, in words.
 */
export type Invariant = (seen: Seen) => readonly string[];

export const groupBy = <T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
};

/** Each event once, in the order of its number. */
export const eventsOf = (told: readonly Told[]): ReadonlyMap<string, readonly Told[]> => {
  const unique = new Map(told.map((event) => [event.detail.eventId as string, event]));
  const groups = groupBy([...unique.values()], ({ detail }) => detail.deployment);
  return new Map([...groups].map(([id, events]) => [id, events.toSorted((a, b) => a.detail.sequence - b.detail.sequence)]));
};

export const deployments = (items: readonly Item[]): readonly Item[] =>
  items.filter(({ pk, sk }) => String(pk).startsWith('deployment#') && sk === 'state');

export const promotions = (items: readonly Item[]): readonly Item[] =>
  items.filter(({ pk, sk }) => String(pk).startsWith('promotion#') && sk === 'state');

export const auditOf = (items: readonly Item[]): ReadonlyMap<string, readonly Item[]> =>
  groupBy(
    items.filter(({ sk }) => String(sk).startsWith('audit#')),
    ({ deployment, promotion }) => deployment ?? promotion,
  );

/** When a deployment came to that state first, by its records; `undefined`: never. */
export const reachedAt = (records: ReturnType<typeof auditOf>, id: string, state: string): number | undefined =>
  records.get(id)?.find(({ to }) => to === state)?.['at'];

export const TERMINAL = new Set(['succeeded', 'rolled-back', 'failed', 'rejected', 'superseded', 'expired', 'cancelled']);
export const ACTIVE = new Set(['starting', 'rolling-out', 'verifying', 'baking', 'rolling-back', 'verifying-rollback']);

/** By how much what functions say of the time may be wrong, and how long ago CI may say that something was. */
export const MARGIN = 6000;

export const at = ({ detail }: Told): number => Date.parse(detail.at);

/** What is done at a place. */
export const stepsAt = ({ steps }: Pick<Plan, 'steps'>, place: number): readonly (Step & { readonly place: number })[] =>
  steps.flatMap((step) => ('place' in step && step.place === place ? [step] : []));

/** Whether it says that something was gone back from. */
export const isBack = ({ type }: Told): boolean => type === 'DeploymentRolledBack' || type === 'RollbackSucceeded';

export const SHARE: readonly number[] = [PLACES.indexOf(SHARED), PLACES.indexOf(SHARING)];
