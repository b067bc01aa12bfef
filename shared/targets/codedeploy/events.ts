import type { RolloutTold } from '../../deployment/input.ts';
import type { TargetEvent, TargetEvents } from '../module.ts';
import type { Config } from './config.ts';

/** How events name a deployment group. */
export const groupSubject = ({ application, deploymentGroup }: Pick<Config, 'application' | 'deploymentGroup'>): string =>
  `codedeploy:${application}/${deploymentGroup}`;

const subject = ({ detail }: TargetEvent): string | undefined => {
  const { application, deploymentGroup } = detail;
  return typeof application === 'string' && typeof deploymentGroup === 'string'
    ? groupSubject({ application, deploymentGroup })
    : undefined;
};

const WHAT = { START: 'in-progress', READY: 'waiting', SUCCESS: 'completed', FAILURE: 'failed', STOP: 'failed' } as const;

const told = ({ detail }: TargetEvent): RolloutTold | undefined => {
  const { deploymentId, state } = detail;
  const what = typeof state === 'string' && state in WHAT ? WHAT[state as keyof typeof WHAT] : undefined;
  return what === undefined || typeof deploymentId !== 'string'
    ? undefined
    : { kind: 'rollout-told', rollout: deploymentId, what };
};

/** Best effort by AWS's word: the truth is asked for (User Guide, "Monitoring deployments with Amazon CloudWatch Events"). */
export const codeDeployEvents: Readonly<Record<string, TargetEvents>> = {
  'CodeDeploy Deployment State-change Notification': { source: 'aws.codedeploy', subject, input: told },
};
