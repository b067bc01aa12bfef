import type { DeploymentDetail } from '../heard.ts';

/** Reasons of a failure or a rollback that say that those who use the service suffered, or may have: an incident. */
export const HARMFUL = [
  'alarm',
  'apply-failed',
  'codedeploy-alarm',
  'destination-alarm',
  'destination-unhealthy',
  'ecs-alarm',
  'health-check',
  'host-stuck',
  'smoke-test',
  'task-stopped',
] as const satisfies readonly string[];

/** Without a way back nothing was begun that would have told of it: the failure itself does. */
export const STRANDED = 'no-destination';

export const isIncident = ({ reason }: Pick<DeploymentDetail, 'reason'>): boolean =>
  HARMFUL.some((code) => code === reason?.code);

export const isStranded = ({ reason }: Pick<DeploymentDetail, 'reason'>): boolean => reason?.code === STRANDED;
