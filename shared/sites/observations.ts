import type { Failure, Observation, Revision } from '../deployment/observations.ts';
import { joined } from '../deployment/parts.ts';
import type { Site } from '../deployment/settings.ts';
import { inSite, saying } from './asking.ts';
import { wholeRevision } from './wholes.ts';

type Phase = Observation['phase'];
type Of<P extends Phase> = Extract<Observation, { phase: P }>;
type Seen = ReadonlyMap<Site, Observation>;
/** What was rolled out in a site. */
type Running = (site: Site) => Revision;

const inPhase = <P extends Phase>(seen: Seen, ...phases: readonly P[]): readonly (readonly [Site, Of<P>])[] =>
  [...seen].filter((entry): entry is [Site, Of<P>] => (phases as readonly Phase[]).includes(entry[1].phase));

const runningNow = (seen: Seen, running: Running): Revision =>
  wholeRevision(new Map([...seen].map(([site, answer]) => [site, 'running' in answer ? answer.running : running(site)])));

const failureOf = (observation: Of<'failed' | 'undoing' | 'undone' | 'taken-over' | 'gone'>): Failure => {
  switch (observation.phase) {
    case 'taken-over':
      return { code: 'taken-over', message: observation.message, evidence: false };
    case 'gone':
      return { code: 'service-gone', message: observation.message, evidence: false };
    default:
      return observation.failure;
  }
};

/** What is told of each, after its site's name. */
const notesOf = (seen: Seen): { readonly note?: string } => {
  const notes = [...seen].flatMap(([site, answer]) =>
    'note' in answer && typeof answer.note === 'string' ? [inSite(site, answer.note)] : [],
  );
  return notes.length === 0 ? {} : { note: notes.join('; ') };
};

/** All under way, or at rest: the least of what is said of them. */
const goingWell = (seen: Seen): Observation => {
  const [moving] = inPhase(seen, 'in-progress');
  if (moving !== undefined) {
    const looks = inPhase(seen, 'in-progress').flatMap(([, { lookInSeconds }]) => lookInSeconds ?? []);
    return { phase: 'in-progress', ...(looks.length === 0 ? {} : { lookInSeconds: Math.min(...looks) }), ...notesOf(seen) };
  }
  const asked = inPhase(seen, 'asked').map(([, { lookInSeconds }]) => lookInSeconds);
  if (asked.length > 0) return { phase: 'asked', lookInSeconds: Math.max(...asked) };
  const desired = inPhase(seen, 'shifted', 'completed').reduce(
    (sum, [site, answer]) => (site.infrastructure === true ? sum : sum + answer.desired),
    0,
  );
  return inPhase(seen, 'shifted').length > 0 ? { phase: 'shifted', desired } : { phase: 'completed', desired, ...notesOf(seen) };
};

/**
 * A rollout on its way out: what is bad anywhere is bad. Somebody else's change in one site leaves the others to be brought back, and is an
 * end of its own only where it is everywhere. Of several pauses, one is answered at a time; those that last a while last it together.
 */
export const observedForward = (seen: Seen, running: Running): Observation => {
  const lost = inPhase(seen, 'taken-over', 'gone');
  const bad = inPhase(seen, 'failed', 'undoing', 'undone', 'taken-over', 'gone');
  const [[site, worst] = []] = bad;
  if (site !== undefined && worst !== undefined) {
    if (lost.length === seen.size) return theirs(lost, seen, running);
    return { phase: 'failed', failure: saying(site, failureOf(worst)), running: runningNow(seen, running) };
  }
  const [[paused, pause] = []] = inPhase(seen, 'paused');
  if (paused === undefined || pause === undefined) return goingWell(seen);
  const together = inPhase(seen, 'paused').filter(([{ name }, other]) => name === paused.name || isAsLong(other, pause));
  return { ...pause, pause: joined(new Map(together.map(([{ name }, other]) => [name, other.pause]))) };
};

/** Steps of the same plan. */
const isAsLong = (one: Of<'paused'>, other: Of<'paused'>): boolean =>
  one.lastsSeconds !== undefined && one.lastsSeconds === other.lastsSeconds && one.traffic === other.traffic;

const theirs = (
  lost: readonly (readonly [Site, Of<'taken-over' | 'gone'>])[],
  seen: Seen,
  running: Running,
): Of<'taken-over' | 'gone'> => {
  const message = lost.map(([site, { message: told }]) => inSite(site, told)).join('; ');
  return lost.every(([, { phase }]) => phase === 'gone')
    ? { phase: 'gone', message }
    : { phase: 'taken-over', running: runningNow(seen, running), message };
};

/** A rollout that brings back: what moves is waited for, so that the end tells of sites at rest. */
export const observedRestoring = (seen: Seen, running: Running): Observation => {
  if (inPhase(seen, 'in-progress', 'paused', 'undoing').length > 0) return { phase: 'in-progress' };
  if (inPhase(seen, 'asked').length > 0) return goingWell(seen);
  const [[site, bad] = []] = inPhase(seen, 'failed', 'undone');
  if (site !== undefined && bad !== undefined)
    return { phase: 'failed', failure: saying(site, bad.failure), running: runningNow(seen, running) };
  const lost = inPhase(seen, 'taken-over', 'gone');
  return lost.length > 0 ? theirs(lost, seen, running) : goingWell(seen);
};
