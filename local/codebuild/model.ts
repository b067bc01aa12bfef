import type { Basics, BuildHost, BuildMachine, Permissions, ServiceEvents } from '../ports.ts';
import type { Phase as OwnPhase } from './buildspec.ts';

export type Input = Readonly<Record<string, unknown>>;

export interface Variable {
  readonly name: string;
  readonly value: string;
}

export interface Source {
  readonly type: 'NO_SOURCE' | 'S3';
  /** `bucket/folder/source.zip` */
  readonly location?: string;
  /** A buildspec, or where it is in the source. */
  readonly buildspec?: string;
}

/** A project, as it was given. */
export interface Project {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly source: Source;
  readonly environment: Input;
  readonly variables: readonly Variable[];
  readonly serviceRole: string;
  readonly timeoutInMinutes: number;
  readonly queuedTimeoutInMinutes: number;
  readonly concurrentBuildLimit?: number;
  readonly tags: readonly unknown[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export type Status = 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'FAULT' | 'TIMED_OUT' | 'STOPPED';

export type PhaseType =
  | 'SUBMITTED'
  | 'QUEUED'
  | 'PROVISIONING'
  | 'DOWNLOAD_SOURCE'
  | Uppercase<OwnPhase>
  | 'UPLOAD_ARTIFACTS'
  | 'FINALIZING'
  | 'COMPLETED';

export interface PhaseRecord {
  readonly type: PhaseType;
  readonly startedAt: number;
  endedAt?: number;
  status?: Exclude<Status, 'IN_PROGRESS'>;
  context?: { readonly code: string; readonly message: string };
}

export interface Build {
  /** `project:uuid` */
  readonly id: string;
  readonly arn: string;
  readonly number: number;
  readonly project: string;
  readonly source: Source;
  readonly environment: Input;
  readonly variables: readonly Variable[];
  readonly serviceRole: string;
  readonly timeoutInMinutes: number;
  readonly queuedTimeoutInMinutes: number;
  readonly initiator: string;
  /** The cloud's address, as whoever began it reaches it. */
  readonly endpoint: string;
  readonly startedAt: number;
  endedAt?: number;
  status: Status;
  readonly phases: PhaseRecord[];
  /** Where its log is, if it is kept. */
  log?: string;
}

/** A call of StartBuild that was given a token, and what it began. */
export interface Token {
  readonly asked: string;
  readonly build: string;
  readonly at: number;
}

/** CodeBuild of one account and region. */
export interface CodeBuildStore extends Basics {
  readonly events: ServiceEvents;
  readonly permissions: Permissions;
  /** Absent: builds are refused by name. */
  readonly host: BuildHost | undefined;
  readonly projects: Map<string, Project>;
  /** By id, in the order of their beginning. */
  readonly builds: Map<string, Build>;
  /** By project and token. */
  readonly tokens: Map<string, Token>;
  /** Of builds that run in this process. */
  readonly machines: Map<string, BuildMachine>;
}
