import { PLACES, type Plan, SHARED, SHARING, TOO_OLD } from './plan.ts';
import { BEGIN, type Item, type Seen, type Told } from './world.ts';

/**
 * What must hold after every schedule (design, I1 to I9), judged by what the table, the targets and a subscriber's queue say. Nothing here
 * is shared with the handlers. Each answers what is wrong, in words.
 */
type Invariant = (seen: Seen) => readonly string[];

const TERMINAL = new Set(['succeeded', 'rolled-back', 'failed', 'rejected', 'superseded', 'expired', 'cancelled']);
const ACTIVE = new Set(['starting', 'rolling-out', 'verifying', 'baking', 'rolling-back', 'verifying-rollback']);

/** Images that are never good enough: they crash or answer 500 before a health check passes. */
const BAD = new Set(['crashing', 'unhealthy']);

/** Images that fall ill soon. A bake finds them, a load balancer those that answer badly; where there is none, nothing is said of them. */
const FRAIL = new Set(['sick', 'fragile']);

const isBad = (tag: string, service: string, { plan }: Pick<Seen, 'plan'>): boolean => {
  const { balanced } = PLACES.find((place) => place.service === service) ?? { balanced: true };
  const isFrail = balanced ? FRAIL.has(tag) : tag === 'fragile';
  return BAD.has(tag) || (isFrail && !plan.steps.some(({ do: kind }) => kind === 'replace-functions'));
};

const groupBy = <T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
};

/** Each event once, in the order of its number. */
const eventsOf = (told: readonly Told[]): ReadonlyMap<string, readonly Told[]> => {
  const unique = new Map(told.map((event) => [event.detail.eventId as string, event]));
  const groups = groupBy([...unique.values()], ({ detail }) => detail.deployment);
  return new Map([...groups].map(([id, events]) => [id, events.toSorted((a, b) => a.detail.sequence - b.detail.sequence)]));
};

const deployments = (items: readonly Item[]): readonly Item[] =>
  items.filter(({ pk, sk }) => String(pk).startsWith('deployment#') && sk === 'state');

const auditOf = (items: readonly Item[]): ReadonlyMap<string, readonly Item[]> =>
  groupBy(
    items.filter(({ sk }) => String(sk).startsWith('audit#')),
    ({ deployment }) => deployment,
  );

/** I1: exactly one verdict for each request, and everything has come to rest. */
const oneVerdict: Invariant = ({ told, items, asked, quiet }) => {
  const wrong: string[] = [];
  if (!quiet) wrong.push('I1: two hours after all went well again, something is still owed');
  const events = eventsOf(told);
  for (const [id, all] of events) {
    const verdicts = all.filter(({ detail }) => detail.terminal === true);
    if (verdicts.length !== 1) wrong.push(`I1: ${id} has ${verdicts.length} verdicts: ${all.map(({ type }) => type).join(', ')}`);
    // A cancel that comes too late is answered all the same.
    const last = all.findLast(({ type }) => type !== 'CancelRejected');
    if (last?.detail.terminal !== true) wrong.push(`I1: ${id} told ${last?.type} after its verdict`);
    const numbers = all.map(({ detail }) => detail.sequence);
    if (numbers.some((number, index) => number !== index + 1)) wrong.push(`I1: ${id} told events ${numbers.join(', ')}`);
  }
  for (const { id, state } of deployments(items)) {
    if (!TERMINAL.has(state)) wrong.push(`I1: ${id} is ${state} still`);
    if (!events.has(id)) wrong.push(`I1: ${id} was accepted, and nothing was told`);
  }
  for (const { step } of asked) {
    const answered = told.some(({ detail }) => detail.asked?.requestId === step.request);
    if (!answered) wrong.push(`I1: nothing was told of request ${step.request}`);
  }
  return wrong;
};

/** An event that is told twice says the same, but for when. */
const sameAgain: Invariant = ({ told }) =>
  [...groupBy(told, ({ detail }) => detail.eventId)].flatMap(([id, copies]) => {
    const texts = new Set(
      copies.map(({ type, detail }) => JSON.stringify([type, detail.reason?.code, detail.verdict, detail.sequence])),
    );
    return texts.size === 1 ? [] : [`I1: event ${id} was told as ${[...texts].join(' and as ')}`];
  });

interface Stretch {
  readonly id: string;
  readonly kind: string;
  readonly service: string;
  readonly lane: string;
  readonly from: number;
  readonly to: number;
}

/** When each deployment was active, by its audit records. */
const stretches = (items: readonly Item[]): readonly Stretch[] => {
  const byId = new Map(deployments(items).map((item) => [item['id'] as string, item]));
  return [...auditOf(items)].flatMap(([id, records]) => {
    const sorted = records.toSorted((a, b) => (a['sk'] < b['sk'] ? -1 : 1));
    const begin = sorted.find(({ from, to }) => !ACTIVE.has(from) && ACTIVE.has(to));
    const end = sorted.find(({ to }) => TERMINAL.has(to));
    const item = byId.get(id);
    if (begin === undefined || item === undefined) return [];
    const { kind, environment, service, lane } = item as Readonly<Record<string, string>>;
    const from = Number(sorted.indexOf(begin));
    return [
      {
        id,
        kind: kind ?? '',
        service: `${environment}/${service}`,
        lane: `${environment}/${lane}`,
        from: from < 0 ? 0 : begin['at'],
        to: end === undefined ? Number.POSITIVE_INFINITY : end['at'],
      },
    ];
  });
};

const SKEW = 6000;

/** I2: never two active deployments of one service, nor two `kind: deploy` in a lane. Functions' clocks differ by seconds. */
const oneAtATime: Invariant = ({ items, plan }) => {
  const all = stretches(items);
  const slack = Object.values(plan.skew).some((skew) => skew !== 0) ? SKEW : 0;
  return all.flatMap((one, index) =>
    all.slice(index + 1).flatMap((other) => {
      const overlap = Math.min(one.to, other.to) - Math.max(one.from, other.from);
      if (overlap <= slack) return [];
      if (one.service === other.service) return [`I2: ${one.id} and ${other.id} were active in ${one.service} together`];
      if (one.lane === other.lane && one.kind === 'deploy' && other.kind === 'deploy')
        return [`I2: ${one.id} and ${other.id} were active in lane ${one.lane} together`];
      return [];
    }),
  );
};

const tagsOf = (told: readonly Told[], digest: string | undefined): readonly string[] =>
  told.flatMap(({ detail }) =>
    digest !== undefined && detail.digest === digest && detail.asked?.image ? [detail.asked.image.split(':')[1]] : [],
  );

/** I3: what a verdict says of what runs is true, and no bad image was found good. */
const truth: Invariant = (seen) => {
  const { told, plan, running } = seen;
  const wrong: string[] = [];
  const verdicts = [...eventsOf(told).values()].flatMap((all) => all.filter(({ detail }) => detail.terminal === true));
  for (const { type, detail } of verdicts) {
    const tag = String(detail.asked?.image ?? '').split(':')[1] ?? '';
    if (type === 'DeploymentSucceeded' && isBad(tag, detail.service, seen))
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
    if (last.detail.running.id !== definition)
      wrong.push(
        `I3: ${last.type} of ${last.detail.deployment} says that ${last.detail.running.id} runs in ${service}, and it is ${definition}`,
      );
    if (!steady && !tagsOf(told, digest).some((tag) => tag === 'late')) wrong.push(`I3: ${service} has not come to rest`);
  }
  return wrong;
};

/** I4: what was rolled back does not run, and what runs after a rollback was verified there, or ran before. */
const goneBack: Invariant = (seen) => {
  const { told } = seen;
  const wrong: string[] = [];
  for (const [id, all] of eventsOf(told)) {
    const verdict = all.at(-1);
    if (verdict?.type !== 'DeploymentRolledBack' && verdict?.type !== 'RollbackSucceeded') continue;
    const left = verdict.type === 'DeploymentRolledBack' ? verdict.detail.digest : verdict.detail.left?.digest;
    const runs = verdict.detail.running?.digest;
    if (left !== undefined && runs === left && verdict.detail.changed === true)
      wrong.push(`I4: ${id} went back from ${left} onto itself`);
    if (isBad(tagsOf(told, runs)[0] ?? '', verdict.detail.service, seen)) wrong.push(`I4: ${id} went back to a bad image`);
  }
  return wrong;
};

/** I5: a request is one deployment however often it is delivered, and an older one never starts after a newer one. */
const oneDeployment: Invariant = ({ items, asked }) => {
  const wrong: string[] = [];
  const byRequest = groupBy(
    deployments(items).filter(({ asked: of }) => of?.requestId !== undefined),
    ({ asked: of, kind }) => `${of.requestId} ${kind}`,
  );
  for (const [request, all] of byRequest)
    if (all.length > 1) wrong.push(`I5: request ${request} became ${all.length} deployments`);
  const startOf = new Map(stretches(items).map(({ id, from }) => [id, from]));
  const deploys = deployments(items).filter(({ id, kind }) => kind === 'deploy' && startOf.has(id));
  for (const older of deploys)
    for (const newer of deploys) {
      const samePlace = older['environment'] === newer['environment'] && older['service'] === newer['service'];
      const isOlder = Math.floor(older['cause'].time / 1000) < Math.floor(newer['cause'].time / 1000);
      const after = (startOf.get(older['id']) ?? 0) - (startOf.get(newer['id']) ?? 0);
      if (samePlace && isOlder && after > SKEW)
        wrong.push(`I5: ${older['id']} was older than ${newer['id']}, and started ${after} ms after it`);
    }
  return asked.length === 0 ? [] : wrong;
};

/** I6, I9: where nothing but misfortune happens, it is the image that decides, whatever crashed, was lost or came twice. */
const asWithoutFaults: Invariant = (seen) => {
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
    'not-there': 'DeploymentRejected',
  };
  const wanted =
    FRAIL.has(only.tag) && !isBad(only.tag, PLACES[only.place]?.service ?? '', seen) ? undefined : expected[only.tag];
  // A day bad enough may outlast a deadline: that is stated, and true.
  const late = ['deadline', 'rollback-deadline'].includes(verdict?.detail.reason?.code);
  if (wanted === undefined || verdict?.type === wanted || late) return [];
  return [
    `I6: ${only.tag} alone ended as ${verdict?.type} (${verdict?.detail.reason?.code}: ${verdict?.detail.reason?.message})`,
  ];
};

/** I7: whoever is accepted and has not started yet is told why. */
const reasonToWait: Invariant = ({ told }) =>
  [...eventsOf(told)].flatMap(([id, all]) => {
    const queued = all.find(({ type }) => type === 'DeploymentQueued' || type === 'RollbackQueued');
    if (queued === undefined) return [];
    const started = all.find(({ type }) => type === 'DeploymentStarted' || type === 'RollbackStarted');
    const waited = started !== undefined && Date.parse(started.detail.at) - Date.parse(queued.detail.at) > 400_000;
    return waited && queued.detail.waitingFor === undefined && queued.detail.position === undefined
      ? [`I7: ${id} waited for minutes, and nothing was said of why`]
      : [];
  });

/** I8: every change of state has its record, one after another, and none was changed afterwards. */
const audited: Invariant = ({ items, earlier }) => {
  const wrong: string[] = [];
  const states = new Map(deployments(items).map(({ id, state }) => [id, state]));
  for (const [id, records] of auditOf(items)) {
    const sorted = records.toSorted((a, b) => (a['sk'] < b['sk'] ? -1 : 1));
    let state = 'requested';
    for (const { from, to } of sorted) {
      if (from !== state) wrong.push(`I8: a record of ${id} goes from ${from} to ${to}, and it was ${state}`);
      state = to;
    }
    if (states.get(id) !== state) wrong.push(`I8: ${id} is ${states.get(id)}, and its records end with ${state}`);
  }
  const now = new Map(items.map((item) => [`${item['pk']} ${item['sk']}`, JSON.stringify(item)]));
  for (const record of earlier)
    if (now.get(`${record['pk']} ${record['sk']}`) !== JSON.stringify(record))
      wrong.push(`I8: the record ${record['pk']} ${record['sk']} was changed`);
  for (const { id } of deployments(items)) if (!auditOf(items).has(id)) wrong.push(`I8: ${id} has no record`);
  return wrong;
};

/** Reasons that speak against an image; a cancel, a deadline or a person's wish does not. */
const EVIDENCE = new Set(['health-check', 'alarm', 'task-stopped', 'ecs-rolled-back', 'ecs-alarm', 'ecs-failed']);

/**
 * I4: only evidence keeps an image from being deployed again, and only until it was verified once more. The refusal names the deployment
 * that spoke against the image; its own event may come later, when the way back begins.
 */
const quarantineNeedsEvidence: Invariant = ({ told }) =>
  told.flatMap((refused) => {
    const { detail } = refused;
    if (detail.reason?.code !== 'quarantined') return [];
    const ofImage = told.filter(
      ({ detail: other }) => other.service === detail.service && [other.digest, other.left?.digest].includes(detail.digest),
    );
    const against = ofImage.filter(
      ({ detail: other }) => EVIDENCE.has(other.reason?.code) && detail.reason.message.includes(other.deployment),
    );
    if (against.length === 0)
      return [`I4: ${detail.deployment} was refused as quarantined, and what it names had not spoken against its image`];
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

/** I4: what was left by a rollback is no place to go back to, until it was verified again. */
const neverBackToWhatWasLeft: Invariant = ({ told }) => {
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

/** I7: waiting has an end when what was before has one: the longest deployment and its rollback are shorter than any wait. */
const nobodyWaitsForNothing: Invariant = ({ told }) =>
  told.flatMap(({ detail }) =>
    detail.reason?.code === 'waited-too-long' ? [`I7: ${detail.deployment} waited for nothing until it expired`] : [],
  );

/** I6: what was begun is found, and not begun again. */
const begunOnce: Invariant = ({ running }) =>
  running.flatMap(({ place, rolledOut }) =>
    [...groupBy(rolledOut, (id) => id)].flatMap(([id, all]) =>
      all.length > 1 ? [`I6: ${id} was rolled out ${all.length} times in ${PLACES[place]?.service}`] : [],
    ),
  );

/** By how much what functions say of the time may be wrong, and how long ago CI may say that something was. */
const MARGIN = 6000;

const at = ({ detail }: Told): number => Date.parse(detail.at);

/** I4: rollbacks are asked for of what runs, or is under way, at that time: two people who mean the same leave it once. */
const leftOnce: Invariant = ({ asked, told }) => {
  const rollbacks = asked.flatMap(({ step, at: time }) => (step.do === 'rollback' ? [{ step, time }] : []));
  const changed = (request: string): boolean =>
    told.some(
      ({ type, detail }) => type === 'RollbackSucceeded' && detail.asked?.requestId === request && detail.changed === true,
    );
  return rollbacks.flatMap((one, index) =>
    rollbacks.slice(index + 1).flatMap((other) => {
      if (one.step.place !== other.step.place || one.step.request === other.step.request) return [];
      const { service } = PLACES[one.step.place] ?? {};
      const moved = told.some(
        (event) =>
          event.detail.service === service &&
          (event.type === 'DeploymentStarted' || (event.detail.terminal === true && event.detail.changed === true)) &&
          at(event) > one.time - MARGIN &&
          at(event) < other.time + MARGIN,
      );
      if (moved || !changed(one.step.request) || !changed(other.step.request)) return [];
      return [`I4: ${one.step.request} and ${other.step.request} meant the same in ${service}, and both went back`];
    }),
  );
};

/** I4: a person's rollback ends no deployment that was asked for after it. */
const endsWhatItMeant: Invariant = ({ asked, told }) => {
  const timeOf = (request: string | undefined) => asked.find(({ step }) => step.request === request)?.at;
  return told.flatMap(({ detail }) => {
    if (detail.reason?.code !== 'ended-by-rollback') return [];
    const by = told.find(({ detail: other }) => String(detail.reason.message).endsWith(other.deployment));
    const [ended, rollback] = [timeOf(detail.asked?.requestId), timeOf(by?.detail.asked?.requestId)];
    if (ended === undefined || rollback === undefined || rollback > ended - MARGIN) return [];
    return [`I4: ${detail.deployment} was ended by ${by?.detail.deployment}, which was asked for before it`];
  });
};

/** I5: what is older than the catalogue allows is not deployed, whatever it asks for. */
const tooOldExpires: Invariant = ({ asked, told }) =>
  asked.flatMap(({ step }) => {
    if (step.do !== 'deploy' || step.age !== TOO_OLD) return [];
    const verdict = told.find(({ detail }) => detail.asked?.requestId === step.request && detail.terminal === true);
    return verdict === undefined || verdict.type === 'DeploymentExpired'
      ? []
      : [`I5: ${step.request} was ${TOO_OLD} s old, and ended as ${verdict.type}`];
  });

const SHARE: readonly number[] = [PLACES.indexOf(SHARED), PLACES.indexOf(SHARING)];

/**
 * When the only alarm of a place rang, in milliseconds; `undefined`: not once and for good, others change things there, or it may be that of
 * another service as well.
 */
const rangOnce = (plan: Plan, place: number): number | undefined => {
  const acting = new Set(plan.steps.flatMap((step) => ('place' in step ? [step.place] : [])));
  if (SHARE.includes(place) && SHARE.every((one) => acting.has(one))) return undefined;
  const here = plan.steps.filter((step) => 'place' in step && step.place === place);
  const [rings, ...others] = here.filter((step) => step.do === 'alarm');
  if (rings === undefined || others.length > 0 || here.some((step) => step.do === 'by-hand')) return undefined;
  return BEGIN + rings.at * 1000;
};

/** I3: an alarm that rings during a deployment, and stays, speaks against it, or against its window; one that rang before does not. */
const alarmsCount: Invariant = ({ plan, told }) => {
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

/** I4: a deployment that fails goes back to what it replaced, if that was verified and has not been left since. */
const backToWhatRan: Invariant = ({ plan, told }) => {
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

/** How long the simulated catalogue lets alarms count after a verdict, in milliseconds. */
const WINDOW = 60_000;

/** I3: an alarm that rings, and stays, while a window is open sends back what the window belongs to, whether its event came or not. */
const alarmAnswered: Invariant = ({ plan, told }) =>
  PLACES.flatMap(({ service }, place) => {
    const time = rangOnce(plan, place);
    if (time === undefined) return [];
    const events = told.filter(({ detail }) => detail.service === service);
    return events.flatMap((verdict) => {
      const { deployment, changed, verified } = verdict.detail;
      if (verdict.type !== 'DeploymentSucceeded' || changed !== true || verified !== true) return [];
      if (time < at(verdict) + MARGIN || time > at(verdict) + WINDOW - MARGIN) return [];
      const later = events.filter((event) => event.detail.deployment !== deployment && at(event) > at(verdict) - MARGIN);
      if (later.length > 0) return [];
      return [`I3: ${deployment} was left alone in ${service}, though its alarm rang within its window`];
    });
  });

const INVARIANTS: readonly Invariant[] = [
  begunOnce,
  leftOnce,
  endsWhatItMeant,
  tooOldExpires,
  alarmsCount,
  backToWhatRan,
  alarmAnswered,
  ({ wrong }) => wrong,
  oneVerdict,
  sameAgain,
  oneAtATime,
  truth,
  goneBack,
  quarantineNeedsEvidence,
  neverBackToWhatWasLeft,
  nobodyWaitsForNothing,
  oneDeployment,
  asWithoutFaults,
  reasonToWait,
  audited,
];

/** All that is wrong. */
export const violations = (seen: Seen): readonly string[] => [...new Set(INVARIANTS.flatMap((invariant) => invariant(seen)))];
