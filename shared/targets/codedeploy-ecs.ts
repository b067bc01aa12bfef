import type { Service } from '@aws-sdk/client-ecs';
import type { Observation, Revision, Rollout } from '../deployment/observations.ts';
import type { TargetSettings } from '../deployment/settings.ts';
import { answers, refuse } from './answering.ts';
import { codeDeployCalls, type Shifting } from './codedeploy/calls.ts';
import { ALL_AT_ONCE, type Config, kind, schema } from './codedeploy/config.ts';
import { codeDeployEvents, groupSubject } from './codedeploy/events.ts';
import { codeDeployPermissions } from './codedeploy/permissions.ts';
import { failureOf, keepsTooLong, notCodeDeploy } from './codedeploy/refusals.ts';
import { ecsCalls } from './ecs/calls.ts';
import { ecsEvents, serviceArns } from './ecs/events.ts';
import { failedAfterShift, failedBeforeShift } from './ecs/failures.ts';
import { GONE, refusal } from './ecs/refusals.ts';
import { replace } from './ecs/replace.ts';
import { isSame, revisionOf } from './ecs/task-definitions.ts';
import { NEXT_LOOK, registerWith, takenOver } from './ecs/work.ts';
import type { TargetModule, TargetPorts } from './module.ts';
import type { Job, Looked, Restored, Started, Target } from './target.ts';

type OwnJob = Job<Config>;

interface Work {
  readonly ecs: ReturnType<typeof ecsCalls>;
  readonly codedeploy: ReturnType<typeof codeDeployCalls>;
  readonly now: () => number;
}

/** What serves: the task set that has production traffic. */
const primaryOf = (service: Service): string =>
  service.taskSets?.find(({ status }) => status === 'PRIMARY')?.taskDefinition ?? '';

const revisionAt = async ({ ecs }: Work, { config }: OwnJob, taskDefinition: string): Promise<Revision> =>
  revisionOf(await ecs.definition(taskDefinition), config);

/** Three calls, and one more before a deployment: a way back is not stopped by a group that is slow. */
const current =
  (work: Work) =>
  async (job: OwnJob): Promise<Looked> => {
    const service = await work.ecs.service(job.config);
    const failure = notCodeDeploy(job.config, service);
    if (failure !== undefined) return refuse(failure);
    const slow =
      job.image === undefined
        ? undefined
        : keepsTooLong(job.config, await work.codedeploy.keepsSeconds(job.config), job.allowedSeconds);
    if (slow !== undefined) return refuse(slow);
    const active = await work.codedeploy.active(job.config);
    const revision = await revisionAt(work, job, primaryOf(service));
    return { kind: 'current', current: { revision, settled: active === undefined, desired: service.desiredCount ?? 0 } };
  };

const start =
  (work: Work) =>
  async (job: OwnJob): Promise<Started> => {
    const { config, before, deployment } = job;
    if (before === undefined) throw new Error(`deployment ${deployment} is started without a look at what runs`);
    const service = await work.ecs.service(config);
    const desired = service.desiredCount ?? 0;
    if (job.again) {
      const begun = await work.codedeploy.begunFor(config, deployment);
      if (begun !== undefined)
        return { kind: 'started', rollout: await rolloutOf(work, job, begun), desired, lookInSeconds: NEXT_LOOK };
      const runs = primaryOf(service);
      if (before.settled && runs !== before.revision.id)
        return refuse(refusal('taken-over', takenOver(config, await revisionAt(work, job, runs))));
    }
    const revision = await registerWith(work.ecs, job, await work.ecs.definition(before.revision.id));
    const id = await work.codedeploy.shift(config, service, revision, deployment, config);
    return { kind: 'started', rollout: { revision, id, startedAt: work.now() }, desired, lookInSeconds: NEXT_LOOK };
  };

const rolloutOf = async (work: Work, job: OwnJob, { id, taskDefinition, createdAt }: Shifting): Promise<Rollout> => ({
  revision: await revisionAt(work, job, taskDefinition),
  id,
  startedAt: createdAt ?? work.now(),
});

/** Two calls while all goes well. */
const observe =
  (work: Work) =>
  async (job: OwnJob, rollout: Rollout): Promise<Observation> => {
    const service = await work.ecs.service(job.config);
    const primary = primaryOf(service);
    const desired = service.desiredCount ?? 0;
    const ended = (over?: number) => failedAfterShift(work.ecs, job, service, rollout, over);
    const shifting = rollout.id === '' ? undefined : await work.codedeploy.deployment(job.config, rollout.id);
    if (shifting === undefined || shifting.status === 'Succeeded') {
      if (primary !== rollout.revision.id) return other(work, job, primary);
      const over: Observation =
        (service.runningCount ?? 0) < desired ? { phase: 'in-progress' } : { phase: 'completed', desired };
      return (await ended(shifting?.completedAt)) ?? over;
    }
    if (shifting.status !== 'Failed' && shifting.status !== 'Stopped')
      return shifting.terminating ? ((await ended()) ?? { phase: 'shifted', desired }) : underWay(work, job, rollout, service);
    return undone(work, job, shifting, primary);
  };

/** Before it has traffic: two calls more where tasks are missing. */
const underWay = async ({ ecs }: Work, { config }: OwnJob, rollout: Rollout, service: Service): Promise<Observation> => {
  const { taskSets = [], desiredCount: desired = 0 } = service;
  const own = taskSets.find(({ taskDefinition }) => taskDefinition === rollout.revision.id);
  const failing = own?.status === 'ACTIVE' && (own.runningCount ?? 0) < desired;
  const failed = failing ? await failedBeforeShift(ecs, config, rollout, desired) : undefined;
  return failed ?? { phase: 'in-progress', lookInSeconds: NEXT_LOOK };
};

const other = async (work: Work, job: OwnJob, primary: string): Promise<Observation> => {
  const running = await revisionAt(work, job, primary);
  return { phase: 'taken-over', running, message: takenOver(job.config, running) };
};

/** CodeDeploy's own rollback is another deployment, which ours names. */
const undone = async (work: Work, job: OwnJob, shifting: Shifting, primary: string): Promise<Observation> => {
  const { undoneBy } = shifting;
  const failure = failureOf(shifting);
  const back = undoneBy === undefined ? undefined : await work.codedeploy.deployment(job.config, undoneBy);
  if (back !== undefined && back.status !== 'Succeeded' && back.status !== 'Failed' && back.status !== 'Stopped')
    return { phase: 'undoing', failure };
  const running = await revisionAt(work, job, primary);
  return back?.status === 'Succeeded' ? { phase: 'undone', failure, running } : { phase: 'failed', failure, running };
};

/** While ours is shifted it is stopped, and CodeDeploy goes back in seconds; afterwards the destination is shifted to, all at once. */
const restore =
  (work: Work) =>
  async (job: OwnJob, to: Revision): Promise<Restored> => {
    const service = await work.ecs.service(job.config);
    const active = await work.codedeploy.active(job.config);
    if (active !== undefined) return restoreMeanwhile(work, job, active, to);
    const running = primaryOf(service);
    if (running === to.id) return runsAlready(work, to);
    return replace(work.ecs, job, {
      to,
      running,
      rollout: job.rollout,
      runsAlready: (revision) => runsAlready(work, revision),
      bring: (revision) => bringBack(work, job, service, revision),
    });
  };

const runsAlready = ({ now }: Work, revision: Revision): Restored => ({
  kind: 'nothing',
  settled: true,
  rollout: { revision, id: '', startedAt: now() },
});

const bringBack = async ({ codedeploy, now }: Work, job: OwnJob, service: Service, revision: Revision): Promise<Rollout> => {
  const id = await codedeploy.shift(job.config, service, revision, `${job.deployment} back`, { configuration: ALL_AT_ONCE });
  return { revision, id, startedAt: now() };
};

/** CodeDeploy is at work on one: ours, its own way back from it, the one that brings the destination, or somebody else's. */
const restoreMeanwhile = async (work: Work, job: OwnJob, active: Shifting, to: Revision): Promise<Restored> => {
  const { config } = job;
  const own = job.rollout?.id ?? (job.again ? (await work.codedeploy.begunFor(config, job.deployment))?.id : undefined);
  if (active.undoes !== undefined && active.undoes === own) return { kind: 'watch' };
  if (active.id === own) {
    await work.codedeploy.stop(config, active.id);
    return { kind: 'watch' };
  }
  const rollout = await rolloutOf(work, job, active);
  if (await isDestination(work, active, to)) return { kind: 'nothing', settled: false, rollout };
  return { kind: 'taken-over', running: rollout.revision, message: takenOver(config, rollout.revision) };
};

/** An inactive one was registered again, and has another ARN now. */
const isDestination = async ({ ecs }: Work, { taskDefinition }: Shifting, { id }: Revision): Promise<boolean> =>
  taskDefinition === id || isSame(await ecs.definition(taskDefinition), await ecs.definition(id));

/** The catalogue's validator has checked it against the schema. */
const checked = (config: TargetSettings): Config => config as Config;

const permissions: Target['permissions'] = (config, where) => codeDeployPermissions(checked(config), where);

const create = (ports: TargetPorts): Target => {
  const work: Work = { ecs: ecsCalls(ports), codedeploy: codeDeployCalls(ports), now: ports.now };
  return {
    kind,
    schema,
    permissions,
    ...answers<Config>({ current: current(work), start: start(work), observe: observe(work), restore: restore(work) }, GONE),
  };
};

/** CodeDeploy's blue/green deployments of an ECS service (S2.3): register, CreateDeployment, and ask CodeDeploy and ECS how it went. */
export const codeDeployEcs: TargetModule = {
  kind,
  schema,
  permissions,
  example: {
    kind,
    cluster: 'shop',
    container: 'app',
    application: 'shop',
    deploymentGroup: 'shop-prod',
    configuration: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
    passRoles: ['arn:aws:iam::123456789012:role/shop-task'],
  },
  events: { ...ecsEvents, ...codeDeployEvents },
  subjects: (config, where) => [...serviceArns(config, where), groupSubject(checked(config))],
  create,
};
