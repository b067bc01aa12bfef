import type { Failure, Observation, Revision, Rollout } from '../deployment/observations.ts';
import type { TargetSettings } from '../deployment/settings.ts';
import { answers, refuse } from './answering.ts';
import type { TargetModule, TargetPorts } from './module.ts';
import type { Job, Looked, Restored, Started, Target } from './target.ts';
import { type Applying, isUnderWay, mayBeStopped } from './terraform/builds.ts';
import { terraformCalls } from './terraform/calls.ts';
import { type Config, kind, schema, stateOf, tagVariable } from './terraform/config.ts';
import { codeBuildEvents, projectArn } from './terraform/events.ts';
import { terraformPermissions } from './terraform/permissions.ts';
import { type Given, givenBack, NOTHING, type Running, revisionOf } from './terraform/records.ts';
import { refusal } from './terraform/refusals.ts';
import { failureOf, noteOf } from './terraform/reports.ts';

type OwnJob = Job<Config>;

interface Work {
  readonly calls: ReturnType<typeof terraformCalls>;
  readonly now: () => number;
}

/** Seconds until a build is looked at again, where no event tells of its end. */
const NEXT_LOOK = 60;

/** A module that is applied once is there; before that nothing is. What was applied on its way only is nothing to go back to. */
const current =
  ({ calls }: Work) =>
  async ({ config }: OwnJob): Promise<Looked> => {
    const active = (await calls.builds(config)).some(isUnderWay);
    const { revision, partly } = await calls.running(config);
    return { kind: 'current', current: { revision, settled: !active && !partly, desired: revision.id === NOTHING.id ? 0 : 1 } };
  };

const givenFor = ({ config, deployment, image, named: { tag } = {} }: OwnJob): Given | Failure => {
  if (image === undefined) throw new Error(`deployment ${deployment} has no image`);
  const variable = tagVariable(config);
  const { digest, repository } = image;
  if (variable === undefined) return { deployment, tag: '', digest, repository };
  if (tag !== undefined) return { deployment, tag, digest, repository };
  const message = `cannot apply ${digest} to ${stateOf(config)}: the module is told the tag (variable "${variable}"), and the request names the digest alone; name a tag, or give a variable the digest in "variables"`;
  return refusal('tag-missing', message);
};

const rolloutOf = (build: Applying): Rollout => ({ revision: revisionOf(build), id: build.id, startedAt: build.startedAt });

const start =
  ({ calls }: Work) =>
  async (job: OwnJob): Promise<Started> => {
    const { config, before, deployment } = job;
    if (before === undefined) throw new Error(`deployment ${deployment} is started without a look at what runs`);
    const given = givenFor(job);
    if ('code' in given) return refuse(given);
    if (job.again) {
      const begun = (await calls.builds(config)).find((build) => build.deployment === deployment && build.way === 'out');
      if (begun !== undefined) return { kind: 'started', rollout: rolloutOf(begun), desired: 1, lookInSeconds: NEXT_LOOK };
      const { revision } = await calls.running(config);
      if (before.settled && revision.id !== before.revision.id)
        return refuse({ code: 'taken-over', message: takenOver(config, revision), evidence: false });
    }
    const build = await calls.apply(config, given, 'out', 1);
    return { kind: 'started', rollout: rolloutOf(build), desired: 1, lookInSeconds: NEXT_LOOK };
  };

const takenOver = (config: Config, { id }: Revision): string =>
  `somebody else has applied to ${stateOf(config)} meanwhile: it is at ${id}`;

/** One call while a build is under way and has no plan yet; the state is read when it has ended. */
const observe =
  ({ calls }: Work) =>
  async ({ config }: OwnJob, rollout: Rollout): Promise<Observation> => {
    const build = rollout.id === '' ? undefined : await calls.build(config, rollout.id);
    const report = build === undefined ? undefined : await calls.report(config, build.id);
    const note = build === undefined ? undefined : noteOf(report, build);
    const noted = note === undefined ? {} : { note };
    if (build !== undefined && isUnderWay(build)) return { phase: 'in-progress', lookInSeconds: NEXT_LOOK, ...noted };
    const { revision: running } = await calls.running(config);
    if (build !== undefined && build.status !== 'SUCCEEDED')
      return { phase: 'failed', failure: failureOf(config, build, report), running };
    if (running.id !== rollout.revision.id) return { phase: 'taken-over', running, message: takenOver(config, running) };
    return { phase: 'completed', desired: 1, ...noted };
  };

/**
 * Applies what was there before. A build is stopped only while Terraform does not run yet: in the middle of an apply it would leave things
 * that no state knows, and the lock behind.
 */
const restore =
  (work: Work) =>
  async (job: OwnJob, to: Revision): Promise<Restored> => {
    const { calls } = work;
    const { config, deployment } = job;
    const builds = await calls.builds(config);
    const running = await calls.running(config);
    const active = builds.find(isUnderWay);
    if (active !== undefined) return meanwhile(work, job, active, running, to);
    const back = builds.filter((build) => build.deployment === deployment && build.way === 'back');
    if (isAt(running, to) || isUntouched(job, running)) return runsAlready(work, running.revision, back[0]);
    if (!isOurs(job, running))
      return { kind: 'taken-over', running: running.revision, message: takenOver(config, running.revision) };
    const given = givenBack(to);
    if (given === undefined) return refuse(noWayBack(config, to));
    const build = await calls.apply(config, { ...given, deployment }, 'back', back.length + 1);
    return { kind: 'called', rollout: rolloutOf(build) };
  };

/** What others had applied by hand is applied again under its tag, by a build of ours. */
const isAt = ({ revision }: Running, to: Revision): boolean => {
  const given = givenBack(to);
  return revision.id === to.id || (given !== undefined && revision.id === revisionOf(given).id);
};

/** Nothing was begun, and nobody has named where to go. */
const isUntouched = ({ deployment, rollout, before, exactly }: OwnJob, { revision, by, partly }: Running): boolean =>
  rollout === undefined && !exactly && by !== deployment && !partly && revision.id === before?.revision.id;

/** What it has brought, or replaces. */
const isOurs = ({ deployment, rollout, before }: OwnJob, { revision, by }: Running): boolean =>
  by === deployment || revision.id === rollout?.revision.id || revision.id === before?.revision.id;

const runsAlready = ({ now }: Work, revision: Revision, back: Applying | undefined): Restored => ({
  kind: 'nothing',
  settled: true,
  rollout: { revision, id: '', startedAt: back?.startedAt ?? now() },
});

const meanwhile = async (
  { calls }: Work,
  { config, deployment }: OwnJob,
  active: Applying,
  { revision }: Running,
  to: Revision,
): Promise<Restored> => {
  if (active.deployment === deployment && active.way === 'out') {
    if (mayBeStopped(active)) await calls.stop(config, active.id);
    return { kind: 'watch' };
  }
  const rollout = rolloutOf(active);
  if (active.deployment === deployment && isAt({ revision: rollout.revision, partly: false }, to))
    return { kind: 'nothing', settled: false, rollout };
  const message = `somebody else applies to ${stateOf(config)}, by build ${active.id}`;
  return { kind: 'taken-over', running: revision, message };
};

const noWayBack = (config: Config, { id }: Revision): Failure =>
  id === NOTHING.id
    ? refusal('nothing-before', `nothing was applied to ${stateOf(config)} before; deploy a version that is known to be good`)
    : refusal(
        'tag-missing',
        `${id} of ${stateOf(config)} was applied by hand and does not say of which image; give the module an output "${tagVariable(config) ?? 'image_tag'}", or deploy a version that is known to be good`,
      );

/** The catalogue's validator has checked it against the schema. */
const checked = (config: TargetSettings): Config => config as Config;

const permissions: Target['permissions'] = (config, where) => terraformPermissions(checked(config), where);

const create = (ports: TargetPorts): Target => {
  const work: Work = { calls: terraformCalls(ports), now: ports.now };
  return {
    kind,
    schema,
    permissions,
    ...answers<Config>({ current: current(work), start: start(work), observe: observe(work), restore: restore(work) }),
  };
};

/** `terraform apply` by CodeBuild, with the image's tag (S2.2, S4.2): begin a build, and ask CodeBuild and the state how it went. */
export const terraform: TargetModule = {
  kind,
  schema,
  permissions,
  example: {
    kind,
    project: 'shop-infrastructure',
    bucket: 'shop-terraform-state',
    key: 'prod/shop.tfstate',
    lockTable: 'terraform-locks',
    values: 'environments/prod.tfvars',
  },
  standsBefore: true,
  events: codeBuildEvents,
  subjects: (config, where) => [projectArn(where, checked(config).project)],
  create,
};
