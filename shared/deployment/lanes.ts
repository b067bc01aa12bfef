import type { Instant } from './observations.ts';
import type { Lane, Waiter } from './types.ts';

/** By the event's time. EventBridge tells it in whole seconds: within one second the order of arrival counts. */
const before = (a: Waiter, b: Waiter) => a.time < b.time;

/** Puts a waiter into its place in the line. */
export const join = (lane: Lane, waiter: Waiter): Lane => {
  if (lane.holder?.id === waiter.id || lane.waiting.some(({ id }) => id === waiter.id)) return lane;
  const place = lane.waiting.findIndex((other) => before(waiter, other));
  const waiting = place === -1 ? [...lane.waiting, waiter] : lane.waiting.toSpliced(place, 0, waiter);
  return { ...lane, waiting };
};

/** Takes a deployment out of the lane, wherever it stands, and makes the next waiter the holder if the lane is free. */
export const leave = (lane: Lane, id: string, now: Instant): Lane => {
  if (position(lane, id) === -1) return lane;
  const { holder, ...rest } = lane;
  const waiting = lane.waiting.filter((waiter) => waiter.id !== id);
  const free: Lane = holder === undefined || holder.id === id ? { ...rest, waiting } : { ...lane, waiting };
  return claim(free, now);
};

/** Makes the first waiter the holder, if there is none; it is owed a look from now on. */
export const claim = (lane: Lane, now: Instant): Lane => {
  const [first, ...waiting] = lane.waiting;
  if (lane.holder !== undefined || first === undefined) return lane.holder === undefined ? rested(lane) : lane;
  return { ...lane, holder: first, waiting, wakeAt: now, wakeNumber: lane.wakeNumber + 1 };
};

/** The lane owes nothing: its holder has a wake-up time of its own, or nobody waits. */
export const rested = (lane: Lane): Lane => {
  const { wakeAt: _, ...rest } = lane;
  return rest;
};

/** 0: it is the holder; n: n deployments are before it, the holder included. -1: it is not in the lane. */
export const position = (lane: Lane, id: string): number => {
  if (lane.holder?.id === id) return 0;
  const place = lane.waiting.findIndex((waiter) => waiter.id === id);
  return place === -1 ? -1 : place + (lane.holder === undefined ? 0 : 1);
};

/** Whoever is in the lane, the holder first. */
export const members = ({ holder, waiting }: Lane): readonly Waiter[] => (holder === undefined ? waiting : [holder, ...waiting]);

/** Once the holder has been looked at, it has a wake-up time of its own, and the lane owes nothing. */
export const holderActs = (lane: Lane, id: string): Lane =>
  lane.holder?.id === id && lane.wakeAt !== undefined ? rested(lane) : lane;
