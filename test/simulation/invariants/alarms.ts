import { PLACES, SHARED } from '../places.ts';
import { isRolling, type Plan } from '../plan.ts';
import { BEGIN, type Item, type Running, type Seen, type Told } from '../seen.ts';
import { at, auditOf, eventsOf, type Invariant, MARGIN, reachedAt, SHARE, stepsAt } from './events.ts';

/**
 * When the only alarm of a place rang, in milliseconds; `undefined`: not once and for good, others change things there, or it may be that of
 * another service as well.
 */
const rangOnce = (plan: Plan, place: number): number | undefined => {
  const acting = new Set(plan.steps.flatMap((step) => ('place' in step ? [step.place] : [])));
  if (SHARE.includes(place) && SHARE.every((one) => acting.has(one))) return undefined;
  const here = stepsAt(plan, place);
  const [rings, ...others] = here.filter((step) => step.do === 'alarm');
  if (rings === undefined || others.length > 0 || here.some((step) => step.do === 'by-hand')) return undefined;
  return BEGIN + rings.at * 1000;
};

/** I3: an alarm that rings during a deployment, and stays, speaks against it, or against its window; one that rang before does not. */
export const alarmsCount: Invariant = ({ plan, told }) => {
  const events = eventsOf(told);
  return [...events].flatMap(([id, all]) => {
    const [first, last] = [all[0], all.findLast(({ detail }) => detail.terminal === true)];
    const place = PLACES.findIndex(({ service }) => service === first?.detail.service);
    const rang = rangOnce(plan, place);
    if (first === undefined || last === undefined || rang === undefined) return [];
    const started = all.find(({ type }) => type === 'DeploymentStarted');
    if (last.type === 'DeploymentRolledBack' && last.detail.reason?.code === 'alarm' && rang < at(first) - MARGIN)
      return [`I3: ${id} was rolled back for an alarm that rang before it was asked for`];
    const during = started !== undefined && rang > at(started) + MARGIN && rang < at(last) - MARGIN;
    // It may ring between the last look and the commit: then the window that opens there has it.
    const answered = told.some(
      (event) => event.detail.service === last.detail.service && event.detail.deployment !== id && at(event) > at(last) - MARGIN,
    );
    return during && !answered && last.type === 'DeploymentSucceeded' ? [`I3: ${id} succeeded, though its alarm rang`] : [];
  });
};

/** Of one that rang before it was asked for, and of none other: when it was over, and when it rang again, in milliseconds. */
const rangAgain = (plan: Plan, place: number): { readonly over: number; readonly again: number } | undefined => {
  const [before, asked, over, again, ...others] = stepsAt(plan, place);
  const elsewhere = plan.steps.some((step) => 'place' in step && step.place !== place);
  if (elsewhere || others.length > 0 || asked?.do !== 'deploy') return undefined;
  const flaps = before?.do === 'alarm' && over?.do === 'alarm' && over.state === 'OK' && again?.do === 'alarm';
  return flaps ? { over: BEGIN + over.at * 1000, again: BEGIN + again.at * 1000 } : undefined;
};

/** How long the simulated catalogue lets alarms count after a verdict, in milliseconds. */
const WINDOW = 60_000;

/** What was found good at a place, in whose window the alarm rang at that time, and to which nobody has come back. */
const leftAlone = (told: readonly Told[], service: string, rang: number): readonly Told[] => {
  const events = told.filter(({ detail }) => detail.service === service);
  return events.filter((verdict) => {
    const { deployment, changed, verified } = verdict.detail;
    const isGood = verdict.type === 'DeploymentSucceeded' && changed === true && verified === true;
    const isWithin = rang >= at(verdict) + MARGIN && rang <= at(verdict) + WINDOW - MARGIN;
    return (
      isGood && isWithin && !events.some((event) => event.detail.deployment !== deployment && at(event) > at(verdict) - MARGIN)
    );
  });
};

/** I3: an alarm that rings, and stays, while a window is open sends back what the window belongs to, whether its event came or not. */
export const alarmAnswered: Invariant = ({ plan, told }) =>
  PLACES.flatMap(({ service }, place) => {
    const rang = rangOnce(plan, place);
    if (rang === undefined) return [];
    return leftAlone(told, service, rang).map(
      ({ detail }) => `I3: ${detail.deployment} was left alone in ${service}, though its alarm rang within its window`,
    );
  });

/** For how long everything bakes in the simulated catalogue, in milliseconds: then alarms are read for the last time. */
const BAKE = 10_000;

/** I3: an alarm that rang before a deployment, and was over when its alarms were read for the last time, counts when it rings again. */
export const ringsAgain: Invariant = ({ plan, told, items }) =>
  PLACES.flatMap(({ service }, place) => {
    const flap = rangAgain(plan, place);
    if (flap === undefined) return [];
    return leftAlone(told, service, flap.again).flatMap(({ detail }) => {
      const baking = reachedAt(auditOf(items), detail.deployment, 'baking');
      return baking !== undefined && flap.over < baking + BAKE - MARGIN
        ? [`I3: ${detail.deployment} was left alone in ${service}, though its alarm rang once more within its window`]
        : [];
    });
  });

/**
 * What was found good at a place, in whose window the alarm rang at that time, and what came next, if nothing else did in between. `begun`:
 * when the target began with what came next, by its own word: that it has is told later.
 */
const replacedWhenRang = (told: readonly Told[], service: string, rang: number, begun: Running['begun'] = {}) => {
  const events = told.filter(({ detail }) => detail.service === service).toSorted((one, other) => at(one) - at(other));
  return events.flatMap((left) => {
    const { deployment, changed, verified } = left.detail;
    const isWithin = rang >= at(left) + MARGIN && rang <= at(left) + WINDOW - MARGIN;
    if (left.type !== 'DeploymentSucceeded' || changed !== true || verified !== true || !isWithin) return [];
    const others = events.filter((event) => event.detail.deployment !== deployment && at(event) > at(left));
    const next = others.find(({ detail }) => detail.terminal === true);
    const started = others.find(
      ({ type, detail }) => type === 'DeploymentStarted' && detail.deployment === next?.detail.deployment,
    );
    if (next === undefined || started === undefined) return [];
    if ((begun[next.detail.deployment] ?? at(started) - MARGIN) <= rang) return [];
    return [{ left, next, isLast: others.every(({ detail }) => detail.deployment === next.detail.deployment) }];
  });
};

/** I3: an alarm that rings within a window, before the next deployment has begun, speaks against what the window belongs to. */
export const ofWhatIsReplaced: Invariant = ({ plan, told, items, running }) =>
  PLACES.flatMap(({ environment, service }, place) => {
    const rang = rangOnce(plan, place);
    if (rang === undefined || !isRolling(plan)) return [];
    const { begun } = running.find((one) => one.place === place) ?? {};
    return replacedWhenRang(told, service, rang, begun).flatMap(({ left, next, isLast }) => {
      const { type, detail } = next;
      const was = left.detail.deployment;
      if (detail.reason?.code === 'alarm')
        return [`I3: ${detail.deployment} was blamed for an alarm of ${was}, which it replaced`];
      if (type !== 'DeploymentSucceeded' || detail.verified !== true || detail.digest === left.detail.digest || !isLast)
        return [];
      const isOf = ({ pk, sk }: Item, name: string, key: string) =>
        pk === `service#${environment}#${service}` && sk === key + name;
      const blamed = ({ detail: { digest } }: Told) => items.some((item) => isOf(item, digest, 'quarantine#'));
      const known = items.find((item) => isOf(item, '', 'state'));
      const isVerified = known?.['verified']?.some(({ revision }: Item) => revision.id === left.detail.running?.id);
      if (!blamed(left) || isVerified === true)
        return [`I3: ${was} was replaced as its alarm rang, and nothing was held against it`];
      return blamed(next) ? [`I3: the alarm of ${was} was held against ${detail.deployment}, which replaced it`] : [];
    });
  });

/** I3: an alarm that rings once, and stays, is held against one deployment: not also against what that one was gone back from to. */
export const blamedOnce: Invariant = ({ plan, told }) =>
  PLACES.flatMap(({ service }, place) => {
    if (rangOnce(plan, place) === undefined) return [];
    const events = told.filter(({ detail }) => detail.service === service && detail.reason?.code === 'alarm');
    const back = events.find(({ type }) => type === 'DeploymentRolledBack');
    const left = new Set(events.flatMap(({ type, detail }) => (type === 'RollbackStarted' ? [detail.left.deployment] : [])));
    if (back === undefined || left.size < 2) return [];
    return [`I3: ${[...left].join(' and ')} were both left for one alarm, though ${back.detail.deployment} was gone back from`];
  });

/** When the alarm that two places share rang, in milliseconds, where it rang once and for good, and nothing else rings or is changed there. */
const rangForBoth = (plan: Plan): number | undefined => {
  const here = SHARE.flatMap((place) => stepsAt(plan, place));
  const [rings, ...others] = here.filter((step) => step.do === 'alarm');
  if (rings?.place !== PLACES.indexOf(SHARED) || others.length > 0 || here.some((step) => step.do === 'by-hand'))
    return undefined;
  return BEGIN + rings.at * 1000;
};

interface Spell {
  readonly deployment: string;
  /** When ECS began with it, when that was told, and its verdict, in milliseconds. */
  readonly from: number;
  readonly told: number;
  readonly to: number;
  readonly isGood: boolean;
}

/** Each deployment that ECS has begun with at a place. */
const spellsAt = ({ told, running }: Seen, place: number): readonly Spell[] => {
  const { begun = {} } = running.find((one) => one.place === place) ?? {};
  return [...eventsOf(told.filter(({ detail }) => detail.service === PLACES[place]?.service))].flatMap(([deployment, all]) => {
    const [from, last] = [begun[deployment], all.findLast(({ detail }) => detail.terminal === true)];
    if (from === undefined || last === undefined) return [];
    const started = all.find(({ type }) => type === 'DeploymentStarted') ?? last;
    return [
      {
        deployment,
        from,
        told: at(started),
        to: at(last),
        isGood: last.type === 'DeploymentSucceeded' && last.detail.verified === true,
      },
    ];
  });
};

/** What an alarm may be of at a place; `undefined`: nothing that has begun, or it is too close to tell. */
const suspectOf = (spells: readonly Spell[], rang: number): (Spell & { readonly underWay: boolean }) | undefined => {
  const isNear = spells.some(
    ({ from, told, to }) => (rang >= from - MARGIN && rang <= told + MARGIN) || Math.abs(to - rang) <= MARGIN,
  );
  const spell = spells
    .filter(({ from }) => from < rang)
    .sort((one, other) => one.from - other.from)
    .at(-1);
  return isNear || spell === undefined ? undefined : { ...spell, underWay: spell.to > rang };
};

/**
 * I3: an alarm that two services share is held against that of them which was being deployed when it rang, else against the one that was
 * found good last: not against the other, nor what that replaces.
 */
export const ofOneThatShares: Invariant = (seen) => {
  const rang = rangForBoth(seen.plan);
  const services = SHARE.map((place) => PLACES[place]?.service);
  const isRollback = (event: Told) => event.type.startsWith('Rollback') && services.includes(event.detail.service);
  if (rang === undefined || !isRolling(seen.plan)) return [];
  if (seen.told.some((event) => isRollback(event) && at(event) < rang + MARGIN)) return [];
  return SHARE.flatMap((place, index) => {
    const own = suspectOf(spellsAt(seen, place), rang);
    const theirs = suspectOf(spellsAt(seen, SHARE[1 - index] ?? place), rang);
    if (own === undefined || theirs === undefined || own.underWay) return [];
    const isTheirs = theirs.underWay || (theirs.isGood && theirs.to > own.to && rang < theirs.to + WINDOW - MARGIN);
    if (!isTheirs) return [];
    const says = `an alarm that rang for ${theirs.deployment}, which has it too`;
    const { environment, service } = PLACES[place] ?? PLACES[0];
    const blamed = seen.told.flatMap(({ detail }) =>
      detail.service === service && detail.reason?.code === 'alarm' ? [`${detail.deployment} tells of`] : [],
    );
    const held = seen.items.flatMap(({ pk, sk, reason, deployment }) =>
      pk === `service#${environment}#${service}` && String(sk).startsWith('quarantine#') && reason?.code === 'alarm'
        ? [`the image of ${deployment} is quarantined for`]
        : [],
    );
    const alone = leftAlone(seen.told, services[1 - index] ?? '', rang)
      .filter(({ detail }) => !theirs.underWay && detail.deployment === theirs.deployment)
      .map(({ detail }) => `${detail.deployment} was left alone after`);
    return [...new Set([...blamed, ...held, ...alone])].map((wrong) => `I3: ${wrong} ${says}`);
  });
};
