import type { Observation, Revision, Rollout } from '../../deployment/observations.ts';
import { refuse } from '../answering.ts';
import type { Job, Looked, Restored, Started } from '../target.ts';
import { type LambdaCalls, numberIn, type Pointing, revisionOf, type Version } from './calls.ts';
import { published, type Work } from './code.ts';
import { type AliasConfig, type LambdaJob, placeOf, stepsOf } from './config.ts';
import { refusal } from './refusals.ts';

/** A function whose alias is moved: one UpdateAlias is the way back. */
type AliasJob = Job<AliasConfig>;

/** An alias is moved when its call is answered: the first look is due at once; in seconds. */
const FIRST_LOOK = 1;

const told = (config: AliasConfig, { version, other }: Pointing): string => {
  const share = other === undefined ? '' : `, with ${other.percent} % of the requests at version ${other.version}`;
  return `somebody else has changed ${placeOf(config)} meanwhile: it points at version ${version}${share}`;
};

/** Of an alias nothing tells when it was moved: its version was published a moment before. */
const rolloutOf = (version: Version): Rollout => ({
  revision: revisionOf(version),
  id: version.arn,
  startedAt: version.changedAt,
});

/** Two calls. Of an alias that is being shifted it is what that is on its way to. */
export const current =
  ({ calls, packaging }: Work) =>
  async ({ config }: AliasJob): Promise<Looked> => {
    const alias = await calls.pointing(config);
    const version = await calls.version(config, alias.other?.version ?? alias.version);
    const failure = packaging.unfit(version);
    if (failure !== undefined) return refuse(failure);
    if (numberIn(revisionOf(version)) === undefined)
      return refuse(
        refusal(
          'alias-at-latest',
          `cannot deploy to ${placeOf(config)}: it points at $LATEST, to which nothing could go back; publish a version, and point it there`,
        ),
      );
    return { kind: 'current', current: { revision: revisionOf(version), settled: alias.other === undefined, desired: 1 } };
  };

/** Four calls, with a wait after the second and the third; of an archive one more each time, and two to get it. */
export const start =
  (work: Work, files: (job: LambdaJob) => Promise<void>) =>
  async (job: AliasJob): Promise<Started> => {
    const { calls, packaging } = work;
    const { config, before, deployment, image } = job;
    if (before === undefined || image === undefined)
      throw new Error(`deployment ${deployment} is started without a look at what runs, or without an image`);
    const alias = await calls.pointing(config);
    const latest = await calls.version(config);
    const wanted = await packaging.asked(image, latest);
    if (alias.version !== numberIn(before.revision) || alias.other !== undefined) {
      const begun = job.again ? await calls.version(config, alias.other?.version ?? alias.version) : undefined;
      return begun !== undefined && packaging.markOf(begun) === wanted.mark
        ? startedWith({ ...begun, image: wanted.image })
        : refuse(refusal('taken-over', told(config, alias)));
    }
    await files(job);
    const version = await published(work, job, wanted, latest);
    if (version.version !== alias.version) await calls.move(config, next(config, alias, version.version, 0));
    return startedWith(version);
  };

const startedWith = (version: Version): Started => ({
  kind: 'started',
  rollout: rolloutOf(version),
  desired: 1,
  lookInSeconds: FIRST_LOOK,
});

/** The step after so many percent: the next one, or all. */
const next = (config: AliasConfig, { version: from, revisionId }: Pointing, to: string, percent: number): Pointing => {
  const step = stepsOf(config).find((one) => one.percent > percent);
  return step === undefined
    ? { version: to, revisionId }
    : { version: from, other: { version: to, percent: step.percent }, revisionId };
};

/** One call while all goes well. */
export const observe =
  (calls: LambdaCalls) =>
  async (job: AliasJob, rollout: Rollout): Promise<Observation> => {
    const { config } = job;
    const alias = await calls.pointing(config);
    const ours = numberIn(rollout.revision);
    if (alias.other === undefined && alias.version === ours) return { phase: 'completed', desired: 1 };
    const step = job.restore === undefined ? stepIn(job, alias, ours) : undefined;
    if (step !== undefined && ours !== undefined)
      return { phase: 'paused', pause: pauseAt(ours, step.percent), traffic: 'production', lastsSeconds: step.minutes * 60 };
    const running = await calls.version(config, alias.version);
    return { phase: 'taken-over', running: revisionOf(running), message: told(config, alias) };
  };

const pauseAt = (version: string, percent: number): string => `${version}@${percent}`;

/** Where our own shift of the alias has come to. */
const stepIn = ({ config, before }: AliasJob, { version, other }: Pointing, ours: string | undefined) =>
  before !== undefined && version === numberIn(before.revision) && other !== undefined && other.version === ours
    ? stepsOf(config).find(({ percent }) => percent === other.percent)
    : undefined;

/** Two calls; one where the step is over already. */
export const proceed =
  (calls: LambdaCalls) =>
  async ({ config }: AliasJob, pause: string): Promise<void> => {
    const alias = await calls.pointing(config);
    const { other } = alias;
    if (other === undefined || pauseAt(other.version, other.percent) !== pause) return;
    await calls.move(config, next(config, alias, other.version, other.percent));
  };

/** Looks first, and moves the alias only if what it points at is ours to replace. Of a version that was deleted its image is published anew. */
export const restore =
  (work: Work, now: () => number) =>
  async (job: AliasJob, to: Revision): Promise<Restored> => {
    const { calls } = work;
    const back = (version: Version): Rollout => ({ ...rolloutOf(version), startedAt: now() });
    const { config, before, rollout, exactly } = job;
    const alias = await calls.pointing(config);
    const isAlone = (revision: Revision | undefined): boolean =>
      revision !== undefined && alias.other === undefined && alias.version === numberIn(revision);
    if (isAlone(to)) return runsAlready(back(await calls.version(config, alias.version)));
    const begun = rollout?.revision ?? (await lostRollout(work, job, alias));
    if (begun === undefined && !exactly && isAlone(before?.revision))
      return runsAlready(back(await calls.version(config, alias.version)));
    const known = [before, job.restore].map((one) => one?.revision).concat(to, begun);
    const theirs = versionsOf(alias).find((version) => !known.some((one) => one !== undefined && numberIn(one) === version));
    if (theirs !== undefined) {
      const running = await calls.version(config, theirs);
      return (await isAnew(work, running, alias, to))
        ? runsAlready(back(running))
        : { kind: 'taken-over', running: revisionOf(running), message: told(config, alias) };
    }
    const version = await destination(work, job, to);
    await calls.move(config, { version: version.version, revisionId: alias.revisionId });
    return { kind: 'called', rollout: back(version) };
  };

const runsAlready = (rollout: Rollout): Restored => ({ kind: 'nothing', settled: true, rollout });

const versionsOf = ({ version, other }: Pointing): readonly string[] => [
  version,
  ...(other === undefined ? [] : [other.version]),
];

/** The start whose answer was lost: the alias points at a version of its image. */
const lostRollout = async ({ calls, packaging }: Work, job: AliasJob, alias: Pointing): Promise<Revision | undefined> => {
  const { config, before, image, again } = job;
  const other = versionsOf(alias).find((version) => before === undefined || version !== numberIn(before.revision));
  if (!again || other === undefined) return undefined;
  const version = await calls.version(config, other);
  return (await packaging.isAsked(image, version)) ? revisionOf(version) : undefined;
};

/** What was published anew of the destination's code, without an answer, is the destination. */
const isAnew = async ({ packaging }: Work, running: Version, { other }: Pointing, to: Revision): Promise<boolean> => {
  if (other !== undefined) return false;
  const mark = await packaging.markIn(to);
  return mark !== undefined && packaging.markOf(running) === mark;
};

/** A version that was deleted is made anew, of its code. */
const destination = async (work: Work, { config, deployment }: AliasJob, to: Revision): Promise<Version> => {
  const { calls, packaging } = work;
  const known = await calls.versionIfThere(config, numberIn(to) ?? to.id);
  if (known !== undefined) return known;
  const code = await packaging.back(to);
  const latest = await calls.version(config);
  return published(work, { config, deployment, again: packaging.markOf(latest) === code.mark }, code, latest);
};
