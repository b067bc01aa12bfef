import { CANCELLED } from '../people.ts';
import type { Asked } from '../seen.ts';
import { auditOf, deployments, eventsOf, groupBy, type Invariant, promotions, TERMINAL } from './events.ts';

/** I1: exactly one verdict for each request, and everything has come to rest. */
export const oneVerdict: Invariant = ({ told, items, asked, quiet }) => {
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
    const answered = told.some(({ detail }) => detail.asked?.requestId === step.request && isOf(step, detail.asked.image));
    if (!answered) wrong.push(`I1: nothing was told of request ${step.request}`);
  }
  return wrong;
};

/** Two requests may have one name, and each is answered. */
const isOf = (step: Asked['step'], image: string | undefined): boolean =>
  step.do !== 'deploy' || image?.endsWith(`:${step.tag}`) === true;

/** I1: whoever asks to cancel gets it, or is told why not. */
export const cancelAnswered: Invariant = ({ cancels, told }) =>
  [...new Set(cancels)].flatMap((id) => {
    const isAnswered = told.some(
      ({ type, detail }) =>
        detail.deployment === id && (type === 'CancelRejected' || String(detail.reason?.message).includes(CANCELLED)),
    );
    return isAnswered ? [] : [`I1: somebody wanted to cancel ${id}, and it says nothing of that`];
  });

/** An event that is told twice says the same. */
export const sameAgain: Invariant = ({ told }) =>
  [...groupBy(told, ({ detail }) => detail.eventId)].flatMap(([id, copies]) => {
    const texts = new Set(copies.map(({ type, detail }) => JSON.stringify({ type, ...detail })));
    return texts.size === 1 ? [] : [`I1: event ${id} was told as ${[...texts].join(' and as ')}`];
  });

/** I7: whoever is accepted and has not started yet is told why. */
export const reasonToWait: Invariant = ({ told }) =>
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
export const audited: Invariant = ({ items, earlier }) => {
  const wrong: string[] = [];
  const all = [...deployments(items), ...promotions(items)];
  const states = new Map(all.map(({ id, state }) => [id, state]));
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
  for (const { id } of all) if (!auditOf(items).has(id)) wrong.push(`I8: ${id} has no record`);
  return wrong;
};
