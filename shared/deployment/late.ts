import type { Decision } from './decision.ts';
import { NO_CHANGE } from './decision.ts';
import { backOff } from './durations.ts';
import type { CancelRequested, Erred, Moment } from './input.ts';
import type { Known } from './rule.ts';
import { releaseLease } from './services.ts';
import { handOver, step } from './steps.ts';
import type { Deployment } from './types.ts';

/** Late, doubled, or meant for another state. */
export const nothing = (): Decision => NO_CHANGE;

/** The answer of a call that the deployment has moved on from: at least the lease ends, and the owner may go on. */
export const onlyRelease = (world: Known, _input: unknown, moment: Moment): Decision => {
  const service = releaseLease(world.service, moment);
  if (service === world.service) return NO_CHANGE;
  return world.deployment.wakeAt === undefined ? { ...NO_CHANGE, service } : handOver(world.deployment, moment, { service });
};

/** More of it than a person reads. */
const LONGEST_TROUBLE = 300;

export const troubled = (deployment: Deployment, { message }: Erred): Deployment => ({
  ...deployment,
  troubles: deployment.troubles + 1,
  trouble: message.slice(0, LONGEST_TROUBLE),
});

/** For the reason of a deadline: why nothing went on, if it was because nobody answered. */
export const toldLast = ({ troubles, trouble }: Deployment): string =>
  troubles === 0 || trouble === undefined ? '' : `; the last answer was: ${trouble}`;

/** A look without an answer: look again, later each time, unless it is known when there will be one. */
export const lookFailed = (world: Known, input: Erred, moment: Moment): Decision => {
  const deployment = troubled(world.deployment, input);
  const { troubles } = deployment;
  const pause = input.againInSeconds === undefined ? backOff(troubles) : input.againInSeconds * 1000;
  return step({ ...deployment, wakeAt: moment.now + pause }, moment, {
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
  return step({ ...troubled(deployment, input), wakeAt: service.lease.until }, moment);
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
