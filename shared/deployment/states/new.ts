import type { Decision, World } from '../decision.ts';
import type { Arrival, DeployRequested, Moment, RollbackRequested } from '../input.ts';
import { position } from '../lanes.ts';
import { nothing } from '../late.ts';
import type { Revision } from '../observations.ts';
import { placeDeploy, placeRollback } from '../placing.ts';
import { rejectWaiters } from '../rejecting.ts';
import type { Row } from '../rule.ts';
import { beforeLeft, leavingAt } from '../services.ts';
import type { Told } from '../steps.ts';
import type { Deployment } from '../types.ts';
import { verdict } from '../verdicts.ts';

const accepted = (arrival: Arrival, kind: Deployment['kind'], moment: Moment): Deployment => ({
  ...arrival,
  kind,
  state: 'queued',
  acceptedAt: moment.now,
  waitUntil: moment.now + arrival.settings.waitSeconds * 1000,
  startAttempts: 0,
  adopted: false,
  baseline: [],
  checkAttempts: 0,
  restores: 0,
  troubles: 0,
  sequence: 0,
  wakeNumber: 0,
  version: 0,
});

const queued =
  (deployment: Deployment) =>
  (place: number): Told => ({ type: 'DeploymentQueued', extra: { position: place, waitUntil: deployment.waitUntil } });

const deployRequested = (world: World, input: DeployRequested, moment: Moment): Decision => {
  const { settings, cause } = input.arrival;
  const fresh = accepted(input.arrival, 'deploy', moment);
  if (moment.now - cause.time > settings.maxAgeSeconds * 1000) {
    const message = `the request was ${Math.round((moment.now - cause.time) / 1000)} s old when it arrived, older than the ${settings.maxAgeSeconds} s allowed; ask again if it is still wanted`;
    return verdict(world, fresh, 'expired', { reason: { code: 'request-too-old', message } }, moment);
  }
  if ('problem' in input.image) return verdict(world, fresh, 'rejected', { reason: input.image.problem }, moment);
  const deployment: Deployment = { ...fresh, image: input.image.resolved };
  if (position(world.lane, deployment.id) === -1 && world.lane.waiting.length >= settings.maxWaiting) {
    const message = `${world.lane.waiting.length} deployments wait in lane ${world.lane.name} already, which is as many as may; ask again when it has moved on`;
    return verdict(world, deployment, 'rejected', { reason: { code: 'lane-full', message } }, moment);
  }
  return placeDeploy(world, deployment, moment, queued(deployment));
};

/** By digest, by revision, or unknown here. */
const askedFor = (world: World, to: NonNullable<RollbackRequested['to']>): Revision | undefined =>
  world.service.verified.findLast(
    ({ revision, digest }) => revision.id === to.revision || (to.digest !== undefined && digest === to.digest),
  )?.revision;

const notVerified = (world: World, to: NonNullable<RollbackRequested['to']>): string => {
  const known = world.service.verified.map(({ digest, revision }) => `${digest} (${revision.id})`).join(', ');
  return `${to.digest ?? to.revision ?? 'the revision'} is not verified in ${world.service.environment} for ${world.service.name}; a rollback goes to a verified revision${known === '' ? ', and there is none' : `: ${known}`}`;
};

const rollbackRequested = (world: World, input: RollbackRequested, moment: Moment): Decision => {
  const fresh = accepted(input.arrival, 'rollback', moment);
  const left = input.from ?? leavingAt(world.service, input.arrival.cause.time);
  if (left === undefined) {
    const message = `nothing was deployed to ${fresh.service} in ${fresh.environment} by this pipeline at that time, so there is nothing to leave; name "from"`;
    return verdict(world, fresh, 'rejected', { reason: { code: 'nothing-to-leave', message } }, moment);
  }
  const destination = input.to === undefined ? undefined : askedFor(world, input.to);
  if (input.to !== undefined && destination === undefined) {
    return verdict(world, fresh, 'rejected', { reason: { code: 'not-verified', message: notVerified(world, input.to) } }, moment);
  }
  const before = beforeLeft(world.service, left);
  const deployment: Deployment = {
    ...fresh,
    leaving: left,
    failure: input.failure,
    ...(destination === undefined ? {} : { destination }),
    ...(before === undefined ? {} : { before }),
  };
  const decision = placeRollback(world, deployment, moment);
  return input.byPerson ? rejectWaiters(world, decision, left.digest, deployment, moment) : decision;
};

/** A request that is not known yet. Everything else about an unknown deployment changes nothing. */
export const newcomer: Row<World> = {
  'deploy-requested': deployRequested,
  'rollback-requested': rollbackRequested,
  'cancel-requested': nothing,
  woken: nothing,
  looked: nothing,
  'start-answered': nothing,
  observed: nothing,
  checked: nothing,
  tried: nothing,
  'restore-answered': nothing,
  'alarm-changed': nothing,
  'task-stopped': nothing,
  'rollout-told': nothing,
  erred: nothing,
};
