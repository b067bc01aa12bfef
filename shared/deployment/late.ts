import type { Decision } from './decision.ts';
import { NO_CHANGE } from './decision.ts';
import { backOff } from './durations.ts';
import type { CancelRequested, Erred, Moment } from './input.ts';
import type { Known } from './rule.ts';
import { releaseLease } from './services.ts';
import { handOver, step } from './steps.ts';

/** Late, doubled, or meant for another state. */
export const nothing = (): Decision => NO_CHANGE;

/** The answer of a call that the deployment has moved on from: at least the lease ends, and the owner may go on. */
export const onlyRelease = (world: Known, _input: unknown, moment: Moment): Decision => {
  const service = releaseLease(world.service, moment);
  if (service === world.service) return NO_CHANGE;
  return world.deployment.wakeAt === undefined ? { ...NO_CHANGE, service } : handOver(world.deployment, moment, { service });
};

/** A look without an answer: look again, later each time. */
export const lookFailed = (world: Known, _input: Erred, moment: Moment): Decision => {
  const troubles = world.deployment.troubles + 1;
  return step({ ...world.deployment, troubles, wakeAt: moment.now + backOff(troubles) }, moment, {
    service: releaseLease(world.service, moment),
  });
};

/**
 * A call without an answer. Where AWS said no for now, nothing is in flight; where nothing was heard, the request may still
 * take effect: the lease stays until it cannot any more.
 */
export const callFailed = (world: Known, input: Erred, moment: Moment): Decision => {
  const { deployment, service } = world;
  if (!input.ambiguous || service.lease?.by !== moment.invocation) return lookFailed(world, input, moment);
  return step({ ...deployment, troubles: deployment.troubles + 1, wakeAt: service.lease.until }, moment);
};

/** A cancel that comes too late is answered, once per request. */
export const cancelRefused =
  (why: (world: Known) => string) =>
  (world: Known, input: CancelRequested, moment: Moment): Decision => {
    const { deployment } = world;
    if (deployment.refusedCancel === input.cause.eventId) return NO_CHANGE;
    const reason = { code: 'cancel-too-late', message: why(world) };
    return step({ ...deployment, refusedCancel: input.cause.eventId }, moment, {
      events: [{ type: 'CancelRejected', extra: { reason } }],
    });
  };
