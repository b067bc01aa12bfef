import type { Observation, Revision, Rollout } from '../../deployment/observations.ts';
import { refuse } from '../answering.ts';
import { NotYetError } from '../not-yet.ts';
import type { Looked, Restored, Started } from '../target.ts';
import { digestIn, type LambdaCalls, revisionOf, type Version } from './calls.ts';
import { LOOK_SECONDS, published, requireSettled, type Work } from './code.ts';
import { type Config, type LambdaJob, placeOf } from './config.ts';
import type { Code } from './packaging.ts';
import { failureOf, refusal } from './refusals.ts';

/** Without an alias the function itself serves, and its code is what is gone back to (S4.2, S4.4). */

const takenOver = (config: Config, { image }: Version): string =>
  `somebody else has changed ${placeOf(config)} meanwhile: it runs ${image}`;

/** The newest published version of the code that runs, and what that says of its archive; else what Lambda tells the code by. */
const runningOf = async (calls: LambdaCalls, config: Config, latest: Version): Promise<Revision> => {
  const { arn = latest.image, image = '' } = (await calls.newestOf(config, latest.codeSha256)) ?? {};
  return revisionOf({ arn, image: digestIn(image) === undefined ? latest.image : image });
};

/** Two calls. */
export const current =
  ({ calls, packaging }: Work) =>
  async ({ config }: LambdaJob): Promise<Looked> => {
    const latest = await calls.version(config);
    const failure = packaging.unfit(latest);
    if (failure !== undefined) return refuse(failure);
    const revision = await runningOf(calls, config, latest);
    return { kind: 'current', current: { revision, settled: latest.update === 'Successful', desired: 1 } };
  };

/** Two calls each time, with a wait after an update and after a version that is made ready; of an archive three more, and one to keep what ran. */
export const start =
  (work: Work, files: (job: LambdaJob) => Promise<void>) =>
  async (job: LambdaJob): Promise<Started> => {
    const { calls, packaging } = work;
    const { config, before, deployment, image } = job;
    if (before === undefined || image === undefined)
      throw new Error(`deployment ${deployment} is started without a look at what runs, or without an image`);
    const latest = await calls.version(config);
    const wanted = await packaging.asked(image, latest);
    const mark = packaging.markOf(latest);
    const isKnown = mark === wanted.mark || !before.settled || mark === (await packaging.markIn(before.revision));
    if (!isKnown) return refuse(refusal('taken-over', takenOver(config, latest)));
    await files(job);
    const version = await published(work, job, wanted, latest);
    const revision = revisionOf(version);
    const rollout = { revision, id: packaging.rolloutId(version, revision), startedAt: latest.changedAt };
    return { kind: 'started', rollout, desired: 1, lookInSeconds: 1 };
  };

/** One call while all goes well. */
export const observe =
  ({ calls, packaging }: Work) =>
  async ({ config }: LambdaJob, rollout: Rollout): Promise<Observation> => {
    const { revision } = rollout;
    const latest = await calls.version(config);
    if (packaging.markOf(latest) !== (await packaging.markOfRollout(rollout)))
      return { phase: 'taken-over', running: await runningOf(calls, config, latest), message: takenOver(config, latest) };
    if (latest.update === 'InProgress') return { phase: 'in-progress', lookInSeconds: LOOK_SECONDS };
    if (latest.update === 'Successful') return { phase: 'completed', desired: 1 };
    return { phase: 'failed', failure: failureOf(placeOf(config), revision.image, latest.why), running: revision };
  };

export const restore =
  (work: Work) =>
  async (job: LambdaJob, to: Revision): Promise<Restored> => {
    const { calls, packaging } = work;
    const { config, before, rollout, exactly } = job;
    const latest = await calls.version(config);
    const code = await packaging.back(to);
    const mark = packaging.markOf(latest);
    if (latest.update !== 'Failed') {
      if (mark === code.mark) {
        await publishUntold(work, job, latest, code.image);
        return runsAlready(work, config, latest, to.image);
      }
      if (rollout === undefined && !exactly && before !== undefined && mark === (await packaging.markIn(before.revision)))
        return runsAlready(work, config, latest, before.revision.image);
    }
    if (!(await isOurs(work, job, code, latest)))
      return { kind: 'taken-over', running: await runningOf(calls, config, latest), message: takenOver(config, latest) };
    if (latest.update === 'InProgress')
      throw new NotYetError(LOOK_SECONDS, `${placeOf(config)} is still being updated with ${latest.image}`);
    const updated = await calls.update(config, code.image, await code.input(), latest);
    if (!(await packaging.isTold(updated, code.image)))
      throw new NotYetError(LOOK_SECONDS, `${code.image} was put into ${placeOf(config)}, and is not ready yet`);
    return { kind: 'called', rollout: await rolloutOf(work, config, updated, code.image) };
  };

/** A version tells the next look what its code came in: where there is none, it is published as soon as it can be. */
const publishUntold = async (work: Work, { config, deployment }: LambdaJob, latest: Version, image: string): Promise<void> => {
  const { calls, packaging } = work;
  if (await packaging.isTold(latest, image)) return;
  requireSettled(config, latest);
  await calls.publish(config, latest, packaging.description(deployment, image), image);
};

/** Everything that this deployment may have put there, or found. */
const isOurs = async ({ packaging }: Work, job: LambdaJob, destination: Code, latest: Version): Promise<boolean> => {
  const { before, rollout, restore: back, image } = job;
  const mark = packaging.markOf(latest);
  if (mark === destination.mark) return true;
  for (const one of [rollout, back]) if (one !== undefined && mark === (await packaging.markOfRollout(one))) return true;
  if (before !== undefined && mark === (await packaging.markIn(before.revision))) return true;
  return packaging.isAsked(image, latest);
};

/** Under the name that the next look gives it. */
const rolloutOf = async ({ calls, packaging }: Work, config: Config, latest: Version, image: string): Promise<Rollout> => {
  const revision = packaging.called(await runningOf(calls, config, latest), image);
  return { revision, id: packaging.rolloutId(latest, revision), startedAt: latest.changedAt };
};

const runsAlready = async (work: Work, config: Config, latest: Version, image: string): Promise<Restored> => ({
  kind: 'nothing',
  settled: latest.update === 'Successful',
  rollout: await rolloutOf(work, config, latest, image),
});
