import type { HealthSettings, Settings } from './settings.ts';

const SECOND = 1000;

/** The first look at a rollout of which no event told (design section 7). */
export const FIRST_LOOK = 120 * SECOND;
/** Every further look. */
export const NEXT_LOOK = 300 * SECOND;
/** The look at a rollout that was just let go on. */
export const AFTER_PAUSE = 10 * SECOND;
/** How soon a waiting deployment, or a rollback that watches the target's own, looks again. */
export const WAIT_LOOK = 60 * SECOND;
/** While a window is open its alarms are read at least this often. */
export const WINDOW_LOOK = 300 * SECOND;
/** Attempts of the health check after a rollback (S4.4). */
export const ROLLBACK_CHECK_ATTEMPTS = 5;
/** How often a destination is brought back: once, and once more if that was undone. */
export const MOST_RESTORES = 2;

const TROUBLE_SECONDS = [1, 5, 15, 30, 60] as const;

/** Back-off after looks or calls in a row that AWS did not answer, in milliseconds. */
export const backOff = (troubles: number): number => (TROUBLE_SECONDS[troubles - 1] ?? 60) * SECOND;

/** S4.3: after failed attempt n wait `min(2^(n-1), 60)` seconds; in milliseconds. */
export const checkPause = (failedAttempts: number): number => Math.min(2 ** (failedAttempts - 1), 60) * SECOND;

/** The longest that health checks can take: every attempt runs into its timeout; in milliseconds. */
export const longestCheck = (health: HealthSettings | undefined, attempts: number): number => {
  if (health === undefined) return 0;
  let total = attempts * health.timeoutSeconds * SECOND;
  for (let attempt = 1; attempt < attempts; attempt += 1) total += checkPause(attempt);
  return total;
};

/** The longest that smoke tests can take, in milliseconds: those of one attempt are made beside each other. */
const longestSmoke = ({ smoke, health }: Settings): number => {
  if (smoke === undefined) return 0;
  const timeoutSeconds = Math.max(...smoke.tests.map((test) => test.timeoutSeconds)) + (health?.timeoutSeconds ?? 0);
  return longestCheck({ url: '', attempts: smoke.attempts, timeoutSeconds }, smoke.attempts);
};

/** From `starting` on: rollout, checks, bake; in milliseconds. */
export const deployTime = (settings: Settings): number =>
  (settings.rolloutSeconds + settings.bakeSeconds) * SECOND +
  longestCheck(settings.health, settings.health?.attempts ?? 0) +
  longestSmoke(settings);

/** From `rolling-back` on; in milliseconds. */
export const rollbackTime = (settings: Settings): number =>
  settings.rollbackSeconds * SECOND + longestCheck(settings.health, ROLLBACK_CHECK_ATTEMPTS);
