import { PLACES } from '../plan.ts';
import type { Item } from '../seen.ts';
import { at, deployments, eventsOf, type Invariant, MARGIN, SHARE } from './events.ts';
import { stretches } from './order.ts';

/** I4: what was left by a rollback is no place to go back to, until it was verified again. */
export const neverBackToWhatWasLeft: Invariant = ({ told }) => {
  const wrong: string[] = [];
  const verdicts = [...eventsOf(told).values()]
    .flatMap((all) => all.filter(({ detail }) => detail.terminal === true))
    .toSorted((a, b) => Date.parse(a.detail.at) - Date.parse(b.detail.at));
  const left = new Map<string, string>();
  for (const { type, detail } of verdicts) {
    const key = (id: string | undefined) => `${detail.environment}/${detail.service} ${id}`;
    const isBack = type === 'RollbackSucceeded' || type === 'DeploymentRolledBack';
    const by = left.get(key(detail.running?.id));
    if (isBack && detail.changed === true && by !== undefined)
      wrong.push(`I4: ${detail.deployment} went back to ${detail.running.id}, which ${by} had left`);
    if (isBack && detail.left?.revision !== undefined) left.set(key(detail.left.revision), detail.deployment);
    if (type === 'DeploymentSucceeded') left.delete(key(detail.running?.id));
  }
  return wrong;
};

/** I4: rollbacks are asked for of what runs, or is under way, at that time: two people who mean the same leave it once. */
export const leftOnce: Invariant = ({ asked, told, items }) => {
  const rollbacks = asked.flatMap(({ step, at: time }) => (step.do === 'rollback' ? [{ step, time }] : []));
  const changed = (request: string): boolean =>
    told.some(
      ({ type, detail }) => type === 'RollbackSucceeded' && detail.asked?.requestId === request && detail.changed === true,
    );
  const deploys = stretches(items).filter(({ kind }) => kind === 'deploy');
  return rollbacks.flatMap((one, index) =>
    rollbacks.slice(index + 1).flatMap((other) => {
      if (one.step.place !== other.step.place || one.step.request === other.step.request) return [];
      const { environment, service } = PLACES[one.step.place] ?? {};
      const isBetween = (time: number) => time > one.time - MARGIN && time < other.time + MARGIN;
      // A deployment that is ended while it starts tells of no start.
      const begun = deploys.some((stretch) => stretch.service === `${environment}/${service}` && isBetween(stretch.from));
      const moved = told.some(
        (event) =>
          event.detail.service === service &&
          (event.type === 'DeploymentStarted' || (event.detail.terminal === true && event.detail.changed === true)) &&
          isBetween(at(event)),
      );
      if (begun || moved || !changed(one.step.request) || !changed(other.step.request)) return [];
      return [`I4: ${one.step.request} and ${other.step.request} meant the same in ${service}, and both went back`];
    }),
  );
};

/** I4: a person's rollback ends no deployment that was asked for after it. */
export const endsWhatItMeant: Invariant = ({ asked, told }) => {
  const timeOf = (request: string | undefined) => asked.find(({ step }) => step.request === request)?.at;
  return told.flatMap(({ detail }) => {
    if (detail.reason?.code !== 'ended-by-rollback') return [];
    const by = told.find(({ detail: other }) => String(detail.reason.message).endsWith(other.deployment));
    const [ended, rollback] = [timeOf(detail.asked?.requestId), timeOf(by?.detail.asked?.requestId)];
    if (ended === undefined || rollback === undefined || rollback > ended - MARGIN) return [];
    return [`I4: ${detail.deployment} was ended by ${by?.detail.deployment}, which was asked for before it`];
  });
};

/** I4: a deployment that fails goes back to what it replaced, if that was verified and has not been left since. */
export const backToWhatRan: Invariant = ({ plan, told }) => {
  const verdicts = [...eventsOf(told).values()].flatMap((all) => all.filter(({ detail }) => detail.terminal === true));
  return [...eventsOf(told)].flatMap(([id, all]) => {
    const [started, last] = [all.find(({ type }) => type === 'DeploymentStarted'), all.at(-1)];
    const before = started?.detail.before?.id;
    if (last?.type !== 'DeploymentRolledBack' || last.detail.changed !== true || before === undefined) return [];
    const place = PLACES.findIndex(({ service }) => service === last.detail.service);
    const alarms = SHARE.includes(place) ? SHARE : [place];
    const others = plan.steps.some(
      (step) => (step.do === 'by-hand' && step.place === place) || (step.do === 'alarm' && alarms.includes(step.place)),
    );
    const here = verdicts.filter(({ detail }) => detail.service === last.detail.service);
    const verified = here.some(
      ({ type, detail }) => type === 'DeploymentSucceeded' && detail.verified && detail.running?.id === before,
    );
    const left = here.some(({ detail }) => detail.left?.revision === before);
    if (others || !verified || left || last.detail.running?.id === before) return [];
    return [`I4: ${id} replaced ${before}, which was verified, and went back to ${last.detail.running?.id}`];
  });
};

/** I4: a function of a zip archive can go back to what it ran, unless others have deleted that, or put something else in over it. */
export const archiveKept: Invariant = ({ plan, told }) =>
  told.flatMap(({ detail }) => {
    if (detail.reason?.code !== 'archive-gone') return [];
    const isHere = (place: number) => PLACES[place]?.service === detail.service;
    const others = plan.steps.some((step) => (step.do === 'delete-versions' || step.do === 'by-hand') && isHere(step.place));
    return others ? [] : [`I4: ${detail.deployment} could not go back, and nobody had deleted what ran`];
  });

const rollbacksOf = (items: readonly Item[]): readonly Item[] =>
  deployments(items).filter(({ kind, leaving }) => kind === 'rollback' && leaving?.deployment !== undefined);

/**
 * I4: what was left once is not left again: whoever means it, and comes later, is told so. Others may have brought it back by hand, and a
 * day bad enough may outlast a deadline: that is stated, and true.
 */
export const leftForGood: Invariant = ({ items, plan }) => {
  const byHand = plan.steps.flatMap((step) => (step.do === 'by-hand' ? [PLACES[step.place]?.service] : []));
  const rollbacks = rollbacksOf(items).filter(({ service }) => !byHand.includes(service));
  return rollbacks.flatMap((late) => {
    const earlier = rollbacks.find(
      ({ state, leaving, outcome }) =>
        state === 'rolled-back' &&
        outcome.changed === true &&
        leaving.deployment === late['leaving'].deployment &&
        outcome.at < (late['outcome']?.at ?? 0),
    );
    const isTold = late['state'] === 'rejected' || /deadline$/.test(late['outcome']?.reason.code);
    return earlier === undefined || isTold
      ? []
      : [`I4: ${late['id']} ended as ${late['state']}, and ${earlier['id']} had left ${late['leaving'].deployment} before`];
  });
};

/** I4: once a person has gone back from a deployment, its window is over: no alarm that rings later asks to leave it again. */
export const windowEnds: Invariant = ({ items }) => {
  const rollbacks = rollbacksOf(items);
  return rollbacks.flatMap((late) => {
    if (late['outcome']?.reason.code !== 'already-left' || late['cause'].source !== 'aws.cloudwatch') return [];
    const earlier = rollbacks.find(
      ({ state, leaving, outcome }) =>
        state === 'rolled-back' && leaving.deployment === late['leaving'].deployment && outcome.at + MARGIN < late['cause'].time,
    );
    return earlier === undefined
      ? []
      : [`I4: ${late['id']} was asked for by an alarm of ${late['leaving'].deployment}, which ${earlier['id']} had left before`];
  });
};
