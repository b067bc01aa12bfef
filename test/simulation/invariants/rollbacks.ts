import { PLACES } from '../places.ts';
import { isRolling } from '../plan.ts';
import { type Asked, BEGIN, type Item } from '../seen.ts';
import { at, auditOf, deployments, eventsOf, type Invariant, isBack, MARGIN, reachedAt, SHARE, stepsAt } from './events.ts';
import { stretches } from './order.ts';
import { verdictsIn } from './subscribers.ts';

/** I4: what was left by a rollback is no place to go back to, until it was verified again. */
export const neverBackToWhatWasLeft: Invariant = ({ told }) => {
  const wrong: string[] = [];
  const verdicts = [...eventsOf(told).values()]
    .flatMap((all) => all.filter(({ detail }) => detail.terminal === true))
    .toSorted((a, b) => Date.parse(a.detail.at) - Date.parse(b.detail.at));
  const left = new Map<string, string>();
  for (const verdict of verdicts) {
    const { type, detail } = verdict;
    const key = (id: string | undefined) => `${detail.environment}/${detail.service} ${id}`;
    const by = left.get(key(detail.running?.id));
    if (isBack(verdict) && detail.changed === true && by !== undefined)
      wrong.push(`I4: ${detail.deployment} went back to ${detail.running.id}, which ${by} had left`);
    if (isBack(verdict) && detail.left?.revision !== undefined) left.set(key(detail.left.revision), detail.deployment);
    if (type === 'DeploymentSucceeded') left.delete(key(detail.running?.id));
  }
  return wrong;
};

/** I4: rollbacks are asked for of what runs, or is under way, at that time: two people who mean the same leave it once. */
export const leftOnce: Invariant = ({ asked, told, items }) => {
  const rollbacks = asked.flatMap(({ step, at: time }) =>
    step.do === 'rollback' && (step.from ?? step.to) === undefined ? [{ step, time }] : [],
  );
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

const putAt = (asked: readonly Asked[], request: string | undefined): number | undefined =>
  asked.find(({ step }) => step.request === request)?.at;

/** I4: a person's rollback ends no deployment that was asked for after it. */
export const endsWhatItMeant: Invariant = ({ asked, told }) => {
  return told.flatMap(({ detail }) => {
    if (detail.reason?.code !== 'ended-by-rollback') return [];
    const by = told.find(({ detail: other }) => String(detail.reason.message).endsWith(other.deployment));
    const [ended, rollback] = [putAt(asked, detail.asked?.requestId), putAt(asked, by?.detail.asked?.requestId)];
    if (ended === undefined || rollback === undefined || rollback > ended - MARGIN) return [];
    return [`I4: ${detail.deployment} was ended by ${by?.detail.deployment}, which was asked for before it`];
  });
};

/** I4: nor does it leave what was asked for after it, if that has ended. */
export const leavesWhatItMeant: Invariant = ({ asked, told, items }) => {
  const named = new Set(asked.flatMap(({ step }) => (step.do === 'rollback' && step.from !== undefined ? [step.request] : [])));
  const requests = new Map(deployments(items).map(({ id, asked: of }) => [id, of?.requestId]));
  return told.flatMap(({ type, detail }) => {
    const request = detail.asked?.requestId;
    if (type !== 'RollbackSucceeded' || detail.changed !== true || named.has(request)) return [];
    const [meant, left] = [putAt(asked, request), putAt(asked, requests.get(detail.left?.deployment))];
    if (meant === undefined || left === undefined || left < meant + MARGIN) return [];
    return [`I4: ${detail.deployment} left ${detail.left.deployment}, which was asked for after it`];
  });
};

/** What makes it uncertain what a rollback means, or whether that still runs. */
const UNCERTAIN = new Set(['by-hand', 'alarm', 'scale', 'archive', 'deregister', 'replace-functions', 'delete-versions', 'lock']);

/** I4: who goes back while nothing is under way leaves what runs: that is not left already, whatever was tried since. */
export const leavesWhatRuns: Invariant = ({ plan, asked, told, items }) => {
  const verdicts = [...verdictsIn(told).values()];
  return asked.flatMap(({ step, at: time }) => {
    if (step.do !== 'rollback' || step.from !== undefined || plan.steps.some(({ do: kind }) => UNCERTAIN.has(kind))) return [];
    const { environment, service } = PLACES[step.place] ?? {};
    const rollbacks = plan.steps.filter((other) => other.do === 'rollback' && other.place === step.place);
    const own = verdicts.find(({ detail }) => detail.asked?.requestId === step.request && detail.kind === 'rollback');
    const busy = stretches(items).some(
      (one) => one.service === `${environment}/${service}` && one.id !== own?.detail.deployment && one.to > time - 2 * MARGIN,
    );
    const ran = verdicts.some(({ detail }) => detail.service === service && detail.changed === true);
    if (own === undefined || rollbacks.length > 1 || busy || !ran) return [];
    const { code } = own.detail.reason ?? {};
    return code === 'already-left' || code === 'nothing-to-leave'
      ? [`I4: ${own.detail.deployment} says ${code}, and what ran when it was asked for runs on`]
      : [];
  });
};

/** I4: what cannot be pulled any more is no place to go back to. */
export const notToArchived: Invariant = ({ plan, told, items }) =>
  plan.steps.flatMap((step) => {
    if (step.do !== 'archive' || !isRolling(plan)) return [];
    const { service } = PLACES[step.place] ?? {};
    const here = told.filter(({ detail }) => detail.service === service);
    const digest = here.find(({ detail }) => detail.asked?.image?.endsWith(`:${step.tag}`))?.detail.digest;
    const gone = BEGIN + step.at * 1000 + MARGIN;
    return here.flatMap(({ type, detail }) => {
      const since = deployments(items).find(({ id }) => id === detail.deployment)?.['acceptedAt'];
      const isBegun = type === 'RollbackStarted' && detail.by === 'switchyard' && detail.destination?.digest === digest;
      return digest !== undefined && isBegun && since > gone
        ? [`I4: ${detail.deployment} went back to ${digest}, which cannot be pulled any more`]
        : [];
    });
  });

/** I4: nor is what evidence speaks against, while something else was verified there. */
export const notToQuarantined: Invariant = ({ told, items, plan }) =>
  items.flatMap(({ sk, digest, environment, service, at: since }) => {
    if (!String(sk).startsWith('quarantine#') || !isRolling(plan)) return [];
    const here = told.filter(({ detail }) => detail.environment === environment && detail.service === service);
    const left = new Set(here.map(({ detail }) => detail.left?.revision));
    const other = here.find(
      ({ type, detail }) =>
        type === 'DeploymentSucceeded' && detail.verified === true && detail.digest !== digest && !left.has(detail.running?.id),
    );
    if (other === undefined) return [];
    return here.flatMap((event) => {
      const { detail } = event;
      const began = here.find(({ type, detail: start }) => type === 'RollbackStarted' && start.deployment === detail.deployment);
      return isBack(event) &&
        began !== undefined &&
        at(began) > since + MARGIN &&
        at(other) < at(began) - MARGIN &&
        detail.running?.digest === digest
        ? [`I4: ${detail.deployment} went back to ${digest}, which is quarantined, and not to ${other.detail.running?.id}`]
        : [];
    });
  });

/** I3: what was verified, and is gone back to, is as verified as it was, be its task definition registered anew. */
export const verifiedStill: Invariant = ({ plan, told }) =>
  told.flatMap((event) => {
    const { detail } = event;
    const others = plan.steps.some(({ do: kind }) => kind === 'by-hand' || kind === 'scale' || kind === 'alarm');
    if (!isBack(event) || detail.changed !== true || detail.verified === true || others || !isRolling(plan)) return [];
    const here = told.filter((other) => other.detail.service === detail.service && at(other) < at(event));
    const was = here.findLast(
      (other) =>
        other.type === 'DeploymentSucceeded' && other.detail.verified === true && other.detail.digest === detail.running?.digest,
    );
    const left = here.some(({ detail: other }) => other.left?.digest === detail.running?.digest);
    return was === undefined || left
      ? []
      : [`I3: ${detail.deployment} says that ${detail.running?.id} was never verified, and it was by ${was.detail.deployment}`];
  });

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
      (step) =>
        ((step.do === 'by-hand' || step.do === 'archive') && step.place === place) ||
        (step.do === 'alarm' && alarms.includes(step.place)),
    );
    const here = verdicts.filter(({ detail }) => detail.service === last.detail.service);
    const verified = here.some(
      ({ type, detail }) => type === 'DeploymentSucceeded' && detail.verified && detail.running?.id === before,
    );
    // Evidence speaks against the image, in whatever revision.
    const left =
      here.some(({ detail }) => detail.left?.revision === before) || started?.detail.before.digest === last.detail.digest;
    if (others || !verified || left || last.detail.running?.id === before) return [];
    return [`I4: ${id} replaced ${before}, which was verified, and went back to ${last.detail.running?.id}`];
  });
};

/** I4: who names what to leave leaves that, and nothing else; who names where to go gets there. */
export const asNamed: Invariant = ({ asked, told, tags }) =>
  asked.flatMap(({ step }) => {
    if (step.do !== 'rollback') return [];
    const { repository } = PLACES[step.place] ?? {};
    const [from, to] = [step.from, step.to].map((tag) => (tag === undefined ? undefined : tags.get(`${repository}:${tag}`)));
    return told.flatMap(({ type, detail }) => {
      if (type !== 'RollbackSucceeded' || detail.changed !== true || detail.asked?.requestId !== step.request) return [];
      if (from !== undefined && detail.left?.digest !== from)
        return [`I4: ${detail.deployment} was to leave ${from}, and left ${detail.left?.digest}`];
      return to === undefined || detail.running?.digest === to
        ? []
        : [`I4: ${detail.deployment} was to go to ${to}, and went to ${detail.running?.digest}`];
    });
  });

/** I4: what others put there, and left in peace, is what a deployment that fails goes back to. */
export const backToTheirs: Invariant = ({ plan, told }) =>
  [...eventsOf(told)].flatMap(([id, all]) => {
    const [started, last] = [all.find(({ type }) => type === 'DeploymentStarted'), all.at(-1)];
    const place = PLACES.findIndex(({ service }) => service === last?.detail.service);
    if (!isRolling(plan) || started === undefined || last?.type !== 'DeploymentRolledBack' || last.detail.changed !== true)
      return [];
    const here = stepsAt(plan, place);
    const since = here.slice(here.findLastIndex((step) => step.do === 'by-hand'));
    const [theirs, ...after] = since;
    const alone = after.length === 1 && here.filter((step) => step.do === 'by-hand').length === 1;
    if (theirs?.do !== 'by-hand' || !alone || plan.steps.some((step) => step.do === 'alarm')) return [];
    if (BEGIN + theirs.at * 1000 + SETTLED > at(started) || last.detail.running?.id === started.detail.before?.id) return [];
    return [
      `I4: ${id} replaced ${started.detail.before?.id}, which others had put there, and went back to ${last.detail.running?.id}`,
    ];
  });

/** Longer than what others do takes to come to rest, in milliseconds. */
const SETTLED = 60_000;

/** I4: what was never verified is no place to go back to, while no tasks are wanted and something that was is there. */
export const backToVerified: Invariant = ({ plan, told }) => {
  const verdicts = [...verdictsIn(told).values()];
  return verdicts.flatMap((event) => {
    const { type, detail } = event;
    if (type !== 'RollbackSucceeded' || detail.changed !== true) return [];
    const place = PLACES.findIndex(({ service }) => service === detail.service);
    const here = stepsAt(plan, place);
    const scaledUp = here.some((step) => step.do === 'scale' && step.desired > 0 && BEGIN + step.at * 1000 < at(event) + MARGIN);
    if (!here.some(({ do: kind }) => kind === 'scale') || scaledUp || here.some(({ do: kind }) => kind === 'by-hand')) return [];
    const earlier = verdicts.filter(
      (other) =>
        other.type === 'DeploymentSucceeded' && other.detail.service === detail.service && at(other) < at(event) - MARGIN,
    );
    const to = earlier.find(({ detail: other }) => other.running?.id === detail.running?.id);
    const better = earlier.find(({ detail: other }) => other.verified && other.running?.id !== detail.left?.revision);
    return to?.detail.verified === false && better !== undefined
      ? [
          `I4: ${detail.deployment} went back to ${detail.running?.id}, which was never verified, and ${better.detail.running?.id} was`,
        ]
      : [];
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
 * I4: what was left once is not left again: whoever means it, and comes later, is told so. Others may have brought it back by hand, a day
 * bad enough may outlast a deadline, and who waits may be cancelled meanwhile: that is stated, and true.
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
    const isTold = ['rejected', 'cancelled'].includes(late['state']) || /deadline$/.test(late['outcome']?.reason.code);
    return earlier === undefined || isTold
      ? []
      : [`I4: ${late['id']} ended as ${late['state']}, and ${earlier['id']} had left ${late['leaving'].deployment} before`];
  });
};

/** Design, 6: who goes back from an image speaks also for what CI had asked for before, and which waits; not for a person who insists. */
export const waitersAnswered: Invariant = ({ items }) => {
  const records = auditOf(items);
  const all = deployments(items);
  return all
    .filter(({ kind, state, cause }) => kind === 'rollback' && state === 'rolled-back' && cause.source === 'ci')
    .flatMap((rollback) => {
      const of = all.filter(
        ({ kind, environment, service, image, cause }) =>
          kind === 'deploy' &&
          environment === rollback['environment'] &&
          service === rollback['service'] &&
          image?.digest === rollback['leaving'].digest &&
          cause.time < rollback['cause'].time,
      );
      const later = all.flatMap(({ id, cause, outcome }) =>
        outcome?.reason.code === 'left-by-person' &&
        outcome.reason.message.startsWith(rollback['id']) &&
        cause.time > rollback['cause'].time
          ? [`I4: ${id} was asked for after ${rollback['id']}, and refused for it`]
          : [],
      );
      const earlier = of.flatMap(({ id, asked, outcome }) => {
        const [since, began] = [reachedAt(records, id, 'queued'), reachedAt(records, id, 'starting')];
        const waited = since !== undefined && since < rollback['acceptedAt'] - MARGIN;
        const started = waited && began !== undefined && began > rollback['acceptedAt'] + MARGIN;
        if (started && asked.force !== true)
          return [`I4: ${id} waited to deploy what ${rollback['id']} left by a person's wish, and started after it`];
        const refused = outcome?.reason.code === 'left-by-person';
        return refused && asked.force === true ? [`I4: ${id} was insisted on, and refused for a rollback`] : [];
      });
      return [...earlier, ...later];
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
