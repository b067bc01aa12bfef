import type { Alarms, Basics, Functions, Images, LocalImage, Network, Pull, ServiceEvents } from '../ports.ts';

/** Seconds since the epoch: how the JSON protocol writes times. */
export type Seconds = number;

export interface Cluster {
  readonly name: string;
  readonly arn: string;
}

export interface TaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  /** As it was registered, with ECS's defaults filled in. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly containers: readonly ContainerDefinition[];
  tags: readonly Tag[];
  status: 'ACTIVE' | 'INACTIVE';
  readonly registeredAt: Seconds;
  deregisteredAt?: Seconds;
}

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly portMappings?: readonly unknown[];
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export type RolloutState = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

/** One of the service's deployments (`ecs-svc/…`), with the service deployment that it belongs to. */
export interface Deployment {
  readonly id: string;
  readonly definition: TaskDefinition;
  readonly createdAt: Seconds;
  updatedAt: Seconds;
  rolloutState: RolloutState;
  rolloutStateReason: string;
  failedTasks: number;
  /** The service deployment whose target, or rollback, this is. */
  readonly record: ServiceDeployment;
  readonly revision: ServiceRevision;
  readonly isRollback: boolean;
  /** Alarms that count: those that were not firing at the start. */
  readonly alarms: readonly string[];
  /** Where its strategy is another one than ROLLING. */
  readonly shift?: Shift;
}

/** Developer Guide, "Amazon ECS blue/green service deployments workflow". */
export type Stage =
  | 'PRE_SCALE_UP'
  | 'SCALE_UP'
  | 'POST_SCALE_UP'
  | 'TEST_TRAFFIC_SHIFT'
  | 'POST_TEST_TRAFFIC_SHIFT'
  | 'PRE_PRODUCTION_TRAFFIC_SHIFT'
  | 'PRODUCTION_TRAFFIC_SHIFT'
  | 'POST_PRODUCTION_TRAFFIC_SHIFT'
  | 'BAKE_TIME'
  | 'CLEAN_UP';

/** One stage of a deployment's way. */
export interface StagePlan {
  readonly stage: Stage;
  /** How long it takes at least. */
  readonly seconds: number;
  /** The new revision's share of the production traffic from here on, in percent. */
  readonly weight?: number;
}

/** A pause at a stage, or a function that is asked there. */
export interface Hook {
  readonly id: string;
  readonly settings: HookSettings;
  /** Which visit of which stage: index of the plan. */
  readonly at: number;
  readonly stage: Stage;
  readonly expiresAt: Seconds;
  status: 'AWAITING_ACTION' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  /** What the function handed to itself for the next time. */
  details: unknown;
}

export interface HookSettings {
  readonly stages: readonly Stage[];
  readonly timeoutMinutes: number;
  readonly timeoutAction: 'CONTINUE' | 'ROLLBACK';
  /** Absent: a pause. */
  readonly function?: { readonly arn: string; readonly role: string };
  /** Id of the deployment of CodeDeploy that asks it, if it is not ECS. */
  readonly codeDeploys?: string;
  readonly details: unknown;
}

/** How far a deployment that shifts traffic has come. */
export interface Shift {
  readonly plan: readonly StagePlan[];
  readonly configured: readonly HookSettings[];
  /** Index of the plan. */
  at: number;
  /** When the stage was entered. */
  since: Seconds;
  weight: number;
  /** Whether test traffic goes to the new revision. */
  test: boolean;
  readonly hooks: Hook[];
  /** For when the scheduler has asked to be woken. */
  armed?: Seconds;
}

export type ServiceDeploymentStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOP_REQUESTED'
  | 'STOPPED'
  | 'ROLLBACK_REQUESTED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED';

export interface ServiceDeployment {
  readonly arn: string;
  readonly service: string;
  readonly cluster: string;
  readonly createdAt: Seconds;
  status: ServiceDeploymentStatus;
  statusReason?: string;
  finishedAt?: Seconds;
  updatedAt: Seconds;
  readonly source: readonly ServiceRevision[];
  readonly target: ServiceRevision;
  rollback?: { readonly reason: string; readonly startedAt: Seconds; readonly serviceRevisionArn: string };
  triggeredAlarms: readonly string[];
  readonly alarmNames: readonly string[];
  failureCount: number;
  readonly threshold: number;
  readonly breaker: boolean;
}

export interface ServiceRevision {
  readonly arn: string;
  readonly service: string;
  readonly cluster: string;
  readonly definition: TaskDefinition;
  readonly createdAt: Seconds;
}

export interface Service {
  readonly name: string;
  readonly arn: string;
  readonly cluster: Cluster;
  readonly controller: 'ECS' | 'CODE_DEPLOY';
  /** Members of CreateService and UpdateService that are kept as they are. */
  body: Readonly<Record<string, unknown>>;
  desiredCount: number;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  definition: TaskDefinition;
  readonly createdAt: Seconds;
  deployments: Deployment[];
  readonly records: ServiceDeployment[];
  readonly revisions: ServiceRevision[];
  lastCompleted?: ServiceRevision;
  readonly messages: { readonly id: string; readonly createdAt: Seconds; readonly message: string }[];
  tags: readonly Tag[];
}

export interface Task {
  readonly arn: string;
  readonly cluster: Cluster;
  readonly service: Service;
  readonly deployment: Deployment;
  readonly createdAt: Seconds;
  readonly image: LocalImage | undefined;
  readonly digests: ReadonlyMap<string, string>;
  lastStatus: 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'STOPPED';
  desiredStatus: 'RUNNING' | 'STOPPED';
  version: number;
  healthy: boolean;
  startedAt?: Seconds;
  stoppedAt?: Seconds;
  stopCode?: string;
  stoppedReason?: string;
  exitCode?: number;
  containerReason?: string;
  /** Its timers, to be ended with it. */
  readonly timers: (() => void)[];
}

export interface EcsOptions extends Basics {
  readonly events: ServiceEvents;
  readonly alarms: Alarms;
  /** Of this place's registry. */
  readonly images: Images;
  readonly pull: Pull;
  readonly network: Pick<Network, 'serve'>;
  readonly functions: Pick<Functions, 'ask'>;
  /** From a task's creation until its containers run, where its image does not say otherwise. */
  readonly taskStartSeconds?: number;
}

/** ECS of one account and region. */
export interface EcsStore extends EcsOptions {
  readonly clusters: Map<string, Cluster>;
  /** By family, in the order of their revisions. */
  readonly definitions: Map<string, TaskDefinition[]>;
  /** By cluster and name. */
  readonly services: Map<string, Service>;
  /** By ARN. */
  readonly tasks: Map<string, Task>;
  /** Something about a service's tasks has changed: the scheduler looks again. */
  readonly tasksChanged: (service: Service) => void;
  /** CodeDeploy hears how what it shifts goes. */
  readonly shifted: {
    listener?: (service: Service, deployment: Deployment) => void;
    /** A hook of a deployment of CodeDeploy has failed; `why` in a sentence. */
    hookFailed?: (codeDeploys: string, why: string) => void;
  };
  /** A task of a deployment ended badly. */
  readonly taskFailed: (service: Service, deployment: Deployment) => void;
  /** What follows from how a deployment that shifts traffic ends. */
  readonly ends: {
    readonly succeeded: (service: Service, deployment: Deployment) => void;
    readonly failed: (service: Service, deployment: Deployment, reason: string, why: string) => void;
    readonly rolledBack: (service: Service, deployment: Deployment, to: Deployment) => void;
  };
}
