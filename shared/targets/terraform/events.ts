import type { RolloutTold } from '../../deployment/input.ts';
import type { TargetEvent, TargetEvents } from '../module.ts';

/** How events name a project: `arn:aws:codebuild:<region>:<account>:project/<name>`. */
export const projectArn = ({ account, region }: { readonly account: string; readonly region: string }, project: string): string =>
  `arn:aws:codebuild:${region}:${account}:project/${project}`;

const subject = ({ detail, account, region }: TargetEvent): string | undefined => {
  const project = detail['project-name'];
  return typeof project === 'string' ? projectArn({ account, region }, project) : undefined;
};

/**
 * `arn:aws:codebuild:us-west-2:123456789012:build/my-project:uuid`: what stands behind the slash is the build's id. A build that has
 * succeeded is no end yet: the state is asked what it has made of it.
 */
const told = ({ detail }: TargetEvent): RolloutTold | undefined => {
  const { 'build-id': arn, 'build-status': status } = detail;
  if (typeof arn !== 'string' || typeof status !== 'string') return undefined;
  const rollout = arn.slice(arn.lastIndexOf('/') + 1);
  const what = status === 'IN_PROGRESS' ? 'in-progress' : status === 'SUCCEEDED' ? 'waiting' : 'failed';
  return { kind: 'rollout-told', rollout, what };
};

/** Best effort: the truth is asked for (CodeBuild User Guide, "Build notifications input format reference"). */
export const codeBuildEvents: Readonly<Record<string, TargetEvents>> = {
  'CodeBuild Build State Change': { source: 'aws.codebuild', subject, input: told },
};
