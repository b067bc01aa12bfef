import type { Held } from '../steps.ts';
import { type Incident, type IncidentStep, incidentSteps, incidentsAfter, incidentsDone, type Mended } from './incidents.ts';
import type { Report } from './report.ts';
import { begunFirst, kept } from './requests.ts';

/** How a request ended, with what stands on GitHub for it. */
export interface End {
  readonly report: Report;
  readonly sha?: string;
  readonly deployment?: number;
}

/** What is kept of one service: which GitHub deployment is the active one, its commits, and what went wrong. */
export interface ServiceNote extends Held {
  /** The newest success; without a number, where its commit is not known. */
  readonly live?: { readonly at: string; readonly deployment?: number };
  /** GitHub deployments that are to be made inactive. */
  readonly over: readonly number[];
  /** The newest success of which nothing says that its version is bad. */
  readonly success?: Mended;
  /** When there was such a success, the newest that were told; absent: never yet. */
  readonly successes?: readonly string[];
  /** What is known of images that were deployed, the newest first: a rollback names no more than an image. */
  readonly images: readonly Image[];
  /** Requests whose ends were taken in, the newest last. */
  readonly seen: readonly string[];
  readonly incidents: readonly Incident[];
}

export interface Image {
  readonly digest: string;
  readonly version: string;
  readonly sha?: string;
}

export type ServiceStep = { readonly key: string; readonly kind: 'inactive'; readonly deployment: number } | IncidentStep;

const MOST_SEEN = 1000;
const MOST_IMAGES = 50;
const MOST_SUCCESSES = 100;

const EMPTY: ServiceNote = { over: [], images: [], seen: [], incidents: [] };

/** Takes in an end, once. `issues`: whether incidents are wanted. */
export const tellService = (note: ServiceNote = EMPTY, end: End, issues: boolean): ServiceNote => {
  const { report } = end;
  if (note.seen.includes(report.deployment)) return note;
  return {
    ...note,
    ...(report.phase === 'succeeded' ? succeeded(note, end) : {}),
    images: imagesAfter(note.images, end),
    seen: [...note.seen, report.deployment].slice(-MOST_SEEN),
    incidents: issues ? incidentsAfter(note.incidents, end, note) : note.incidents,
  };
};

/** The newest success is the active one; the others are over. */
const succeeded = (
  note: ServiceNote,
  { report, sha, deployment }: End,
): Pick<ServiceNote, 'live' | 'over' | 'success' | 'successes'> => {
  const mine = { at: report.at, ...(deployment === undefined ? {} : { deployment }) };
  const { live = mine, success } = note;
  const [newest, older] = live.at > mine.at ? [live, mine] : [mine, live];
  const over = older.deployment === undefined || older.deployment === newest.deployment ? [] : [older.deployment];
  const isGood = report.byAlarm !== true;
  const isNewest = isGood && (success === undefined || success.report.at < report.at);
  return {
    live: newest,
    over: [...note.over, ...over],
    ...(isGood ? { successes: [...(note.successes ?? []), report.at].slice(-MOST_SUCCESSES) } : {}),
    ...(isNewest ? { success: { report: kept(report), ...(sha === undefined ? {} : { sha }) } } : {}),
  };
};

const imagesAfter = (images: ServiceNote['images'], { report: { kind, digest, version }, sha }: End): ServiceNote['images'] => {
  if (kind === 'rollback' || digest === undefined) return images;
  const commit = sha ?? images.find((known) => known.digest === digest)?.sha;
  const image: Image = { digest, version, ...(commit === undefined ? {} : { sha: commit }) };
  return [image, ...images.filter((known) => known.digest !== digest)].slice(0, MOST_IMAGES);
};

/** What a rollback does not say of itself: the commit and version that it goes to, and the version that it leaves. */
export const withImages = (report: Report, images: ServiceNote['images']): Report => {
  if (report.kind === 'deploy') return report;
  const of = (digest: string | undefined) => images.find((image) => image.digest === digest);
  const [to, from] = [of(report.digest), of(report.left)];
  return {
    ...report,
    ...(to === undefined ? {} : { version: to.version }),
    ...(report.ref !== undefined || to?.sha === undefined ? {} : { ref: to.sha }),
    ...(from === undefined ? {} : { leaves: from.version }),
  };
};

export const owedByService = (note: ServiceNote): ServiceStep | undefined => {
  const over = note.over.map((deployment): ServiceStep => ({ key: `inactive ${deployment}`, kind: 'inactive', deployment }));
  return begunFirst([...over, ...incidentSteps(note.incidents)], note.begun);
};

/** `answer`: the number of the issue; `undefined`: it is not there any more. */
export const doneOfService = (note: ServiceNote, step: ServiceStep, answer: unknown): ServiceNote =>
  step.kind === 'inactive'
    ? { ...note, over: note.over.filter((deployment) => deployment !== step.deployment) }
    : { ...note, incidents: incidentsDone(note.incidents, step, typeof answer === 'number' ? answer : undefined) };
