import type { Input } from '../ecs/lookup.ts';
import type { EcsStore } from '../ecs/model.ts';
import type { Alarms, Basics, ServiceEvents } from '../ports.ts';

export interface Application {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

/** A deployment group of a service of Amazon ECS. */
export interface Group {
  readonly id: string;
  readonly application: string;
  readonly name: string;
  readonly cluster: string;
  readonly service: string;
  /** As it was given. */
  readonly body: Input;
}

/** CodeDeploy of one account and region, for the compute platform ECS. */
export interface CodeDeployStore extends Basics {
  readonly events: ServiceEvents;
  readonly alarms: Alarms;
  readonly ecs: EcsStore;
  readonly applications: Map<string, Application>;
  /** By `application/group`. */
  readonly groups: Map<string, Group>;
  /** By id, in the order of their creation. */
  readonly deployments: Map<string, Deployment>;
}

export type Status = 'Created' | 'InProgress' | 'Succeeded' | 'Failed' | 'Stopped';

export interface Deployment {
  readonly id: string;
  readonly application: string;
  readonly group: string;
  readonly config: string;
  readonly description: string;
  readonly creator: 'user' | 'codeDeployRollback';
  /** The AppSpec as it was given, and the task definition in it. */
  readonly content: string;
  readonly definition: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly startedAt: number;
  completedAt?: number;
  status: Status;
  error?: { readonly code: string; readonly message: string };
  /** ECS's own record of what is shifted for it. */
  readonly record: string;
  /** The old task set waits for its end: all traffic is moved. */
  terminating: boolean;
  /** The deployment that undoes it, or that it undoes. */
  undoneBy?: string;
  readonly undoes?: string;
  /** Whether it rolls back when it is stopped by a request that does not say. */
  readonly autoRollback: boolean;
}
