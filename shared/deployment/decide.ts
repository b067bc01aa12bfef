import { changesNothing, type Decision, type Wake, type World } from './decision.ts';
import type { Input, Moment } from './input.ts';
import { isActive, isTerminal, ownerOf } from './owner.ts';
import type { Known, Row } from './rule.ts';
import { leasedByOther } from './services.ts';
import { baking } from './states/baking.ts';
import { terminal } from './states/ended.ts';
import { newcomer } from './states/new.ts';
import { queued } from './states/queued.ts';
import { rollingBack } from './states/rolling-back.ts';
import { rollingOut } from './states/rolling-out.ts';
import { starting } from './states/starting.ts';
import { verifying } from './states/verifying.ts';
import { verifyingRollback } from './states/verifying-rollback.ts';
import { widening } from './states/widening.ts';
import { step } from './steps.ts';
import type { Deployment, State } from './types.ts';

/** Every state's answers to every input. A request that is not known yet has a row of its own. */
export const ROWS: Readonly<Record<State, Row<Known>>> = {
  queued,
  starting,
  widening,
  'rolling-out': rollingOut,
  verifying,
  baking,
  'rolling-back': rollingBack,
  'verifying-rollback': verifyingRollback,
  succeeded: terminal,
  'rolled-back': terminal,
  failed: terminal,
  rejected: terminal,
  superseded: terminal,
  expired: terminal,
  cancelled: terminal,
};

/** Longest delay of a queued wake-up; what lies further off is the sweep's alone. */
const LONGEST_DELAY = 15 * 60 * 1000;

/**
 * What follows from an input, for any state: pure, total, and the same for the same arguments.
 * Late and doubled inputs change nothing. The answer is committed as a whole; its effect is performed after that, and only
 * by the function that owns the new state.
 */
export const decide = (world: World, input: Input, moment: Moment): Decision => {
  const answer = isKnown(world)
    ? answerOf(ROWS[world.deployment.state], world, input, moment)
    : answerOf(newcomer, world, input, moment);
  return withWakes(world, withinLease(world, answer, moment), moment);
};

const isKnown = (world: World): world is Known => world.deployment !== undefined;

/** The one place where an input meets its own rule: the types of row and input belong together by construction. */
const answerOf = <W>(row: Row<W>, world: W, input: Input, moment: Moment): Decision =>
  (row[input.kind] as (world: W, input: Input, moment: Moment) => Decision)(world, input, moment);

/** While another holds the service's lease, no verdict of a deployment that had reached `starting`: whoever comes then looks again. */
const withinLease = (world: World, decision: Decision, moment: Moment): Decision => {
  const { deployment: before, service } = world;
  const after = decision.deployment;
  if (before === undefined || after === undefined || !isActive(before.state) || !isTerminal(after.state)) return decision;
  if (!leasedByOther(service, moment)) return decision;
  return step({ ...before, wakeAt: service.lease?.until ?? moment.now }, moment);
};

/** Numbers the wake-up of what is owed next, and sends word to its owner where that is soon. */
const withWakes = (world: World, decision: Decision, moment: Moment): Decision => {
  const { deployment } = decision;
  if (changesNothing(decision) || deployment === undefined) return decision;
  const timed = inTime(deployment, moment);
  const numbered = isStillOnTheWay(world, timed, moment) ? timed : { ...timed, wakeNumber: timed.wakeNumber + 1 };
  const events = decision.events.map((event) => (event.deployment === deployment ? { ...event, deployment: numbered } : event));
  return { ...decision, deployment: numbered, events, wakes: [...decision.wakes, ...ownWake(world, numbered, decision, moment)] };
};

/** The wake-up that was sent for the same moment, in the same state, still serves. */
const isStillOnTheWay = ({ deployment: before }: World, after: Deployment, { now }: Moment): boolean =>
  before !== undefined && before.state === after.state && before.wakeAt === after.wakeAt && (after.wakeAt ?? 0) > now;

/** Nobody sleeps through a deadline. */
const inTime = (deployment: Deployment, { now }: Moment): Deployment => {
  const { wakeAt, deadline } = deployment;
  if (wakeAt === undefined || deadline === undefined || deadline <= now || wakeAt <= deadline) return deployment;
  return { ...deployment, wakeAt: deadline };
};

const ownWake = (world: World, deployment: Deployment, decision: Decision, moment: Moment): readonly Wake[] => {
  const { wakeAt } = deployment;
  if (wakeAt === undefined || decision.effect !== undefined) return [];
  const delay = Math.max(0, wakeAt - moment.now);
  if (delay > LONGEST_DELAY || isStillOnTheWay(world, deployment, moment)) return [];
  const { environment, service, lane, id, wakeNumber } = deployment;
  return [
    {
      function: ownerOf(deployment),
      environment,
      service,
      lane,
      deployment: id,
      number: wakeNumber,
      delaySeconds: Math.ceil(delay / 1000),
    },
  ];
};
