import { type Faults, halfAccepted, type InterceptedCall, serverError, throttle } from './faults.ts';
import { randomFrom } from './random.ts';

export interface SeededOptions {
  readonly seed: number;
  /** Resolves after so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** One line of what is made to go wrong, and with whom. */
  readonly tell: (line: string) => void;
  /** The function behind an access key; `undefined`: a person, whose calls are left alone. */
  readonly functionOf: (accessKey: string) => string | undefined;
}

/** Shares of all calls of functions. */
const THROTTLED = 0.06;
const FAILED_BEFORE = 0.02;
const FAILED_AFTER = 0.02;
const SLOW = 0.06;
const HALVED = 0.25;

/** Shares of all deliveries from a bus to a target. */
const DOUBLED = 0.15;
const LOST = 0.1;

const LONGEST_DELAY = 1500;

/**
 * AWS on a bad day, from one seed: functions' calls are throttled, fail before or after they took effect, or take long; PutEvents takes
 * half; what AWS sends best-effort is lost now and then, and any event may arrive twice. ECS's events are lost too, although AWS calls
 * their delivery durable: whoever watches sees the back-stops at work. Requests are never lost: nobody but SQS has them, and SQS does not
 * lose them.
 */
export const seededFaults = ({ seed, wait, tell, functionOf }: SeededOptions): Faults => {
  const random = randomFrom(seed);
  const say = (what: string, call: InterceptedCall, by: string): void => tell(`${what}: ${call.service}:${call.action} of ${by}`);
  return {
    async call(call, next) {
      const by = functionOf(call.caller);
      if (by === undefined) return next();
      const dice = random();
      if (dice < THROTTLED) {
        say('throttled', call, by);
        return throttle(call);
      }
      if (dice < THROTTLED + FAILED_BEFORE) {
        say('failed', call, by);
        return serverError(call);
      }
      if (dice < THROTTLED + FAILED_BEFORE + FAILED_AFTER) {
        await next();
        say('failed after it took effect', call, by);
        return serverError(call);
      }
      if (dice < THROTTLED + FAILED_BEFORE + FAILED_AFTER + SLOW) {
        const milliseconds = Math.round(random() * LONGEST_DELAY);
        say(`${milliseconds} ms late`, call, by);
        await wait(milliseconds);
        return next();
      }
      if (call.action === 'PutEvents' && random() < HALVED) {
        say('half taken', call, by);
        return halfAccepted(call, next);
      }
      return next();
    },
    arrivals({ source, detailType, target }) {
      const dice = random();
      const where = `${detailType} to ${target.slice(target.lastIndexOf(':') + 1)}`;
      if (dice < DOUBLED) {
        tell(`delivered twice: ${where}`);
        return [0, Math.round(random() * LONGEST_DELAY)];
      }
      if (source === 'aws.ecs' && dice < DOUBLED + LOST) {
        tell(`lost: ${where}`);
        return [];
      }
      return [0];
    },
  };
};
