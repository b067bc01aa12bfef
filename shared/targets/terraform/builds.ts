import type { Build } from '@aws-sdk/client-codebuild';
import { type Config, stateKey } from './config.ts';

/** `out` brings a deployment's image, `back` what it goes back to. */
export type Way = 'out' | 'back';

/** A build of CodeBuild, as far as it is read here. */
export interface Applying {
  readonly id: string;
  /** IN_PROGRESS, SUCCEEDED, FAILED, FAULT, TIMED_OUT or STOPPED. */
  readonly status: string;
  readonly phase: string;
  readonly startedAt: number;
  /** Where people read its log. */
  readonly log?: string;
  /** What CodeBuild itself says of how it ended. */
  readonly told: string;
  readonly deployment: string;
  readonly way: string;
  readonly tag: string;
  readonly digest: string;
  readonly repository: string;
}

const variablesIn = ({ environment }: Build): ReadonlyMap<string, string> =>
  new Map((environment?.environmentVariables ?? []).map(({ name = '', value = '' }) => [name, value]));

/** `undefined`: it is a build of another state, or of something else. */
export const applyingIn = (config: Config, build: Build): Applying | undefined => {
  const variables = variablesIn(build);
  const of = (name: string): string => variables.get(`SWITCHYARD_${name}`) ?? '';
  if (of('BUCKET') !== config.bucket || of('KEY') !== stateKey(config)) return undefined;
  const { id = '', buildStatus = '', currentPhase = '', startTime, logs, phases = [] } = build;
  const told = phases.flatMap(({ contexts = [] }) => contexts.flatMap(({ message = '' }) => (message === '' ? [] : [message])));
  return {
    id,
    status: buildStatus,
    phase: currentPhase,
    startedAt: startTime?.getTime() ?? 0,
    ...(logs?.deepLink === undefined ? {} : { log: logs.deepLink }),
    told: told.join('; '),
    deployment: of('DEPLOYMENT'),
    way: of('WAY'),
    tag: of('TAG'),
    digest: of('DIGEST'),
    repository: of('REPOSITORY'),
  };
};

/** Before Terraform runs: it does in the phase BUILD, and begins there with setting itself up (API reference, Build). */
const BEFORE_TERRAFORM: readonly string[] = ['SUBMITTED', 'QUEUED', 'PROVISIONING', 'DOWNLOAD_SOURCE', 'INSTALL', 'PRE_BUILD'];

/** Whether nothing is lost if it is stopped. */
export const mayBeStopped = ({ phase }: Applying): boolean => BEFORE_TERRAFORM.includes(phase);

export const isUnderWay = ({ status }: Applying): boolean => status === 'IN_PROGRESS';
