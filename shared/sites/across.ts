import type { Current, Failure, Observation, Revision, Rollout } from '../deployment/observations.ts';
import { joined, partsOf } from '../deployment/parts.ts';
import type { Site } from '../deployment/settings.ts';
import type { Job, Looked, Restored, Started, Target } from '../targets/target.ts';
import { beside, inSite, saying } from './asking.ts';
import { observedForward, observedRestoring } from './observations.ts';
import { partRevision, partRollout, wholeRevision } from './wholes.ts';

interface Part {
  readonly site: Site;
  readonly target: Target;
}

/**
 * One target made of those of several sites, so that a deployment is one wherever it goes: its ids are theirs together
 * (`deployment/parts.ts`). Calls for sites are made beside each other; where one was not answered the others' took effect all the same,
 * and it is thrown then: every method may be called again.
 */
export const across = (parts: readonly Part[]): Omit<Target, 'kind' | 'schema' | 'permissions'> => ({
  current: current(parts),
  start: start(parts),
  observe: observe(parts),
  restore: restore(parts),
  proceed: proceed(parts),
});

/** Infrastructure serves nobody: that it is there proves nothing of the image. */
const desiredOf = (each: readonly (readonly [site: Site, desired: number])[]): number =>
  each.reduce((sum, [{ infrastructure }, desired]) => (infrastructure === true ? sum : sum + desired), 0);

/** The site's part of the job. What was begun there without an answer is looked for. */
const jobIn = ({ site }: Part, { before, rollout, restore: back, ...job }: Job): Job => {
  const own = partRollout(rollout, site);
  const bringing = partRollout(back, site);
  return {
    ...job,
    config: site.target,
    ...(before === undefined ? {} : { before: { ...before, revision: partRevision(before.revision, site) } }),
    ...(own === undefined ? {} : { rollout: own }),
    ...(bringing === undefined ? {} : { restore: bringing }),
  };
};

/** Sites of earlier waves are known: they run what this deployment has brought, and go back to what was seen before that. */
const current =
  (parts: readonly Part[]) =>
  async (job: Job): Promise<Looked> => {
    const { wave = 0, before } = job;
    const answers = await beside(parts, async (part): Promise<Looked> => {
      const { site, target } = part;
      return before !== undefined && site.wave < wave
        ? { kind: 'current', current: { ...before, revision: partRevision(before.revision, site) } }
        : target.current(jobIn(part, job));
    });
    const seen = new Map<Site, Current>();
    for (const [{ site }, answer] of answers) {
      if (answer.kind === 'refused') return { kind: 'refused', failure: saying(site, answer.failure) };
      seen.set(site, answer.current);
    }
    const all = [...seen.values()];
    return {
      kind: 'current',
      current: {
        revision: wholeRevision(new Map([...seen].map(([site, { revision }]) => [site, revision]))),
        settled: all.every(({ settled }) => settled),
        desired: desiredOf([...seen].map(([site, { desired }]) => [site, desired])),
      },
    };
  };

/** The sites of this wave. One that refuses is told when the others of its wave have been begun. */
const start =
  (parts: readonly Part[]) =>
  async (job: Job): Promise<Started> => {
    const { wave = 0 } = job;
    const answers = await beside(
      parts.filter(({ site }) => site.wave === wave),
      (part) => part.target.start(jobIn(part, job)),
    );
    const begun = [...answers].flatMap(([part, answer]) => (answer.kind === 'started' ? [[part, answer] as const] : []));
    for (const [{ site }, answer] of answers)
      if (answer.kind === 'refused')
        return {
          kind: 'refused',
          failure: saying(site, answer.failure),
          ...(begun.length > 0 || answer.begun ? { begun: true } : {}),
        };
    const fresh = new Map(begun.map(([{ site }, { rollout }]) => [site, rollout]));
    const revisions = new Map(
      parts.flatMap(({ site }) => {
        const known = fresh.get(site) ?? partRollout(job.rollout, site);
        const revision = known?.revision ?? (job.before && partRevision(job.before.revision, site));
        return revision === undefined ? [] : [[site, revision] as const];
      }),
    );
    const ids = new Map([...partsOf(job.rollout?.id ?? ''), ...[...fresh].map(([{ name }, { id }]) => [name, id] as const)]);
    const looks = begun.flatMap(([, { lookInSeconds }]) => lookInSeconds ?? []);
    const [[, first] = []] = begun;
    return {
      kind: 'started',
      rollout: {
        revision: wholeRevision(revisions),
        id: joined(ids),
        startedAt: job.rollout?.startedAt ?? first?.rollout.startedAt ?? 0,
      },
      desired: desiredOf(begun.map(([{ site }, { desired }]) => [site, desired])),
      ...(looks.length === 0 ? {} : { lookInSeconds: Math.min(...looks) }),
    };
  };

/** Those that the rollout is in. */
const observe =
  (parts: readonly Part[]) =>
  async (job: Job, rollout: Rollout): Promise<Observation> => {
    const seen = await beside(
      parts.filter(({ site }) => partRollout(rollout, site) !== undefined),
      (part) => part.target.observe(jobIn(part, job), partRollout(rollout, part.site) ?? rollout),
    );
    const bySite = new Map([...seen].map(([{ site }, observation]) => [site, observation]));
    const running = (site: Site): Revision => partRevision(rollout.revision, site);
    return job.restore !== undefined && job.restore.id === rollout.id
      ? observedRestoring(bySite, running)
      : observedForward(bySite, running);
  };

/** Where a site goes back to; one that the destination does not know of, to what was seen there before. */
const destinationIn = ({ site }: Part, { before }: Job, to: Revision): Revision => {
  const named = partRevision(to, site);
  return named.id === '' && before !== undefined ? partRevision(before.revision, site) : named;
};

/** Sites that have not had their turn are left alone, unless they run something else than what is gone back to. */
const isConcerned = (part: Part, job: Job, to: Revision): boolean =>
  job.wave === undefined ||
  part.site.wave <= job.wave ||
  job.before === undefined ||
  partRevision(job.before.revision, part.site).id !== destinationIn(part, job, to).id;

type Answers = ReadonlyMap<Part, Restored>;

const restoreIn = (parts: readonly Part[], job: Job, to: Revision): Promise<Answers> =>
  beside(parts, async (part): Promise<Restored> => {
    const there = destinationIn(part, job, to);
    const own = jobIn(part, job);
    if (there.id === '') return { kind: 'refused', failure: nowhereToGo };
    return part.target.restore({ ...own, again: job.again || own.rollout === undefined }, there);
  });

const isMoving = (answer: Restored): boolean =>
  answer.kind === 'called' || answer.kind === 'watch' || (answer.kind === 'nothing' && !answer.settled);

const isStuck = ({ kind }: Restored): boolean => kind === 'refused' || kind === 'taken-over';

/**
 * What cannot be brought back somewhere is told when everything else has come to rest. Infrastructure goes back when the services are back:
 * on the way out what runs now had its turn on it, and the new image without it is what nobody has seen.
 */
const restore =
  (parts: readonly Part[]) =>
  async (job: Job, to: Revision): Promise<Restored> => {
    const concerned = parts.filter((part) => isConcerned(part, job, to));
    const below = concerned.filter(({ site }) => site.infrastructure === true);
    const services = await restoreIn(
      concerned.filter((part) => !below.includes(part)),
      job,
      to,
    );
    const first = [...services.values()];
    if (below.length === 0 || first.some(isStuck)) return restored(parts, services, to);
    if (first.some(isMoving)) return { kind: 'watch' };
    return restored(parts, new Map([...services, ...(await restoreIn(below, job, to))]), to);
  };

const restored = (parts: readonly Part[], answers: Answers, to: Revision): Restored => {
  const all = [...answers.values()];
  if (all.some(({ kind }) => kind === 'watch')) return { kind: 'watch' };
  const moving = all.some(isMoving);
  for (const [{ site }, answer] of answers) {
    if (answer.kind !== 'refused' && answer.kind !== 'taken-over') continue;
    if (moving) return { kind: 'watch' };
    return answer.kind === 'refused'
      ? { kind: 'refused', failure: saying(site, answer.failure) }
      : { ...answer, running: wholeRevision(new Map([[site, answer.running]])), message: inSite(site, answer.message) };
  }
  const rollout = bringing(parts, answers, to);
  return all.some(({ kind }) => kind === 'called') ? { kind: 'called', rollout } : { kind: 'nothing', rollout, settled: !moving };
};

const nowhereToGo: Failure = {
  code: 'no-destination',
  message: 'it is not known what ran there before; deploy a version that is known to be good',
  evidence: false,
};

/** What brings the destination: in sites that were left alone it is what runs there. */
const bringing = (parts: readonly Part[], answers: Answers, to: Revision): Rollout => {
  const rollouts = new Map(
    [...answers].map(([{ site }, answer]) => [site, 'rollout' in answer ? answer.rollout : undefined] as const),
  );
  const starts = [...rollouts.values()].flatMap((rollout) => rollout?.startedAt ?? []);
  return {
    revision: wholeRevision(
      new Map(parts.map(({ site }) => [site, rollouts.get(site)?.revision ?? partRevision(to, site)] as const)),
    ),
    id: joined(new Map([...rollouts].map(([{ name }, rollout]) => [name, rollout?.id ?? '']))),
    startedAt: Math.max(0, ...starts),
  };
};

/** The pause says whose it is. */
const proceed =
  (parts: readonly Part[]) =>
  async (job: Job, rollout: Rollout, pause: string): Promise<void> => {
    const pauses = partsOf(pause);
    await beside(
      parts.filter(({ site }) => pauses.has(site.name)),
      async (part) => {
        const own = partRollout(rollout, part.site) ?? rollout;
        await part.target.proceed?.(jobIn(part, job), own, pauses.get(part.site.name) ?? '');
      },
    );
  };
