import type { RolloutTold } from '../../deployment/input.ts';
import type { TargetEvent, TargetEvents } from '../module.ts';

/** How events name a host. */
export const hostSubject = (instance: string): string => `ssm:${instance}`;

/** `arn:aws:ec2:us-east-2:123456789012:instance/i-abcd1111` */
const subject = ({ resources: [first = ''] }: TargetEvent): string | undefined => {
  const instance = /\/(m?i-[0-9a-f]+)$/.exec(first)?.[1];
  return instance === undefined ? undefined : hostSubject(instance);
};

const WHAT = {
  Pending: 'in-progress',
  InProgress: 'in-progress',
  Success: 'completed',
  Failed: 'failed',
  TimedOut: 'failed',
  Cancelled: 'failed',
} as const;

const told = ({ detail }: TargetEvent): RolloutTold | undefined => {
  const { status, 'command-id': command } = detail;
  const what = typeof status === 'string' && status in WHAT ? WHAT[status as keyof typeof WHAT] : undefined;
  return what === undefined || typeof command !== 'string' ? undefined : { kind: 'rollout-told', rollout: command, what };
};

/** The command's own is enough: one that deploys is for one host. Best effort by AWS's word: the truth is asked for (User Guide, "Reference: Amazon EventBridge event patterns and types for Systems Manager"). */
export const hostEvents: Readonly<Record<string, TargetEvents>> = {
  'EC2 Command Status-change Notification': { source: 'aws.ssm', subject, input: told },
};
