import { AwsError } from '../errors.ts';
import type { Input } from './model.ts';

/** What rolls a deployment back by itself. */
type RollbackEvent = 'DEPLOYMENT_FAILURE' | 'DEPLOYMENT_STOP_ON_ALARM' | 'DEPLOYMENT_STOP_ON_REQUEST';

/** Of an `autoRollbackConfiguration`. */
export const rollbackEventsOf = (configuration: unknown): readonly RollbackEvent[] => {
  const { enabled = false, events = [] } = (configuration ?? {}) as {
    readonly enabled?: boolean;
    readonly events?: readonly RollbackEvent[];
  };
  return enabled ? events : [];
};

/** At an alarm with its rollback alone: what a deployment leaves that is stopped without one, AWS does not say. */
export const requireRollbackAtAlarms = (group: Input, events: readonly RollbackEvent[]): void => {
  const { enabled = false } = (group['alarmConfiguration'] ?? {}) as { readonly enabled?: boolean };
  if (enabled && !events.includes('DEPLOYMENT_STOP_ON_ALARM'))
    throw new AwsError(
      'InvalidInputException',
      'the local cloud does not stop a deployment at an alarm without its rollback: add DEPLOYMENT_STOP_ON_ALARM to the events of autoRollbackConfiguration.',
    );
};
