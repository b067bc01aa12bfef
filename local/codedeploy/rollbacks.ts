import type { Input } from '../ecs/lookup.ts';
import { AwsError } from '../errors.ts';

/** What rolls a deployment back by itself (API reference, AutoRollbackConfiguration). */
const EVENTS = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] as const;

type RollbackEvent = (typeof EVENTS)[number];

/** Of an `autoRollbackConfiguration`; an enabled one has to name some, and no others. */
export const rollbackEventsOf = (configuration: unknown): readonly RollbackEvent[] => {
  const { enabled = false, events = [] } = (configuration ?? {}) as {
    readonly enabled?: boolean;
    readonly events?: readonly RollbackEvent[];
  };
  if (!enabled) return [];
  if (events.length === 0 || events.some((event) => !EVENTS.includes(event)))
    throw new AwsError(
      'InvalidAutoRollbackConfigException',
      `Automatic rollback is enabled, but an invalid triggering event type or no event types were listed; there are: ${EVENTS.join(', ')}`,
    );
  return events;
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

/** A hook that fails ends the deployment, with its rollback alone: what it leaves without one, AWS does not say. */
export const requireRollbackAtHooks = (hasHooks: boolean, events: readonly RollbackEvent[]): void => {
  if (hasHooks && !events.includes('DEPLOYMENT_FAILURE'))
    throw new AwsError(
      'InvalidInputException',
      'the local cloud does not fail a deployment at a hook without its rollback: add DEPLOYMENT_FAILURE to the events of autoRollbackConfiguration.',
    );
};
