import type { Decision } from './decision.ts';
import { checkPause } from './durations.ts';
import { goBack, verificationFailed } from './going-back.ts';
import type { Checked, Moment } from './input.ts';
import type { Failure, SmokeResult } from './observations.ts';
import type { Known } from './rule.ts';
import { step } from './steps.ts';
import type { Deployment } from './types.ts';

type Answers = Pick<Checked, 'health' | 'smoke'>;

/** Whether a check says no, and has been made as often as it may: that speaks against the image. */
export const isLastNo = ({ settings, checkAttempts, smokeAttempts = 0 }: Deployment, { health, smoke = [] }: Answers): boolean =>
  health?.healthy === false
    ? checkAttempts + 1 >= (settings.health?.attempts ?? 1)
    : smoke.some(({ passed }) => !passed) && smokeAttempts + 1 >= (settings.smoke?.attempts ?? 1);

/** The deployment with its attempts counted, and the answer where a check says no: another attempt, or the way back. */
export const counted = (
  world: Known,
  answers: Answers,
  moment: Moment,
): { readonly world: Known; readonly failing?: Decision } => {
  const { deployment } = world;
  const { health, smoke } = answers;
  const asked: Deployment = health === undefined ? deployment : { ...deployment, checkAttempts: deployment.checkAttempts + 1 };
  const tested: Deployment = smoke === undefined ? asked : { ...asked, smoke, smokeAttempts: (asked.smokeAttempts ?? 0) + 1 };
  const now: Known = { ...world, deployment: tested };
  const isLast = isLastNo(deployment, answers);
  const { checkAttempts, smokeAttempts = 1 } = tested;
  if (health?.healthy === false)
    return { world: now, failing: isLast ? unhealthy(now, health.detail, moment) : again(tested, checkAttempts, moment) };
  const failed = (smoke ?? []).filter(({ passed }) => !passed);
  if (failed.length === 0) return { world: now };
  return { world: now, failing: isLast ? smokeFailed(now, failed, moment) : again(tested, smokeAttempts, moment) };
};

const again = (deployment: Deployment, failures: number, moment: Moment): Decision => {
  const nextCheckAt = moment.now + checkPause(failures);
  return step({ ...deployment, nextCheckAt, wakeAt: nextCheckAt, troubles: 0 }, moment);
};

const unhealthy = (world: Known, detail: string, moment: Moment): Decision => {
  const message = `the health check failed ${world.deployment.checkAttempts} times; the last time: ${detail}`;
  return failedFor(world, { code: 'health-check', message, evidence: true }, moment);
};

const smokeFailed = (world: Known, failed: readonly SmokeResult[], moment: Moment): Decision => {
  const { smokeAttempts = 1 } = world.deployment;
  const told = failed.map(({ name, detail = '' }) => `"${name}": ${detail}`).join('; ');
  const times = smokeAttempts === 1 ? '' : ` (${smokeAttempts} attempts)`;
  return failedFor(
    world,
    { code: 'smoke-test', message: `smoke tests failed${times}: ${told}`.slice(0, 4000), evidence: true },
    moment,
  );
};

const failedFor = (world: Known, failure: Failure, moment: Moment): Decision =>
  goBack(world, world.deployment, failure, moment, { events: [verificationFailed(world.deployment, failure)] });
