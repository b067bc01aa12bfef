import type { Observation, Revision, Rollout } from '../../deployment/observations.ts';
import { refuse } from '../answering.ts';
import { NotYetError } from '../not-yet.ts';
import type { Looked, Restored, Started } from '../target.ts';
import { digestIn, type LambdaCalls, numberIn, revisionOf, type Version } from './calls.ts';
import { imageFor, isSameImage, LOOK_SECONDS, notImage, published } from './code.ts';
import { type Config, type LambdaJob, placeOf } from './config.ts';
import { failureOf, refusal } from './refusals.ts';

/** Without an alias the function itself serves, and its code is what is gone back to (S4.2, S4.4). */

const takenOver = (config: Config, { image }: Version): string =>
  `somebody else has changed ${placeOf(config)} meanwhile: it runs ${image}`;

/** The newest published version of the code that runs; else the image alone, which is enough to bring it back. */
const runningOf = async (calls: LambdaCalls, config: Config, latest: Version): Promise<Revision> => {
  const { image, codeSha256 } = latest;
  const published = await calls.newestOf(config, codeSha256);
  return revisionOf({ arn: published?.arn ?? image, image });
};

/** Two calls. */
export const current =
  (calls: LambdaCalls) =>
  async ({ config }: LambdaJob): Promise<Looked> => {
    const latest = await calls.version(config);
    const failure = notImage(config, latest);
    if (failure !== undefined) return refuse(failure);
    const revision = await runningOf(calls, config, latest);
    return { kind: 'current', current: { revision, settled: latest.update === 'Successful', desired: 1 } };
  };

/** Two calls each time, with a wait after an update and after a version that is made ready. */
export const start =
  (calls: LambdaCalls, files: (job: LambdaJob) => Promise<void>) =>
  async (job: LambdaJob): Promise<Started> => {
    const { config, before, deployment, image } = job;
    if (before === undefined || image === undefined)
      throw new Error(`deployment ${deployment} is started without a look at what runs, or without an image`);
    const latest = await calls.version(config);
    const wanted = imageFor(config, image, latest);
    const isKnown = isSameImage(latest.image, wanted) || isSameImage(latest.image, before.revision.image);
    if (before.settled && !isKnown) return refuse(refusal('taken-over', takenOver(config, latest)));
    await files(job);
    const version = await published(calls, job, wanted, latest);
    const rollout = { revision: revisionOf(version), id: version.arn, startedAt: latest.changedAt };
    return { kind: 'started', rollout, desired: 1, lookInSeconds: 1 };
  };

/** One call while all goes well. */
export const observe =
  (calls: LambdaCalls) =>
  async ({ config }: LambdaJob, { revision }: Rollout): Promise<Observation> => {
    const latest = await calls.version(config);
    if (!isSameImage(latest.image, revision.image))
      return { phase: 'taken-over', running: await runningOf(calls, config, latest), message: takenOver(config, latest) };
    if (latest.update === 'InProgress') return { phase: 'in-progress', lookInSeconds: LOOK_SECONDS };
    if (latest.update === 'Successful') return { phase: 'completed', desired: 1 };
    return { phase: 'failed', failure: failureOf(placeOf(config), latest.image, latest.why), running: revision };
  };

/** The image of the version that is gone back to; failing that, the one that was captured (S4.4). */
const imageOf = async (calls: LambdaCalls, config: Config, to: Revision): Promise<string> => {
  const number = numberIn(to);
  return (number === undefined ? undefined : (await calls.versionIfThere(config, number))?.image) ?? to.image;
};

export const restore =
  (calls: LambdaCalls) =>
  async (job: LambdaJob, to: Revision): Promise<Restored> => {
    const { config, before, rollout } = job;
    const latest = await calls.version(config);
    const image = await imageOf(calls, config, to);
    if (latest.update !== 'Failed') {
      if (isSameImage(latest.image, image)) return runsAlready(calls, config, latest);
      if (rollout === undefined && before !== undefined && isSameImage(latest.image, before.revision.image))
        return runsAlready(calls, config, latest);
    }
    if (!isOurs(job, image, latest))
      return { kind: 'taken-over', running: await runningOf(calls, config, latest), message: takenOver(config, latest) };
    if (latest.update === 'InProgress')
      throw new NotYetError(LOOK_SECONDS, `${placeOf(config)} is still being updated with ${latest.image}`);
    const updated = await calls.update(config, image, latest);
    return { kind: 'called', rollout: await rolloutOf(calls, config, updated) };
  };

/** Everything that this deployment may have put there, or found. */
const isOurs = ({ before, rollout, restore: back, image }: LambdaJob, destination: string, latest: Version): boolean => {
  const known = [before?.revision.image, rollout?.revision.image, back?.revision.image, destination].map((one) =>
    digestIn(one ?? ''),
  );
  return [...known, image?.digest, ...(image?.platforms ?? [])].includes(digestIn(latest.image));
};

/** Under the name that the next look gives it. */
const rolloutOf = async (calls: LambdaCalls, config: Config, latest: Version): Promise<Rollout> => {
  const revision = await runningOf(calls, config, latest);
  return { revision, id: revision.id, startedAt: latest.changedAt };
};

const runsAlready = async (calls: LambdaCalls, config: Config, latest: Version): Promise<Restored> => ({
  kind: 'nothing',
  settled: latest.update === 'Successful',
  rollout: await rolloutOf(calls, config, latest),
});
