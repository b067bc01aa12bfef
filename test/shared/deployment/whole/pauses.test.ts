import { describe, expect, it } from 'vitest';
import type { Input, Tried } from '../../../../shared/deployment/input.ts';
import { alarm, NOW, settings, verify, worldOf } from '../builders.ts';
import { checked, goingBack, ILL, NO_BAKE, observed, TWO, WELL, wake } from './parts.ts';
import { GONE, whole } from './whole.ts';

const PAUSED = observed({ phase: 'paused', pause: 'ecs-pause-1', traffic: 'test' });
const MINUTES = 60_000;

const tried = (more: Partial<Tried> = {}): Input => ({ kind: 'tried', traffic: 'test', alarms: [], health: WELL, ...more });

const FAILING = { name: 'home page', passed: false, milliseconds: 12, detail: 'answered 500, and not 200' };
const PASSING = { name: 'login', passed: true, milliseconds: 30 };

/** Two attempts of the smoke tests, and a bake. */
const SMOKE = { settings: { ...settings, smoke: { attempts: 2, tests: [] } } };

describe('a target that waits for us', () => {
  it('owes the checks, and somebody looks again', () => {
    expect(whole(worldOf('rolling-out'), PAUSED, verify)).toEqual({
      deployment: { wakeAt: NOW + 2 * MINUTES, wakeNumber: 2 },
      effect: { kind: 'try', pause: 'ecs-pause-1', traffic: 'test' },
    });
  });

  it('waits after checks that failed a moment ago', () => {
    const world = worldOf('rolling-out', { nextCheckAt: NOW + 4000 });
    expect(whole(world, PAUSED, verify)).toMatchObject({ deployment: { wakeAt: NOW + 4000 } });
    expect(whole(world, PAUSED, verify)).not.toHaveProperty('effect');
  });

  it.each([
    ['a moment ago', NOW - 1],
    ['now', NOW],
  ])('is tried again when the pause after checks that failed was over %s', (_, nextCheckAt) => {
    expect(whole(worldOf('rolling-out', { nextCheckAt }), PAUSED, verify)).toEqual({
      deployment: { wakeAt: NOW + 2 * MINUTES, wakeNumber: 2 },
      effect: { kind: 'try', pause: 'ecs-pause-1', traffic: 'test' },
    });
  });

  describe('and is to be left so for five minutes', () => {
    const lasting = observed({ phase: 'paused', pause: 'ecs-pause-1', traffic: 'test', lastsSeconds: 300 });

    it('is left so from when that is first seen', () => {
      expect(whole(worldOf('rolling-out'), lasting, verify)).toEqual({
        deployment: { pause: 'ecs-pause-1', nextCheckAt: NOW + 5 * MINUTES, wakeAt: NOW + 5 * MINUTES, wakeNumber: 2 },
        wakes: [wake('verify', 'd-new', 2, 300)],
      });
    });

    it('is left alone until then, and owes the checks afterwards', () => {
      const seen = (nextCheckAt: number) => worldOf('rolling-out', { pause: 'ecs-pause-1', nextCheckAt });
      expect(whole(seen(NOW + 1000), lasting, verify)).not.toHaveProperty('effect');
      expect(whole(seen(NOW), lasting, verify)).toMatchObject({ effect: { kind: 'try', pause: 'ecs-pause-1' } });
    });

    it('is left so anew where it is another pause', () => {
      const other = worldOf('rolling-out', { pause: 'ecs-pause-0', nextCheckAt: NOW - 1 });
      expect(whole(other, lasting, verify)).toMatchObject({ deployment: { nextCheckAt: NOW + 5 * MINUTES } });
    });
  });

  it('is not asked any more after the deadline', () => {
    expect(whole(worldOf('rolling-out', { deadline: NOW }), PAUSED, verify)).toMatchObject({
      deployment: { state: 'rolling-back', failure: { code: 'deadline' } },
    });
  });

  it('was told to go on where the checks passed: attempts are counted anew', () => {
    const world = worldOf('rolling-out', { checkAttempts: 2, smokeAttempts: 1, nextCheckAt: NOW });
    expect(whole(world, tried({ smoke: [PASSING] }), verify)).toEqual({
      deployment: {
        checkAttempts: 0,
        smoke: [PASSING],
        smokeAttempts: GONE,
        nextCheckAt: GONE,
        wakeAt: NOW + 10_000,
        sequence: 2,
        wakeNumber: 2,
      },
      events: [
        {
          type: 'DeploymentProgressed',
          sequence: 2,
          phase: 'tried',
          message: 'the checks passed with test traffic: the rollout goes on',
        },
      ],
      wakes: [wake('verify', 'd-new', 2, 10)],
    });
  });

  it('is looked at as soon as it says, where no event will tell what comes next', () => {
    expect(whole(worldOf('rolling-out'), observed({ phase: 'in-progress', lookInSeconds: 20 }), verify)).toEqual({
      deployment: { wakeAt: NOW + 20_000, wakeNumber: 2 },
      wakes: [wake('verify', 'd-new', 2, 20)],
    });
  });

  it('is tried again after a check that failed, and then left', () => {
    expect(whole(worldOf('rolling-out'), tried({ health: ILL }), verify)).toMatchObject({
      deployment: { checkAttempts: 1, nextCheckAt: NOW + 1000, wakeAt: NOW + 1000 },
    });
    expect(whole(worldOf('rolling-out', { checkAttempts: 2 }), tried({ health: ILL }), verify)).toMatchObject({
      deployment: { state: 'rolling-back', failure: { code: 'health-check', evidence: true } },
      events: [{ type: 'VerificationFailed' }],
    });
  });

  it('is left at an alarm, whatever the checks said', () => {
    expect(whole(worldOf('rolling-out'), tried({ alarms: [alarm()] }), verify)).toMatchObject({
      deployment: { state: 'rolling-back', failure: { code: 'alarm' } },
    });
  });

  it('that has moved all traffic is checked, while it keeps what was there', () => {
    const shifted = observed({ phase: 'shifted', desired: 3 });
    const rollout = { revision: TWO, id: 'ecs-svc/2', startedAt: NOW - MINUTES, movedAt: NOW };
    expect(whole(worldOf('rolling-out'), shifted, verify)).toMatchObject({
      deployment: { state: 'verifying', desired: 3, rollout },
      effect: { kind: 'check' },
    });
    const completed = whole(worldOf('rolling-out'), observed({ phase: 'completed', desired: 3 }), verify);
    expect(completed['deployment']).not.toHaveProperty('rollout');
    const last = checked({ health: WELL, observation: { phase: 'shifted', desired: 3 } });
    expect(whole(worldOf('verifying', NO_BAKE), last, verify)).toEqual({
      deployment: { checkAttempts: 1, checksPassed: true, wakeAt: NOW + 5 * MINUTES, wakeNumber: 2 },
      wakes: [wake('verify', 'd-new', 2, 300)],
    });
  });
});

describe('a target that keeps what was there, after the checks', () => {
  const told: Input = { kind: 'rollout-told', rollout: 'ecs-svc/2', what: 'completed' };
  const LOOK = { effect: { kind: 'check', health: false, observe: true } };

  it('is only asked whether it is over, at once when it says so', () => {
    const passed = { ...NO_BAKE, checksPassed: true };
    expect(whole(worldOf('verifying', passed), { kind: 'woken' }, verify)).toEqual(LOOK);
    expect(whole(worldOf('verifying', passed), told, verify)).toEqual(LOOK);
    expect(whole(worldOf('baking', { checksPassed: true }), told, verify)).toEqual(LOOK);
    expect(whole(worldOf('verifying', NO_BAKE), told, verify)).toEqual({});
    expect(whole(worldOf('baking'), told, verify)).toEqual({});
  });

  it('is waited for after the bake, until the deadline', () => {
    const shifted = checked({ observation: { phase: 'shifted', desired: 3 } });
    const over = { bakeUntil: NOW - 1 };
    for (const bakeUntil of [NOW - 1, NOW])
      expect(whole(worldOf('baking', { bakeUntil }), shifted, verify)).toMatchObject({
        deployment: { checksPassed: true, wakeAt: NOW + 5 * MINUTES },
      });
    const early = worldOf('baking', { ...over, bakeUntil: NOW + 9000 });
    expect(whole(early, shifted, verify)).toMatchObject({ deployment: { wakeAt: NOW + 9000 } });
    expect(whole(worldOf('baking', { ...over, deadline: NOW }), shifted, verify)).toMatchObject({
      deployment: { state: 'rolling-back', failure: { code: 'deadline' } },
    });
  });
});

describe('smoke tests', () => {
  it('that pass are kept, and the bake begins', () => {
    expect(whole(worldOf('verifying', SMOKE), checked({ health: WELL, smoke: [PASSING] }), verify)).toMatchObject({
      deployment: { state: 'baking', smoke: [PASSING], smokeAttempts: 1 },
    });
  });

  it('that fail are made again, and then go back, with the answer of each', () => {
    const input = checked({ health: WELL, smoke: [PASSING, FAILING] });
    expect(whole(worldOf('verifying', SMOKE), input, verify)).toEqual({
      deployment: {
        checkAttempts: 1,
        smoke: [PASSING, FAILING],
        smokeAttempts: 1,
        nextCheckAt: NOW + 1000,
        wakeAt: NOW + 1000,
        wakeNumber: 2,
      },
      wakes: [wake('verify', 'd-new', 2, 1)],
    });
    const failure = {
      code: 'smoke-test',
      message: 'smoke tests failed (2 attempts): "home page": answered 500, and not 200',
      evidence: true,
    };
    expect(whole(worldOf('verifying', { ...SMOKE, smokeAttempts: 1 }), input, verify)).toMatchObject({
      deployment: { ...goingBack(failure), smokeAttempts: 2 },
      events: [{ type: 'VerificationFailed', reason: { code: 'smoke-test', message: failure.message } }],
    });
  });

  const once = { settings: { ...settings, smoke: { attempts: 1, tests: [] } } };

  it('that may be made once only are all named with what they answered', () => {
    const search = { ...FAILING, name: 'search', detail: 'answered 404, and not 200' };
    const message = 'smoke tests failed: "home page": answered 500, and not 200; "search": answered 404, and not 200';
    expect(whole(worldOf('verifying', once), checked({ health: WELL, smoke: [FAILING, PASSING, search] }), verify)).toMatchObject(
      {
        deployment: { state: 'rolling-back', failure: { code: 'smoke-test', message } },
      },
    );
  });

  it('that answer at length are told in as much as an event holds', () => {
    const long = { ...FAILING, detail: 'x'.repeat(5000) };
    const message = `smoke tests failed: "home page": ${'x'.repeat(4000)}`.slice(0, 4000);
    expect(whole(worldOf('verifying', once), checked({ health: WELL, smoke: [long] }), verify)).toMatchObject({
      deployment: { failure: { message } },
    });
  });

  it('are in the verdict', () => {
    const world = worldOf('verifying', { ...NO_BAKE, smoke: [PASSING] });
    const last = checked({ observation: { phase: 'completed', desired: 1 } });
    expect(whole(world, last, verify)).toMatchObject({
      events: [{ type: 'VerificationPassed' }, { type: 'DeploymentSucceeded', smoke: [PASSING] }],
    });
  });
});
