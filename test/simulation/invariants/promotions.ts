import type { Told } from '../seen.ts';
import type { Invariant } from './events.ts';

const ENDS = ['PromotionCompleted', 'PromotionFailed'];

/** Every event of a promotion, once each, in order. */
const eventsOf = (told: readonly Told[]): ReadonlyMap<string, readonly Told[]> => {
  const all = new Map<string, Told[]>();
  for (const event of told) {
    const known = all.get(event.detail.promotion) ?? [];
    if (!known.some(({ detail }) => detail.eventId === event.detail.eventId)) known.push(event);
    all.set(event.detail.promotion, known);
  }
  return new Map([...all].map(([id, events]) => [id, events.toSorted((a, b) => a.detail.sequence - b.detail.sequence)]));
};

const completedIn = (told: readonly Told[]): readonly Told[] =>
  [...eventsOf(told).values()].flatMap((events) => events.filter(({ type }) => type === 'PromotionCompleted'));

/** I1: every request to promote ends once, and every copy of an event says the same. */
export const endedOnce: Invariant = ({ promoted: { asked, told }, items }) => {
  const wrong: string[] = [];
  const all = eventsOf(told);
  for (const { request } of asked) {
    const mine = [...all.values()].filter(([first]) => first?.detail.asked?.requestId === request);
    const ends = mine.flat().filter(({ type }) => ENDS.includes(type));
    if (ends.length !== 1)
      wrong.push(`I1: promotion ${request} ended ${ends.length} times: ${ends.map(({ type }) => type).join(', ')}`);
  }
  for (const [id, events] of all) {
    if (!ENDS.includes(events.at(-1)?.type ?? '') || events.filter(({ type }) => ENDS.includes(type)).length !== 1)
      wrong.push(`I1: promotion ${id} told ${events.map(({ type }) => type).join(', ')}`);
    if (events.some(({ detail }, index) => detail.sequence !== index + 1)) wrong.push(`I1: promotion ${id} misses an event`);
    for (const { detail } of told.filter((event) => event.detail.promotion === id)) {
      const same = events.find((event) => event.detail.eventId === detail.eventId);
      if (JSON.stringify(same?.detail) !== JSON.stringify(detail)) wrong.push(`I1: ${detail.eventId} says two things`);
    }
  }
  for (const { pk, sk, state } of items)
    if (String(pk).startsWith('promotion#') && sk === 'state' && state !== 'completed' && state !== 'failed')
      wrong.push(`I1: ${pk} is ${state} in the end`);
  return wrong;
};

/** I3: what is told to be there is there, by its own digest; and no version is there that nobody told of. */
export const completedIsThere: Invariant = ({ promoted: { told, tags, before } }) => {
  const wrong: string[] = [];
  const completed = completedIn(told);
  for (const { detail } of completed)
    if (tags.get(detail.tag) !== detail.digest || detail.toDigest !== detail.digest)
      wrong.push(`I3: ${detail.promotion} says that ${detail.tag} is ${detail.digest}, and it is ${tags.get(detail.tag)}`);
  for (const [tag, digest] of tags)
    if (tag.startsWith('v') && before.get(tag) !== digest && !completed.some(({ detail }) => detail.tag === tag))
      wrong.push(`I3: ${tag} is ${digest}, and no promotion has completed with it`);
  return wrong;
};

/** I5: a tag that moves is in the end with the image that was asked for last. */
export const channelsFollow: Invariant = ({ promoted: { told, tags } }) => {
  const completed = completedIn(told);
  if (completed.length === 0) return [];
  const newest = Math.max(...completed.map(({ detail }) => Date.parse(detail.cause.time)));
  const last = completed.filter(({ detail }) => Date.parse(detail.cause.time) === newest).map(({ detail }) => detail.digest);
  return last.includes(tags.get('channel')) ? [] : [`I5: the channel is ${tags.get('channel')}, and ${last} was asked for last`];
};

/** Reasons of a day that was bad enough: stated, and true. */
const BAD_DAY = ['gates-unanswered', 'copy-deadline'];

/** I3: nothing is promoted without evidence, or refused for evidence that nobody gave. */
export const onEvidence: Invariant = ({ plan, promoted: { told } }) => {
  const given = (tag: string, passed: boolean) =>
    plan.steps.some((step) => step.do === 'evidence' && step.tag === tag && step.passed === passed);
  return [...eventsOf(told)].flatMap(([id, events]) => {
    const end = events.at(-1);
    const image = String(end?.detail.asked?.image ?? '').split('@')[0] ?? '';
    const pushed = plan.steps.flatMap((step) => (step.do === 'push' && image.endsWith(`:${step.as}`) ? [step.tag] : []));
    const tags = pushed.length > 0 ? pushed : [image.split(':')[1] ?? ''];
    const code = end?.detail.reason?.code;
    if (end?.type === 'PromotionCompleted' && !tags.some((tag) => given(tag, true)))
      return [`I3: ${id} has completed without evidence for ${tags}`];
    if (code === 'evidence-failed' && !tags.some((tag) => given(tag, false)))
      return [`I3: ${id} failed on evidence that nobody gave`];
    if (code === 'image-not-found' && !tags.includes('not-there')) return [`I3: ${id} did not find ${tags}`];
    const known = ['evidence-missing', 'evidence-failed', 'tag-taken', 'image-not-found', ...BAD_DAY];
    return end?.type === 'PromotionFailed' && !known.includes(code)
      ? [`I3: ${id} failed: ${JSON.stringify(end.detail.reason)}`]
      : [];
  });
};

/** I1: what was promoted is deployed there, once, as the catalogue says. */
export const deployedOnPromotion: Invariant = ({ promoted, told }) =>
  completedIn(promoted.told).flatMap(({ detail: { promotion, digest } }) => {
    const verdicts = told.filter(({ detail }) => detail.asked?.requestId === promotion && detail.terminal === true);
    const ids = new Set(verdicts.map(({ detail }) => detail.eventId));
    if (ids.size !== 1) return [`I1: ${promotion} was deployed ${ids.size} times`];
    const other = verdicts.find(({ detail }) => detail.digest !== undefined && detail.digest !== digest);
    return other === undefined ? [] : [`I3: ${promotion} is ${digest}, and ${other.detail.digest} was deployed`];
  });
