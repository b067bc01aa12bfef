import { isDeepStrictEqual } from 'node:util';
import { decide } from '../../../../shared/deployment/decide.ts';
import type { Decision, EventDraft, World } from '../../../../shared/deployment/decision.ts';
import type { Input, Moment } from '../../../../shared/deployment/input.ts';

/** In place of a member that is not there any more. */
export const GONE = 'gone';

type Members = Readonly<Record<string, unknown>>;

/** The members that are others than before. */
const changed = (before: object = {}, after: object): Members => {
  const [was, is] = [before as Members, after as Members];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return Object.fromEntries(
    keys.filter((key) => !isDeepStrictEqual(was[key], is[key])).map((key) => [key, key in is ? is[key] : GONE]),
  );
};

/** `id`: the deployment that is decided on; another one's event says whose it is. */
const told = ({ type, sequence, extra, deployment }: EventDraft, id: string | undefined) => ({
  type,
  sequence,
  ...(deployment.id === id ? {} : { of: deployment.id }),
  ...extra,
});

/** What is not there is left out: a member without a value would be one that says nothing. */
const requireValues = (value: unknown, path: string): void => {
  if (value === undefined) throw new Error(`${path} is there, and has no value`);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) requireValues(member, `${path}.${name}`);
};

/** Everything that a decision changes, and nothing else: what is not in it is as it was. */
export const whole = (world: World, input: Input, moment: Moment): Members => {
  const decision: Decision = decide(world, input, moment);
  const { deployment, service, lane, others, events, wakes, effect, quarantine, lift } = decision;
  for (const { at, deployment: of } of events)
    if (at !== moment.now || (of !== deployment && !others.includes(of)))
      throw new Error('an event is told at another time, or of a deployment that is not committed with it');
  const parts: Members = {
    deployment: deployment && changed(world.deployment, deployment),
    service: service && changed(world.service, service),
    lane: lane && changed(world.lane, lane),
    others: others.map((other) =>
      changed(
        [world.active, ...world.waiters].find((known) => known?.id === other.id),
        other,
      ),
    ),
    events: events.map((event) => told(event, deployment?.id)),
    wakes: wakes.map(({ environment: _, lane: __, ...wake }) => wake),
    effect,
    quarantine,
    lift,
  };
  requireValues(decision, 'the decision');
  const isThere = (part: unknown) => part !== undefined && !(Array.isArray(part) && part.length === 0);
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => isThere(part)));
};
