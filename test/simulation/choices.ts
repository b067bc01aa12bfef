import { between, chance, pick } from './chance.ts';
import type { Rates } from './plan.ts';

/** What happens to one call of a function. Delays are in milliseconds. */
export type CallFault =
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The function dies, and its request, which was on the wire, arrives after that. */
  | { readonly kind: 'crash-late'; readonly milliseconds: number }
  /** The connection breaks, and the request arrives after that. */
  | { readonly kind: 'reset-late'; readonly milliseconds: number }
  | { readonly kind: 'throttle' | 'error' | 'reset-before' | 'reset-after' | 'crash-before' | 'crash-after' | 'half' }
  /** The function dies, and what it was given does not come back: its message is lost. */
  | { readonly kind: 'vanish-before' | 'vanish-after' };

/** One thing that went wrong, at the point where it did. */
export interface Chosen {
  readonly point: string;
  readonly what: string;
}

/** What happens to a build of CodeBuild: by misfortune, and not by what it applies. */
type BuildFault = 'plan-fails' | 'apply-fails' | 'slow';

/** `service`: of AWS, or the host of somebody else. */
interface Called {
  readonly service: string;
  readonly action: string;
}

export interface Choices {
  /** `undefined`: all goes well. */
  readonly call: (point: string, call: Called) => CallFault | undefined;
  /** Milliseconds until a second copy of an invocation begins; `undefined`: there is none. */
  readonly copy: (point: string) => number | undefined;
  /** When an event arrives, as `Faults.arrivals` has it. */
  readonly arrivals: (point: string, source: string) => readonly number[];
  readonly build: (point: string) => BuildFault | undefined;
  /** All that did not go well, in order. */
  readonly chosen: Chosen[];
}

/** Instead of a seed's: these faults at these calls, and nothing else. */
export const forcedChoices = (faults: ReadonlyMap<string, CallFault>): Choices => {
  const chosen: Chosen[] = [];
  return {
    chosen,
    call(point) {
      const fault = faults.get(point);
      if (fault !== undefined) chosen.push({ point, what: fault.kind });
      return fault;
    },
    copy: () => undefined,
    arrivals: () => [0],
    build: () => undefined,
  };
};

/**
 * What a seed decides while it runs: each point by its name, so that leaving one out changes no other. With `only`, every other point goes
 * well: that is how a schedule is made shorter.
 */
export const choicesOf = (seed: number, rates: Rates, only?: ReadonlySet<string>): Choices => {
  const chosen: Chosen[] = [];
  const keep = <T>(point: string, what: string, value: T): T | undefined => {
    if (only !== undefined && !only.has(point)) return undefined;
    chosen.push({ point, what });
    return value;
  };
  return {
    chosen,
    call(point, call) {
      const fault = faultAt(seed, point, rates, call);
      return fault === undefined ? undefined : keep(point, faultText(fault), fault);
    },
    copy(point) {
      if (chance(seed, point) >= rates.twice) return undefined;
      const after = pick(chance(seed, point, 'after'), [
        [2, 0],
        [2, between(chance(seed, point, 'soon'), 1, 2000)],
        [1, between(chance(seed, point, 'later'), 2000, 60_000)],
      ]);
      return keep(point, `again after ${after} ms`, after);
    },
    build(point) {
      if (chance(seed, point) >= rates.refuse * MORE_BUILDS) return undefined;
      const fault = pick<BuildFault>(chance(seed, point, 'how'), [
        [1, 'plan-fails'],
        [1, 'apply-fails'],
        [1, 'slow'],
      ]);
      return keep(point, fault, fault);
    },
    arrivals(point, source) {
      const dice = chance(seed, point);
      const late = () =>
        pick(chance(seed, point, 'late'), [
          [2, between(chance(seed, point, 'soon'), 1, 5000)],
          [1, between(chance(seed, point, 'later'), 5000, 120_000)],
        ]);
      // What AWS itself sends is best effort; what was put on a bus of one's own is delivered at least once.
      if (source.startsWith('aws.') && dice < rates.lostEvent) return keep(point, 'lost', []) ?? [0];
      if (dice > 1 - rates.lateEvent) {
        const milliseconds = late();
        return keep(point, `${milliseconds} ms late`, [milliseconds]) ?? [0];
      }
      if (dice > 1 - rates.lateEvent - rates.twice) {
        const milliseconds = late();
        return keep(point, `again after ${milliseconds} ms`, [0, milliseconds]) ?? [0];
      }
      return [0];
    },
  };
};

/** `crash-before`, `1200 ms late` */
export const faultText = (fault: CallFault): string => {
  if (fault.kind === 'delay') return `${fault.milliseconds} ms late`;
  return 'milliseconds' in fault ? `${fault.kind} by ${fault.milliseconds} ms` : fault.kind;
};

/** A schedule has few builds. */
const MORE_BUILDS = 5;

/** Less than the minute that a lease outlives its holder. */
const LONGEST_ON_THE_WIRE = 50_000;

const brokenAt = (seed: number, point: string, kind: 'crash' | 'reset'): CallFault =>
  pick<CallFault>(chance(seed, point, 'when'), [
    [2, { kind: `${kind}-before` }],
    [2, { kind: `${kind}-after` }],
    [1, { kind: `${kind}-late`, milliseconds: between(chance(seed, point, 'wire'), 1, LONGEST_ON_THE_WIRE) }],
  ]);

/** Lists of events are half taken more often than others fail: few calls have more than one entry. */
const MORE_HALVES = 4;

const faultAt = (seed: number, point: string, rates: Rates, { service, action }: Called): CallFault | undefined => {
  const dice = chance(seed, point);
  if (action === 'PutEvents' && chance(seed, point, 'half') < rates.refuse * MORE_HALVES) return { kind: 'half' };
  if (
    ['ecs', 'lambda', 'downloads', 'ssm', 'codebuild', 's3'].includes(service) &&
    chance(seed, point, 'slow') < rates.slowTarget
  )
    return { kind: 'delay', milliseconds: between(chance(seed, point, 'how slow'), 500, 30_000) };
  let edge = rates.crash;
  if (dice < edge) return brokenAt(seed, point, 'crash');
  edge += rates.reset;
  if (dice < edge) return brokenAt(seed, point, 'reset');
  edge += rates.refuse;
  if (dice < edge) return { kind: chance(seed, point, 'how') < 0.5 ? 'throttle' : 'error' };
  edge += rates.delay;
  if (dice >= edge) return undefined;
  const milliseconds = pick(chance(seed, point, 'long'), [
    [6, between(chance(seed, point, 'short'), 1, 500)],
    [3, between(chance(seed, point, 'middle'), 500, 10_000)],
    [1, between(chance(seed, point, 'far'), 10_000, 40_000)],
  ]);
  return { kind: 'delay', milliseconds };
};
