import { describe, expect, it } from 'vitest';
import type { Input } from '../../../../shared/deployment/input.ts';
import type { State } from '../../../../shared/deployment/types.ts';
import { deploy, NOW, rollback, verify, worldOf } from '../builders.ts';
import { checked, goingBack, ILL, leased, NO_BAKE, observed, WELL, wake } from './parts.ts';
import { GONE, whole } from './whole.ts';

/** A target that was asked, and answers in two seconds. */
const ASKED = { phase: 'asked', lookInSeconds: 2 } as const;
const message = 'host i-1 was asked what runs there, and has not answered yet';
const notYet: Input = { kind: 'erred', message, ambiguous: false, againInSeconds: 2 };
const soon = { wakeAt: NOW + 2000, wakeNumber: 2 };

describe('a target that was asked, and has not answered yet', () => {
  const owners = [
    ['starting', deploy],
    ['widening', deploy],
    ['rolling-back', rollback],
  ] as const satisfies readonly (readonly [State, unknown])[];

  for (const [state, moment] of owners) {
    it(`${state}: is asked again when it answers, however often it was; the lease is free meanwhile`, () => {
      const answer = whole(worldOf(state, { troubles: 3 }, leased()), notYet, moment);
      expect(answer).toMatchObject({ deployment: { ...soon, troubles: 4, trouble: message }, service: { lease: GONE } });
      expect(answer['wakes']).toContainEqual(wake(moment.function, 'd-new', 2, 2));
      expect(answer['events']).toBeUndefined();
    });
  }

  it('is told of where the time is over', () => {
    const world = worldOf('starting', { deadline: NOW, troubles: 1, trouble: message, startAttempts: 0 });
    expect(whole(world, { kind: 'woken' }, deploy)).toMatchObject({
      deployment: { state: 'failed', outcome: { reason: { message: expect.stringContaining(message) } } },
    });
  });

  it('rolling-out: is looked at again then, until the deadline', () => {
    expect(whole(worldOf('rolling-out'), observed(ASKED), verify)).toEqual({
      deployment: soon,
      wakes: [wake('verify', 'd-new', 2, 2)],
    });
    expect(whole(worldOf('rolling-out', { deadline: NOW }), observed(ASKED), verify)).toMatchObject({
      deployment: goingBack({ code: 'deadline' }),
    });
  });

  it('verifying: what was checked is not checked again', () => {
    const asked = whole(worldOf('verifying', NO_BAKE), checked({ health: WELL, observation: ASKED }), verify);
    expect(asked).toEqual({
      deployment: { ...soon, checkAttempts: 1, checksPassed: true },
      wakes: [wake('verify', 'd-new', 2, 2)],
    });
    expect(whole(worldOf('verifying', { ...NO_BAKE, checksPassed: true }), { kind: 'woken' }, verify)).toEqual({
      effect: { kind: 'check', health: false, observe: true },
    });
  });

  it('verifying: a check that says no counts first', () => {
    const ill = whole(worldOf('verifying', NO_BAKE), checked({ health: ILL, observation: ASKED }), verify);
    expect(ill).toMatchObject({ deployment: { checkAttempts: 1, wakeAt: NOW + 1000 } });
    expect(ill['deployment']).not.toHaveProperty('checksPassed');
  });

  it('verifying and baking: the deadline ends the asking', () => {
    for (const state of ['verifying', 'baking'] as const)
      expect(whole(worldOf(state, { ...NO_BAKE, deadline: NOW }), checked({ observation: ASKED }), verify)).toMatchObject({
        deployment: goingBack({ code: 'deadline' }),
      });
  });

  it('baking: the verdict waits for the answer', () => {
    expect(whole(worldOf('baking', { bakeUntil: NOW }), checked({ observation: ASKED }), verify)).toMatchObject({
      deployment: soon,
      wakes: [wake('verify', 'd-new', 2, 2)],
    });
  });

  it('verifying-rollback: is looked at again then', () => {
    expect(whole(worldOf('verifying-rollback'), checked({ observation: ASKED }), verify)).toEqual({
      deployment: { ...soon, nextCheckAt: NOW + 2000 },
      wakes: [wake('verify', 'd-new', 2, 2)],
    });
  });
});
