import type { DeploymentConfiguration, Service } from '@aws-sdk/client-ecs';
import type { Failure, Observation, Revision, Rollout, TargetSettings } from '../deployment/types.ts';
import { answering, refuse, unseen } from './ecs/answering.ts';
import { ecsCalls } from './ecs/calls.ts';
import { COMMON, type EcsConfig, placeOf } from './ecs/config.ts';
import { isOfRollout, runningNow, standingOf } from './ecs/deployments.ts';
import { ecsEvents, hookEvents, serviceArns } from './ecs/events.ts';
import { whyFailing, whyUndone } from './ecs/failures.ts';
import { shiftPermissions } from './ecs/permissions.ts';
import { refusal } from './ecs/refusals.ts';
import { activeAgain, deploymentIn, isLater, isSame, revisionOf, withImage } from './ecs/task-definitions.ts';
import { fateOf, type Traced, tracedRollout } from './ecs/traces.ts';
import { type EcsWork, takenOver } from './ecs/work.ts';
import type { TargetModule, TargetPorts } from './module.ts';
import { RefusedError } from './refused.ts';
import type { Job, Looked, Restored, Started, Target } from './target.ts';

const kind = 'ecs-blue-green';

const STAGES = [
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
] as const;

const schema = {
  title: 'EcsBlueGreenTarget',
  description:
    "An ECS service with ECS's own controller and two target groups: the new revision runs beside the old one, and traffic is shifted.",
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'cluster', 'container'],
  properties: {
    kind: { const: kind },
    ...COMMON,
    strategy: {
      enum: ['BLUE_GREEN', 'CANARY', 'LINEAR'],
      default: 'BLUE_GREEN',
      description: 'All traffic at once; a little first, then the rest; or by equal steps.',
    },
    stepPercent: {
      type: 'number',
      minimum: 0.1,
      maximum: 100,
      description:
        'CANARY: what the new revision has at first, 5 unless told otherwise. LINEAR: of each step, at least 3; 10 unless told otherwise.',
    },
    stepMinutes: {
      type: 'integer',
      minimum: 0,
      maximum: 1440,
      description: 'How long ECS waits between steps: 10 with CANARY, 6 with LINEAR, unless told otherwise.',
    },
    bakeMinutes: {
      type: 'integer',
      minimum: 0,
      maximum: 1440,
      default: 0,
      description: 'How long the old revision is kept once the new one has all traffic: going back takes seconds then.',
    },
    pause: {
      type: 'object',
      additionalProperties: false,
      required: ['stage'],
      description: 'Where ECS waits until the checks have passed; before production traffic they run against "testUrl".',
      properties: {
        stage: { enum: STAGES },
        minutes: {
          type: 'integer',
          minimum: 10,
          maximum: 20_160,
          default: 60,
          description:
            'After these ECS goes back by itself. At least 10, since a function that dies holds its environment for six.',
        },
      },
    },
  },
} as const;

interface Config extends EcsConfig {
  readonly kind: typeof kind;
  readonly strategy?: 'BLUE_GREEN' | 'CANARY' | 'LINEAR';
  readonly stepPercent?: number;
  readonly stepMinutes?: number;
  readonly bakeMinutes?: number;
  readonly pause?: { readonly stage: (typeof STAGES)[number]; readonly minutes?: number };
}

type OwnJob = Job<Config>;

/** Why this target cannot deploy to the service; `undefined`: it can. */
const notShifting = (config: Config, { deploymentController, loadBalancers = [] }: Service): Failure | undefined => {
  const controller = deploymentController?.type ?? 'ECS';
  const place = placeOf(config);
  if (controller !== 'ECS')
    return refusal(
      'service-not-ecs-blue-green',
      `cannot deploy to ${place}: it has the deployment controller ${controller}, and "${kind}" needs ECS; change the service, or use the target that fits it`,
    );
  for (const { targetGroupArn, advancedConfiguration = {} } of loadBalancers) {
    const { alternateTargetGroupArn, productionListenerRule, testListenerRule, roleArn } = advancedConfiguration;
    const needed = {
      alternateTargetGroupArn,
      productionListenerRule,
      roleArn,
      ...(config.pause?.stage === 'POST_TEST_TRAFFIC_SHIFT' ? { testListenerRule } : {}),
    };
    const missing = Object.entries(needed).flatMap(([member, value]) => (value === undefined ? [member] : []));
    if (missing.length > 0)
      return refusal(
        'shifting-impossible',
        `cannot deploy to ${place}: its load balancer ${targetGroupArn ?? ''} has no ${missing.join(', no ')} in its advancedConfiguration; add what is missing to the service`,
      );
  }
  return undefined;
};

/** A pause of somebody else at our stage serves as ours. */
const hooksOf = (
  { pause }: Config,
  { lifecycleHooks = [] }: DeploymentConfiguration,
): NonNullable<DeploymentConfiguration['lifecycleHooks']> => {
  if (pause === undefined) return lifecycleHooks;
  const there = lifecycleHooks.some(
    ({ targetType, lifecycleStages = [] }) => targetType === 'PAUSE' && lifecycleStages.includes(pause.stage),
  );
  if (there) return lifecycleHooks;
  const { minutes = schema.properties.pause.properties.minutes.default, stage } = pause;
  const timeoutConfiguration = { timeoutInMinutes: minutes, action: 'ROLLBACK' } as const;
  return [...lifecycleHooks, { targetType: 'PAUSE', lifecycleStages: [stage], timeoutConfiguration }];
};

const steps = ({ strategy, stepPercent, stepMinutes }: Config): Partial<DeploymentConfiguration> => {
  switch (strategy) {
    case 'CANARY':
      return { canaryConfiguration: { canaryPercent: stepPercent ?? 5, canaryBakeTimeInMinutes: stepMinutes ?? 10 } };
    case 'LINEAR':
      return { linearConfiguration: { stepPercent: stepPercent ?? 10, stepBakeTimeInMinutes: stepMinutes ?? 6 } };
    default:
      return {};
  }
};

/** What the service has, with the catalogue's word: alarms, percentages and other people's hooks stay as they are. */
const forward = (config: Config, { deploymentConfiguration = {} }: Service): DeploymentConfiguration => {
  const { canaryConfiguration: _, linearConfiguration: __, ...kept } = deploymentConfiguration;
  return {
    ...kept,
    strategy: config.strategy ?? 'BLUE_GREEN',
    bakeTimeInMinutes: config.bakeMinutes ?? 0,
    lifecycleHooks: [...hooksOf(config, deploymentConfiguration)],
    ...steps(config),
  };
};

/** Back at once: to what has proven itself before, nobody is asked. */
const backward = ({ deploymentConfiguration = {} }: Service): DeploymentConfiguration => {
  const { canaryConfiguration: _, linearConfiguration: __, ...kept } = deploymentConfiguration;
  return { ...kept, strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: [] };
};

/** Five calls at most: the service, its newest deployment, and the task definition that it runs. */
const current =
  (work: EcsWork) =>
  async (job: OwnJob): Promise<Looked> => {
    const service = await work.calls.service(job.config);
    const failure = notShifting(job.config, service);
    if (failure !== undefined) return refuse(failure);
    const [newest] = await work.calls.recent(job.config, 1);
    const standing = await standingOf(work, job, service, newest);
    const revision = await runningNow(work, job, standing);
    return { kind: 'current', current: { revision, settled: standing.settled, desired: service.desiredCount ?? 0 } };
  };

/** Calls have no client token: our rollout is looked for among the newest deployments, also those that were undone. */
const findBegun = async ({ calls, now }: EcsWork, job: OwnJob): Promise<Rollout | undefined> => {
  const before = job.before?.revision.id;
  for (const traced of await calls.recent(job.config)) {
    const { taskDefinition } = traced;
    if (taskDefinition === '' || (before !== undefined && !isLater(taskDefinition, before))) continue;
    const described = await calls.definition(taskDefinition);
    if (deploymentIn(described) === job.deployment) return tracedRollout(traced, revisionOf(described, job.config), now);
  }
  return undefined;
};

const start =
  (work: EcsWork) =>
  async (job: OwnJob): Promise<Started> => {
    const { config, before, deployment, image } = job;
    if (before === undefined || image === undefined)
      throw new Error(`deployment ${deployment} is started without an image, or without a look at what runs`);
    const service = await work.calls.service(config);
    if (job.again) {
      const rollout = await findBegun(work, job);
      if (rollout !== undefined) return { kind: 'started', rollout, desired: service.desiredCount ?? 0 };
      const [newest] = await work.calls.recent(config, 1);
      const standing = await standingOf(work, job, service, newest);
      if (before.settled && standing.taskDefinition !== before.revision.id)
        return refuse(refusal('taken-over', takenOver(config, await runningNow(work, job, standing))));
    }
    const runs = await work.calls.definition(before.revision.id);
    const base = config.base === 'family' ? await work.calls.definition(runs.definition.family ?? '') : runs;
    const input = withImage(base, config, `${image.repository}@${image.digest}`, deployment);
    if ('refused' in input) throw new RefusedError(input.refused);
    const revision = revisionOf(await work.calls.register(input), config);
    return {
      kind: 'started',
      rollout: await bring(work, job, revision, forward(config, service)),
      desired: service.desiredCount ?? 0,
    };
  };

/** The service deployment that brings a revision. Its ARN is in the answer; one more look where it is not. */
const bring = async (
  { calls, now }: EcsWork,
  job: OwnJob,
  revision: Revision,
  how: DeploymentConfiguration,
): Promise<Rollout> => {
  const updated = await calls.update(job.config, revision, how);
  const id = updated.currentServiceDeployment;
  if (id !== undefined) return { revision, id, startedAt: now() };
  const begun = (await calls.recent(job.config)).find(({ taskDefinition }) => taskDefinition === revision.id);
  return begun === undefined ? { revision, id: '', startedAt: now() } : tracedRollout(begun, revision, now);
};

/** No event tells of a stage (Developer Guide, "Amazon ECS events"); in seconds. */
const NEXT_LOOK = 20;

const MOVED: readonly (string | undefined)[] = ['BAKE_TIME', 'CLEAN_UP'];

/** Three calls while all goes well. */
const observe =
  (work: EcsWork) =>
  async (job: OwnJob, rollout: Rollout): Promise<Observation> => {
    const service = await work.calls.service(job.config);
    const [newest] = await work.calls.recent(job.config, 1);
    const standing = await standingOf(work, job, service, newest);
    if (newest === undefined || !(isOfRollout(newest, rollout) || brings(newest, standing, rollout)))
      return other(work, job, standing);
    return ours(work, job, { service, newest, standing, rollout });
  };

/** What ECS itself has gone back to is no new deployment. */
const brings = (
  { deployment }: Traced,
  { taskDefinition }: { readonly taskDefinition: string },
  { id, revision }: Rollout,
): boolean => id === '' && deployment.rollback !== undefined && taskDefinition === revision.id;

const other = async (work: EcsWork, job: OwnJob, standing: Awaited<ReturnType<typeof standingOf>>): Promise<Observation> => {
  const running = await runningNow(work, job, standing);
  return { phase: 'taken-over', running, message: takenOver(job.config, running) };
};

interface Seen {
  readonly service: Service;
  readonly newest: Traced;
  readonly standing: Awaited<ReturnType<typeof standingOf>>;
  readonly rollout: Rollout;
}

const ours = async (work: EcsWork, job: OwnJob, { service, newest, standing, rollout }: Seen): Promise<Observation> => {
  const { desiredCount: desired = 0 } = service;
  const arrived = standing.taskDefinition === rollout.revision.id;
  switch (fateOf(newest)) {
    case 'succeeded':
      return (service.runningCount ?? 0) < desired ? { phase: 'in-progress' } : { phase: 'completed', desired };
    case 'under-way':
      return (await failing(work, job, newest, rollout, desired)) ?? underWay(job, newest, desired);
    case 'undoing':
      return arrived
        ? { phase: 'in-progress' }
        : { phase: 'undoing', failure: await whyUndone(work.calls, job.config, rollout, newest) };
    case 'undone': {
      if (arrived) return { phase: 'completed', desired };
      const failure = await whyUndone(work.calls, job.config, rollout, newest);
      const running = await runningNow(work, job, standing);
      return newest.deployment.status === 'ROLLBACK_SUCCESSFUL'
        ? { phase: 'undone', failure, running }
        : { phase: 'failed', failure, running };
    }
  }
};

/** Before it has traffic: two calls more where tasks are missing. */
const failing = async (
  { calls }: EcsWork,
  { config }: OwnJob,
  { deployment }: Traced,
  rollout: Rollout,
  desired: number,
): Promise<Observation | undefined> => {
  const { lifecycleStage, targetServiceRevision } = deployment;
  if (lifecycleStage !== 'SCALE_UP' || (targetServiceRevision?.runningTaskCount ?? 0) >= desired) return undefined;
  const failure = await whyFailing(calls, config, rollout, desired);
  return failure === undefined ? undefined : { phase: 'failed', failure, running: rollout.revision };
};

/** A pause at another stage than ours is somebody else's: a person answers it. */
const underWay = ({ config }: OwnJob, { deployment }: Traced, desired: number): Observation => {
  const { lifecycleStage, lifecycleHookDetails = [] } = deployment;
  const waiting = lifecycleHookDetails.find(({ targetType, status }) => targetType === 'PAUSE' && status === 'AWAITING_ACTION');
  if (waiting?.hookId !== undefined && lifecycleStage === config.pause?.stage)
    return {
      phase: 'paused',
      pause: waiting.hookId,
      traffic: lifecycleStage === 'POST_PRODUCTION_TRAFFIC_SHIFT' ? 'production' : 'test',
    };
  return MOVED.includes(lifecycleStage) ? { phase: 'shifted', desired } : { phase: 'in-progress', lookInSeconds: NEXT_LOOK };
};

/** While ECS shifts our rollout it goes back by itself, in seconds; afterwards the destination is rolled out. */
const restore =
  (work: EcsWork) =>
  async (job: OwnJob, to: Revision): Promise<Restored> => {
    const { calls } = work;
    const service = await calls.service(job.config);
    const recent = await calls.recent(job.config);
    const [newest] = recent;
    const standing = await standingOf(work, job, service, newest);
    const fate = newest === undefined ? 'succeeded' : fateOf(newest);
    const isBringing = fate === 'under-way' && standing.taskDefinition === to.id;
    if (standing.taskDefinition === to.id && (standing.settled || isBringing || fate === 'undoing'))
      return fate === 'undoing' ? { kind: 'watch' } : runsAlready(work, newest, to, standing.settled);
    const rollout = job.rollout ?? (job.again ? await findBegun(work, job) : undefined);
    const own = newest !== undefined && rollout !== undefined && isOfRollout(newest, rollout);
    if (own && fate === 'undoing') return { kind: 'watch' };
    if (own && fate === 'under-way' && (await leadsBack(work, job, newest, to))) {
      await calls.stop(job.config, newest.deployment);
      return { kind: 'watch' };
    }
    const before = job.before?.revision;
    if (rollout === undefined && before !== undefined && standing.taskDefinition === before.id)
      return runsAlready(work, newest, before, standing.settled);
    return replace(work, job, { service, to, running: standing.taskDefinition, rollout, undone: own && fate === 'undone' });
  };

/** What ECS has gone back to by itself runs since it began to: alarms from before speak against what was left. */
const runsAlready = ({ now }: EcsWork, newest: Traced | undefined, revision: Revision, settled: boolean): Restored => {
  const began = newest?.deployment.rollback?.startedAt?.getTime();
  const traced = newest === undefined ? { revision, id: '', startedAt: now() } : tracedRollout(newest, revision, now);
  return { kind: 'nothing', settled, rollout: began === undefined ? traced : { ...traced, startedAt: began } };
};

/** Whether ECS's own way back ends at the destination. */
const leadsBack = async ({ calls }: EcsWork, { config }: OwnJob, { deployment }: Traced, to: Revision): Promise<boolean> => {
  const [source] = deployment.sourceServiceRevisions ?? [];
  return source?.arn !== undefined && (await calls.definitionOf(config, source.arn)) === to.id;
};

interface Going {
  readonly service: Service;
  readonly to: Revision;
  readonly running: string;
  readonly rollout: Rollout | undefined;
  readonly undone: boolean;
}

const replace = async (work: EcsWork, job: OwnJob, { service, to, running, rollout, undone }: Going): Promise<Restored> => {
  const { calls } = work;
  const destination = await calls.definition(to.id);
  const known = [rollout?.revision.id, job.restore?.revision.id, job.before?.revision.id];
  if (!undone && !known.includes(running)) {
    const described = await calls.definition(running);
    const revision = revisionOf(described, job.config);
    if (isSame(described, destination)) return runsAlready(work, undefined, revision, true);
    if (deploymentIn(described) !== job.deployment)
      return { kind: 'taken-over', running: revision, message: takenOver(job.config, revision) };
  }
  const usable = revisionOf(await activeAgain(calls, destination), job.config);
  return { kind: 'called', rollout: await bring(work, job, usable, backward(service)) };
};

/** The catalogue's validator has checked it against the schema. */
const checked = (config: TargetSettings): Config => config as Config;

const permissions: Target['permissions'] = (config, where) => shiftPermissions(checked(config), where);

const create = (ports: TargetPorts): Target => {
  const work: EcsWork = { calls: ecsCalls(ports), now: ports.now };
  return {
    kind,
    schema,
    permissions,
    current: answering((job: Job) => current(work)(job as OwnJob), refuse),
    start: answering((job: Job) => start(work)(job as OwnJob), refuse),
    observe: answering((job: Job, rollout: Rollout) => observe(work)(job as OwnJob, rollout), unseen),
    restore: answering((job: Job, to: Revision) => restore(work)(job as OwnJob, to), refuse),
    proceed: (job, rollout, pause) => work.calls.proceed(checked(job.config) as Config, rollout.id, pause),
  };
};

/** ECS blue/green, canary and linear deployments: register, update with the strategy, let ECS shift, check where it waits. */
export const ecsBlueGreen: TargetModule = {
  kind,
  schema,
  permissions,
  example: {
    kind,
    cluster: 'shop',
    container: 'app',
    strategy: 'CANARY',
    stepPercent: 10,
    stepMinutes: 5,
    bakeMinutes: 10,
    pause: { stage: 'POST_TEST_TRAFFIC_SHIFT', minutes: 30 },
    passRoles: ['arn:aws:iam::123456789012:role/shop-task'],
  },
  events: { ...ecsEvents, ...hookEvents },
  subjects: serviceArns,
  create,
};
