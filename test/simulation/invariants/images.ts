import { MISFORTUNE } from '../modules-of-terraform.ts';
import { CANCELLED } from '../people.ts';
import { PLACES, SHARING } from '../places.ts';
import { isOfZips, isRolling, TOO_OLD } from '../plan.ts';
import { BEGIN, type Seen, type Told } from '../seen.ts';
import { at, eventsOf, type Invariant, MARGIN, SHARE } from './events.ts';

/** An image that is never good enough: it answers 500. */
const UNHEALTHY = 'unhealthy';

/** It ends half a second after its start, long before a load balancer has asked it twice; without one, it may have been found well by then. */
const CRASHING = 'crashing';

/** Images that fall ill soon. A bake finds them, a load balancer those that answer badly; where there is none, nothing is said of them. */
const FRAIL = new Set(['sick', 'fragile']);

const OF_LAMBDA: ReadonlySet<Seen['plan']['kind']> = new Set(['alias', 'function', 'zip-alias', 'zip-function']);

export const isBad = (tag: string, service: string, { plan }: Pick<Seen, 'plan'>): boolean => {
  const { balanced } = PLACES.find((place) => place.service === service) ?? { balanced: true };
  const isFrail = balanced ? FRAIL.has(tag) : tag === 'fragile' || tag === CRASHING;
  // A function of Lambda falls ill when nobody asks it any more: that is its alarm's to tell.
  if (OF_LAMBDA.has(plan.kind) && tag === 'sick') return false;
  // The catalogue that comes with other functions lets nothing bake.
  const isBaked = !plan.steps.some(({ do: kind }) => kind === 'replace-functions');
  return tag === UNHEALTHY || (balanced && tag === CRASHING) || (isFrail && isBaked);
};

/** Of an archive that came in no artifact that the pipeline knows its own. */
const digestSaid = ({ digest, image }: { readonly digest?: string; readonly image?: string }): string | undefined =>
  digest ?? /^zip:(sha256:[0-9a-f]{64})$/.exec(image ?? '')?.[1];

const tagsOf = (told: readonly Told[], digest: string | undefined): readonly string[] =>
  told.flatMap(({ detail }) =>
    digest !== undefined && detail.digest === digest && detail.asked?.image ? [detail.asked.image.split(':')[1]] : [],
  );

/** Whether somebody wants no tasks there for a while: nothing says then whether the image is good. */
const isScaledToNone = ({ steps }: Seen['plan'], service: string): boolean =>
  steps.some((step) => step.do === 'scale' && step.desired === 0 && PLACES[step.place]?.service === service);

/** I3: what a verdict says of what runs is true, and no bad image was found good. */
export const truth: Invariant = (seen) => {
  const { told, plan, running } = seen;
  const wrong: string[] = [];
  const verdicts = [...eventsOf(told).values()].flatMap((all) => all.filter(({ detail }) => detail.terminal === true));
  for (const { type, detail } of verdicts) {
    const tag = String(detail.asked?.image ?? '').split(':')[1] ?? '';
    const unverified = detail.verified === false && isScaledToNone(plan, detail.service);
    if (type === 'DeploymentSucceeded' && isBad(tag, detail.service, seen) && !unverified)
      wrong.push(`I3: ${detail.deployment} succeeded with the image ${tag}`);
    if (type === 'DeploymentSucceeded' && detail.running?.digest !== detail.digest)
      wrong.push(`I3: ${detail.deployment} succeeded with ${detail.digest}, and says that ${detail.running?.digest} runs`);
  }
  for (const { place, digest, definition, steady } of running) {
    const { environment, service } = PLACES[place] ?? { environment: '', service: '' };
    const there = verdicts.filter(
      ({ detail }) => detail.environment === environment && detail.service === service && detail.changed === true,
    );
    const last = there.toSorted((a, b) => Date.parse(a.detail.at) - Date.parse(b.detail.at)).at(-1);
    const byHand = plan.steps.some((step) => step.do === 'by-hand' && step.place === place);
    if (last === undefined || byHand || last.detail.running === undefined) continue;
    const { id, ...named } = last.detail.running;
    const digests = [digestSaid(named), digest] as const;
    const pairs = definition === undefined ? [digests] : [[id, definition], ...(isOfZips(plan.kind) ? [digests] : [])];
    for (const [said, is] of pairs)
      if (said !== is)
        wrong.push(`I3: ${last.type} of ${last.detail.deployment} says that ${said} runs in ${service}, and it is ${is}`);
    if (!steady && !tagsOf(told, digest).some((tag) => tag === 'late')) wrong.push(`I3: ${service} has not come to rest`);
  }
  return wrong;
};

/** From a look at what is wanted until the verdict that rests on it: calls may be late. */
const LOOKED = 100_000;

/** How many tasks somebody wanted at that time, if that is certain; `undefined`: nobody has changed it, or just then. */
const wantedAt = (plan: Seen['plan'], service: string, time: number): number | undefined => {
  const scaled = plan.steps.filter((step) => step.do === 'scale' && PLACES[step.place]?.service === service);
  const times = scaled.map((step) => BEGIN + step.at * 1000);
  if (times.some((at) => at > time - LOOKED && at < time + MARGIN)) return undefined;
  const last = scaled.findLast((step) => BEGIN + step.at * 1000 < time);
  return last?.do === 'scale' ? last.desired : undefined;
};

/** I3: where no tasks are wanted nothing was verified; where some are, it was. */
export const verifiedByTasks: Invariant = ({ plan, told }) =>
  told.flatMap((event) => {
    const { type, detail } = event;
    if (type !== 'DeploymentSucceeded' || detail.changed !== true) return [];
    const wanted = wantedAt(plan, detail.service, at(event));
    if (wanted === undefined || detail.verified === wanted > 0) return [];
    return [
      `I3: ${detail.deployment} says that it was ${detail.verified ? '' : 'not '}verified, and ${wanted} tasks were wanted`,
    ];
  });

/** The simulated catalogue's. */
const ATTEMPTS = 4;

/** I3: a health check speaks against an image when it has failed as often as the catalogue allows, not before. */
export const triedOftenEnough: Invariant = ({ told }) =>
  told.flatMap(({ type, detail }) =>
    type === 'VerificationFailed' && detail.reason?.code === 'health-check' && detail.checkAttempts !== ATTEMPTS
      ? [`I3: ${detail.deployment} failed after ${detail.checkAttempts} health checks`]
      : [],
  );

/** I4: what runs in the end was verified there, or ran before, unless others put it there or a verdict has said that it could not be helped. */
export const leftVerified: Invariant = ({ plan, told, ran, running }) =>
  running.flatMap(({ place, digest }) => {
    const { environment, service } = PLACES[place] ?? {};
    if (plan.steps.some((step) => step.do === 'by-hand' && step.place === place)) return [];
    const verdicts = told.filter(
      ({ detail }) =>
        detail.environment === environment && detail.service === service && detail.terminal === true && detail.changed === true,
    );
    if (verdicts.some(({ type }) => type === 'DeploymentFailed' || type === 'RollbackFailed')) return [];
    // Where no tasks were wanted nothing could be verified, and that was said.
    const good = verdicts.flatMap(({ type, detail }) => (type === 'DeploymentSucceeded' ? [detail.digest] : []));
    return [ran.find((one) => one.place === place)?.digest, ...good].includes(digest)
      ? []
      : [`I4: ${digest} runs in ${service}, was not found good there, and did not run before`];
  });

const GOOD = /:(?:good|better|slow)$/;

/** I3: no good image is blamed for what another has done. */
export const goodIsNotBlamed: Invariant = ({ plan, told }) =>
  told.flatMap(({ type, detail }) => {
    const isBlamed = type === 'VerificationFailed' && ['health-check', 'task-stopped'].includes(detail.reason?.code);
    return isBlamed && GOOD.test(detail.asked?.image) && isRolling(plan)
      ? [`I3: ${detail.deployment} of ${detail.asked.image} failed for ${detail.reason.code}`]
      : [];
  });

/** I3: what is said to run already, verified, was verified there. */
export const ranAlready: Invariant = ({ told }) =>
  told.flatMap((event) => {
    const { detail } = event;
    if (detail.reason?.code !== 'runs-already') return [];
    const isVerified = told.some(
      ({ detail: other }) =>
        other.deployment !== detail.deployment && other.verified === true && other.running?.id === detail.running?.id,
    );
    return isVerified ? [] : [`I3: ${detail.deployment} says that ${detail.running?.id} was verified, and it was not`];
  });

/** I3: nor is what is ill by now. A service without a load balancer keeps tasks that answer badly. */
export const ranWell: Invariant = ({ plan, told }) => {
  const { service } = SHARING;
  if (!isRolling(plan)) return [];
  return told.flatMap((event) => {
    const { detail } = event;
    if (detail.reason?.code !== 'runs-already' || detail.service !== service || !/:late$/.test(detail.asked?.image)) return [];
    const since = told.findLast((other) => isStart(other, service) && at(other) < at(event))?.detail.at;
    return at(event) - Date.parse(since) > ILL_BY ? [`I3: ${detail.deployment} says that all is well, and it is ill`] : [];
  });
};

const isStart = ({ type, detail }: Told, service: string): boolean =>
  detail.service === service && (type === 'DeploymentStarted' || type === 'RollbackStarted');

/** The image `late` falls ill half a minute after its tasks have started; in milliseconds, with as much for those to start. */
const ILL_BY = 60_000;

/** I6, I9: where nothing but misfortune happens, it is the image that decides, whatever crashed, was lost or came twice. */
export const asWithoutFaults: Invariant = (seen) => {
  const { plan, told } = seen;
  const alone = plan.steps.filter(({ do: kind }) => !['garbage', 'redrive', 'replace-functions'].includes(kind));
  const [only] = alone;
  if (alone.length !== 1 || only?.do !== 'deploy' || only.age === TOO_OLD || plan.outages.length > 0) return [];
  const verdict = told.find(({ detail }) => detail.asked?.requestId === only.request && detail.terminal === true);
  const expected: Readonly<Record<string, string>> = {
    good: 'DeploymentSucceeded',
    better: 'DeploymentSucceeded',
    slow: 'DeploymentSucceeded',
    crashing: 'DeploymentRolledBack',
    unhealthy: 'DeploymentRolledBack',
    sick: 'DeploymentRolledBack',
    fragile: 'DeploymentRolledBack',
    endless: 'DeploymentRolledBack',
    'not-there': 'DeploymentRejected',
  };
  const wanted =
    (FRAIL.has(only.tag) || only.tag === CRASHING) && !isBad(only.tag, PLACES[only.place]?.service ?? '', seen)
      ? undefined
      : expected[only.tag];
  // A day bad enough may outlast a deadline, or ECS's pause, or fail a build: that is stated, and true.
  const { code = '', message = '' } = verdict?.detail.reason ?? {};
  const late =
    ['deadline', 'rollback-deadline'].includes(code) ||
    /^ECS .*Lifecycle hook ecs-pause-\w+ timed out/.test(message) ||
    MISFORTUNE.test(message);
  if (wanted === undefined || verdict?.type === wanted || late) return [];
  return [
    `I6: ${only.tag} alone ended as ${verdict?.type} (${verdict?.detail.reason?.code}: ${verdict?.detail.reason?.message})`,
  ];
};

/** Reasons that speak against an image; a cancel, a deadline or a person's wish does not. */
const EVIDENCE = new Set([
  'health-check',
  'smoke-test',
  'alarm',
  'task-stopped',
  'tasks-fail',
  'ecs-rolled-back',
  'ecs-alarm',
  'ecs-failed',
  'codedeploy-alarm',
  'host-unhealthy',
]);

/** Those that always do: of what ECS says about a rollout, the tasks decide. */
const CERTAIN = new Set(['health-check', 'smoke-test', 'alarm', 'task-stopped', 'ecs-alarm']);

/** I4: what evidence speaks against is not started again for CI, until it was verified; a person who insists is heard. */
export const quarantineHolds: Invariant = ({ told }) =>
  told.flatMap((event) => {
    const { type, detail } = event;
    if (detail.reason?.code === 'quarantined' && detail.asked?.force === true)
      return [`I4: ${detail.deployment} was insisted on, and refused as quarantined`];
    if (type !== 'DeploymentStarted' || detail.asked?.force === true) return [];
    const ofImage = told.filter(({ detail: other }) => other.service === detail.service && other.digest === detail.digest);
    const against = ofImage.findLast(
      (other) =>
        other.type === 'DeploymentRolledBack' && CERTAIN.has(other.detail.reason?.code) && at(other) < at(event) - MARGIN,
    );
    const lifted = ofImage.some(
      (other) =>
        against !== undefined &&
        other.type === 'DeploymentSucceeded' &&
        other.detail.deployment !== detail.deployment &&
        other.detail.verified === true &&
        at(other) > at(against) - MARGIN,
    );
    return against === undefined || lifted
      ? []
      : [`I4: ${detail.deployment} was started, though ${against.detail.deployment} had spoken against its image`];
  });

/** I4: what was rolled back does not run, and what runs after a rollback was verified there, or ran before. */
export const goneBack: Invariant = (seen) => {
  const { told } = seen;
  const wrong: string[] = [];
  for (const [id, all] of eventsOf(told)) {
    const verdict = all.at(-1);
    if (verdict?.type !== 'DeploymentRolledBack' && verdict?.type !== 'RollbackSucceeded') continue;
    const { digest, left: other, running, reason, changed } = verdict.detail;
    const left = verdict.type === 'DeploymentRolledBack' ? digest : other?.digest;
    const runs = running?.digest;
    // An earlier revision of the same image is another one, where nothing speaks against the image.
    const isSame = EVIDENCE.has(reason?.code) ? runs === left : running?.id === other?.revision;
    if (left !== undefined && isSame && changed === true) wrong.push(`I4: ${id} went back from ${left} onto itself`);
    if (isBad(tagsOf(told, runs)[0] ?? '', verdict.detail.service, seen)) wrong.push(`I4: ${id} went back to a bad image`);
  }
  return wrong;
};

/** A verdict on what could not be undone has that as its code; its message says first what spoke against the image, if that was evidence. */
const saysWhatWas = (message = ''): boolean => {
  const [first = '', undone] = message.split('; and it could not be undone: ');
  return undone !== undefined && !first.includes(CANCELLED) && !first.includes('in the time that was stated');
};

/**
 * I4: only evidence keeps an image from being deployed again, and only until it was verified once more. The refusal names the deployment
 * that spoke against the image; its own event may come later, when the way back begins. Where it was being replaced when its alarm was
 * heard, nothing went back, and nothing was told of it.
 */
export const quarantineNeedsEvidence: Invariant = ({ plan, told }) =>
  told.flatMap((refused) => {
    const { detail } = refused;
    if (detail.reason?.code !== 'quarantined') return [];
    const ofImage = told.filter(
      ({ detail: other }) => other.service === detail.service && [other.digest, other.left?.digest].includes(detail.digest),
    );
    const named = ofImage.filter(({ detail: other }) => detail.reason.message.includes(other.deployment));
    const against = named.filter(({ detail: { reason } }) => EVIDENCE.has(reason?.code) || saysWhatWas(reason?.message));
    const place = PLACES.findIndex(({ service }) => service === detail.service);
    const alarms = SHARE.includes(place) ? SHARE : [place];
    const rang = plan.steps.some((step) => step.do === 'alarm' && step.state === 'ALARM' && alarms.includes(step.place));
    const wasVerified = named.some(({ type, detail: other }) => type === 'DeploymentSucceeded' && other.verified);
    const ofReplaced = rang && wasVerified && /\(alarm .* is firing/.test(detail.reason.message);
    if (against.length === 0)
      return ofReplaced
        ? []
        : [`I4: ${detail.deployment} was refused as quarantined, and what it names had not spoken against its image`];
    const since = Math.max(...against.map(at));
    const isLifted = ofImage.some(
      (event) =>
        event.type === 'DeploymentSucceeded' &&
        event.detail.changed &&
        event.detail.verified &&
        at(event) > since + MARGIN &&
        at(event) < at(refused) - MARGIN,
    );
    return isLifted ? [`I4: ${detail.deployment} was refused as quarantined, though its image was verified since`] : [];
  });
