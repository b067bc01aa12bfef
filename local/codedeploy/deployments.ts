import { secondsNow } from '../ecs/identifiers.ts';
import type { Service, ServiceDeploymentStatus, StagePlan, TaskDefinition } from '../ecs/model.ts';
import { beginDeployment, stopAndRollBack } from '../ecs/scheduler.ts';
import { SHIFT_SECONDS, shiftBy, stageOf } from '../ecs/shift.ts';
import { hasTestListener } from '../ecs/tasks.ts';
import { AwsError } from '../errors.ts';
import { type AskedHook, hookSettings } from './hooks.ts';
import { arnOf } from './lookup.ts';
import type { CodeDeployStore, Deployment, Group, Status } from './model.ts';

/** Percent and minutes of each step but the last (User Guide, "Deployment configurations on an Amazon ECS compute platform"). */
const CONFIGURATIONS: Readonly<Record<string, readonly (readonly [percent: number, minutes: number])[]>> = {
  'CodeDeployDefault.ECSAllAtOnce': [],
  'CodeDeployDefault.ECSCanary10Percent5Minutes': [[10, 5]],
  'CodeDeployDefault.ECSCanary10Percent15Minutes': [[10, 15]],
  'CodeDeployDefault.ECSLinear10PercentEvery1Minutes': Array.from({ length: 9 }, (_, index) => [10 * (index + 1), 1] as const),
  'CodeDeployDefault.ECSLinear10PercentEvery3Minutes': Array.from({ length: 9 }, (_, index) => [10 * (index + 1), 3] as const),
};

export const ALL_AT_ONCE = 'CodeDeployDefault.ECSAllAtOnce';

export const requireConfiguration = (name: string): void => {
  if (CONFIGURATIONS[name] === undefined)
    throw new AwsError('DeploymentConfigDoesNotExistException', `No deployment configuration found for name: ${name}`);
};

const planOf = (config: string, hasTest: boolean, terminationMinutes: number): readonly StagePlan[] => {
  const at = (stage: StagePlan['stage'], seconds = 0): StagePlan => ({ stage, seconds });
  const weights = [...(CONFIGURATIONS[config] ?? []), [100, 0] as const];
  return [
    at('PRE_SCALE_UP'),
    at('SCALE_UP'),
    at('POST_SCALE_UP'),
    ...(hasTest ? [at('TEST_TRAFFIC_SHIFT', SHIFT_SECONDS), at('POST_TEST_TRAFFIC_SHIFT')] : []),
    at('PRE_PRODUCTION_TRAFFIC_SHIFT'),
    ...weights.map(([weight, minutes]) => ({ ...at('PRODUCTION_TRAFFIC_SHIFT', SHIFT_SECONDS + minutes * 60), weight })),
    at('POST_PRODUCTION_TRAFFIC_SHIFT'),
    at('BAKE_TIME', terminationMinutes * 60),
    at('CLEAN_UP'),
  ];
};

interface GroupBody {
  readonly alarmConfiguration?: { readonly enabled?: boolean; readonly alarms?: readonly { readonly name?: string }[] };
  readonly blueGreenDeploymentConfiguration?: {
    readonly terminateBlueInstancesOnDeploymentSuccess?: { readonly terminationWaitTimeInMinutes?: number };
  };
}

const bodyOf = ({ body }: Group): GroupBody => body as GroupBody;

export const serviceOfGroup = ({ ecs }: CodeDeployStore, { cluster, service }: Pick<Group, 'cluster' | 'service'>): Service => {
  const found = ecs.services.get(`${cluster}/${service}`);
  if (found === undefined || found.status !== 'ACTIVE')
    throw new AwsError('InvalidECSServiceException', `The ECS service ${service} of cluster ${cluster} could not be found.`);
  return found;
};

/** "CodeDeploy Deployment State-change Notification" (User Guide, "Monitoring deployments with Amazon CloudWatch Events"). */
const tell = (store: CodeDeployStore, { id, application, group }: Deployment, state: string): void =>
  store.events.publish({
    source: 'aws.codedeploy',
    detailType: 'CodeDeploy Deployment State-change Notification',
    resources: [arnOf(store, 'deploymentgroup', `${application}/${group}`), arnOf(store, 'application', application)],
    detail: {
      region: store.place.region,
      deploymentId: id,
      instanceGroupId: `${application}-${group}`,
      deploymentGroup: group,
      application,
      state,
    },
  });

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const newId = ({ random }: CodeDeployStore): string =>
  `d-${Array.from({ length: 9 }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('')}`;

export interface Asked {
  readonly config: string;
  readonly description: string;
  readonly content: string;
  readonly definition: TaskDefinition;
  readonly autoRollback: boolean;
  readonly hooks: readonly AskedHook[];
}

export const ACTIVE: readonly Status[] = ['Created', 'InProgress'];

export const activeOf = ({ deployments }: CodeDeployStore, { application, name }: Group): Deployment | undefined =>
  [...deployments.values()].find(
    (deployment) => deployment.application === application && deployment.group === name && ACTIVE.includes(deployment.status),
  );

/** A second task set beside the one that serves, and traffic by the configuration. */
export const begin = (store: CodeDeployStore, group: Group, service: Service, asked: Asked): Deployment => {
  const { terminationWaitTimeInMinutes = 0 } =
    bodyOf(group).blueGreenDeploymentConfiguration?.terminateBlueInstancesOnDeploymentSuccess ?? {};
  const now = secondsNow(store);
  const id = newId(store);
  const plan = planOf(asked.config, hasTestListener(service), terminationWaitTimeInMinutes);
  const shift = shiftBy(store.ecs, plan, hookSettings(store, asked.hooks, String(group.body['serviceRoleArn']), id));
  const { record } = beginDeployment(store.ecs, service, asked.definition, shift);
  const deployment: Deployment = {
    id,
    application: group.application,
    group: group.name,
    config: asked.config,
    description: asked.description,
    creator: 'user',
    content: asked.content,
    definition: asked.definition.arn,
    createdAt: now,
    startedAt: now,
    status: 'InProgress',
    record: record.arn,
    terminating: false,
    autoRollback: asked.autoRollback,
  };
  store.deployments.set(id, deployment);
  tell(store, deployment, 'START');
  return deployment;
};

const end = (store: CodeDeployStore, deployment: Deployment, status: Status, state: string): void => {
  deployment.status = status;
  deployment.completedAt = secondsNow(store);
  tell(store, deployment, state);
};

/** What ECS shifts for it, and of which service; `undefined`: nothing any more. */
export const shiftedFor = ({ ecs }: CodeDeployStore, { record }: Deployment) => {
  for (const service of ecs.services.values())
    for (const shifted of service.deployments) if (shifted.record.arn === record) return { service, shifted };
  return undefined;
};

/** Of what is shifted: there, or back where it was. */
const WENT_WELL: readonly ServiceDeploymentStatus[] = ['SUCCESSFUL', 'ROLLBACK_SUCCESSFUL'];

/** ECS tells how the shift goes: all traffic moved, over, or back where it was. */
export const overheard = (store: CodeDeployStore): void => {
  store.ecs.shifted.listener = (_, shifted) => {
    const all = [...store.deployments.values()].filter(({ record }) => record === shifted.record.arn);
    const active = all.find(({ status }) => ACTIVE.includes(status));
    if (active === undefined) return;
    if (shifted.shift !== undefined && stageOf(shifted.shift) === 'BAKE_TIME') active.terminating = true;
    if (WENT_WELL.includes(shifted.record.status)) end(store, active, 'Succeeded', 'SUCCESS');
  };
  store.ecs.shifted.hookFailed = (id, message) => {
    const deployment = store.deployments.get(id);
    if (deployment !== undefined && ACTIVE.includes(deployment.status)) fail(store, deployment, message);
  };
  store.alarms.onChange((name, state) => {
    if (state === 'ALARM') alarmRang(store, name);
  });
};

const groupNamed = ({ groups }: CodeDeployStore, { application, group }: Deployment): Group | undefined =>
  groups.get(`${application}/${group}`);

const alarmRang = (store: CodeDeployStore, name: string): void => {
  for (const deployment of [...store.deployments.values()]) {
    const group = groupNamed(store, deployment);
    if (deployment.status !== 'InProgress' || deployment.undoes !== undefined || group === undefined) continue;
    const { enabled = false, alarms = [] } = bodyOf(group).alarmConfiguration ?? {};
    if (!enabled || !alarms.some((alarm) => alarm.name === name)) continue;
    deployment.error = {
      code: 'ALARM_ACTIVE',
      message: `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: <${name}>`,
    };
    stop(store, deployment);
  }
};

/** Stopped; and a deployment of CodeDeploy's own moves the traffic to where it was. */
export const stop = (store: CodeDeployStore, deployment: Deployment): void => {
  end(store, deployment, 'Stopped', 'STOP');
  goBack(store, deployment);
};

/** A hook has failed (API reference, ErrorInformation). */
const fail = (store: CodeDeployStore, deployment: Deployment, message: string): void => {
  deployment.error = { code: 'HOOK_EXECUTION_FAILURE', message };
  end(store, deployment, 'Failed', 'FAILURE');
  goBack(store, deployment);
};

const goBack = (store: CodeDeployStore, deployment: Deployment): void => {
  const { service, shifted } = shiftedFor(store, deployment) ?? {};
  if (shifted === undefined || service === undefined || service.lastCompleted === undefined) return;
  const now = secondsNow(store);
  const back: Deployment = {
    ...deployment,
    id: newId(store),
    config: ALL_AT_ONCE,
    description: `Rollback of deployment ${deployment.id}`,
    creator: 'codeDeployRollback',
    definition: service.lastCompleted.definition.arn,
    content: deployment.content.replaceAll(deployment.definition, service.lastCompleted.definition.arn),
    createdAt: now,
    startedAt: now,
    status: 'InProgress',
    terminating: false,
    undoes: deployment.id,
  };
  delete back.completedAt;
  delete back.error;
  deployment.undoneBy = back.id;
  store.deployments.set(back.id, back);
  tell(store, back, 'START');
  stopAndRollBack(store.ecs, service, shifted);
};
