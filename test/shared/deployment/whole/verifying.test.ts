import { describe, expect, it } from 'vitest';
import type { Input } from '../../../../shared/deployment/input.ts';
import { alarm, deployment, inputs, NOW, quarantine, settings, verify, worldOf } from '../builders.ts';
import { checked, goingBack, ILL, NO_BAKE, ONE, WELL, wake } from './parts.ts';
import { GONE, whole } from './whole.ts';

describe('verifying', () => {
  it('woken checks; before its time it does nothing; after its deadline it goes back', () => {
    expect(whole(worldOf('verifying'), { kind: 'woken' }, verify)).toEqual({
      effect: { kind: 'check', health: true, observe: false },
    });
    expect(whole(worldOf('verifying', { nextCheckAt: NOW + 1 }), { kind: 'woken' }, verify)).toEqual({});
    expect(whole(worldOf('verifying', NO_BAKE), { kind: 'woken' }, verify)).toEqual({
      effect: { kind: 'check', health: true, observe: true },
    });
    expect(whole(worldOf('verifying', { deadline: NOW }), { kind: 'woken' }, verify)).toMatchObject({
      deployment: { state: 'rolling-back', nextCheckAt: GONE, failure: { code: 'deadline' } },
    });
  });

  it('well begins the bake', () => {
    const bakeUntil = NOW + 10_000;
    expect(whole(worldOf('verifying', { troubles: 1 }), checked({ health: WELL }), verify)).toEqual({
      deployment: {
        state: 'baking',
        bakeUntil,
        nextCheckAt: GONE,
        checkAttempts: 1,
        troubles: 0,
        wakeAt: bakeUntil,
        sequence: 2,
        wakeNumber: 2,
      },
      events: [
        {
          type: 'DeploymentProgressed',
          sequence: 2,
          phase: 'baking',
          message: 'the checks passed; alarms are watched for 10 s',
          bakeUntil,
        },
      ],
      wakes: [wake('verify', 'd-new', 2, 10)],
    });
  });

  it('ill is checked again after a pause, which is counted', () => {
    expect(whole(worldOf('verifying', { checkAttempts: 1 }), checked({ health: ILL }), verify)).toEqual({
      deployment: { checkAttempts: 2, nextCheckAt: NOW + 2000, wakeAt: NOW + 2000, wakeNumber: 2 },
      wakes: [wake('verify', 'd-new', 2, 2)],
    });
  });

  it('ill at the last attempt goes back, with the answer', () => {
    const failure = {
      code: 'health-check',
      message: 'the health check failed 3 times; the last time: http://api/health answered 500',
      evidence: true,
    };
    expect(whole(worldOf('verifying', { checkAttempts: 2 }), checked({ health: ILL }), verify)).toEqual({
      deployment: goingBack(failure, { nextCheckAt: GONE, checkAttempts: 0, sequence: 2 }),
      service: {},
      events: [
        {
          type: 'VerificationFailed',
          sequence: 2,
          reason: { code: 'health-check', message: failure.message },
          checkAttempts: 3,
        },
      ],
      quarantine: quarantine({ code: 'health-check', message: failure.message }),
      wakes: [wake('rollback', 'd-new', 2)],
    });
  });

  it('with no desired tasks nobody is asked for his health', () => {
    const nobody = checked({ health: ILL, observation: { phase: 'completed', desired: 0 } });
    expect(whole(worldOf('verifying', NO_BAKE), nobody, verify)).toMatchObject({
      deployment: { state: 'succeeded' },
    });
    expect(whole(worldOf('verifying', { desired: 0 }), checked({ health: ILL }), verify)).toMatchObject({
      deployment: { state: 'baking' },
    });
  });

  it('ill, where somebody else has put something there or taken it away, blames no image', () => {
    const running = { id: 'theirs', image: 'theirs:1' };
    const replaced = checked({ health: ILL, observation: { phase: 'taken-over', running, message: 'somebody else' } });
    const gone = checked({ health: ILL, observation: { phase: 'gone', message: 'there is no service' } });
    for (const [answer, code] of [
      [replaced, 'taken-over'],
      [gone, 'service-gone'],
    ] as const) {
      const decided = whole(worldOf('verifying', { checkAttempts: 2 }), answer, verify);
      expect(decided).toMatchObject({ deployment: { state: 'failed', outcome: { reason: { code }, changed: true } } });
      expect(decided).not.toHaveProperty('quarantine');
    }
    expect(
      whole(worldOf('verifying', { checkAttempts: 2 }), checked({ health: ILL, observation: { phase: 'in-progress' } }), verify),
    ).toMatchObject({
      deployment: { state: 'rolling-back' },
    });
  });

  it('with no desired tasks, ill, and not yet at its end waits for that', () => {
    const look = checked({ health: ILL, observation: { phase: 'in-progress' } });
    expect(whole(worldOf('verifying', { ...NO_BAKE, desired: 0 }), look, verify)).toEqual({
      deployment: { checkAttempts: 1, wakeAt: NOW + 60_000, wakeNumber: 2 },
      wakes: [wake('verify', 'd-new', 2, 60)],
    });
  });

  it('stopped without an exit code tells the reason alone', () => {
    const { exitCode: _, ...silent } = inputs['task-stopped'].stopped;
    const message = 'a task stopped after the rollout: Essential container in task exited';
    expect(whole(worldOf('verifying'), { ...inputs['task-stopped'], stopped: silent }, verify)).toMatchObject({
      deployment: { failure: { code: 'task-stopped', message } },
    });
  });

  it('stopped by itself goes back; stopped by somebody is only told', () => {
    const { stopped } = inputs['task-stopped'];
    const failure = {
      code: 'task-stopped',
      message: 'a task stopped after the rollout: Essential container in task exited (exit code 1)',
      evidence: true,
    };
    expect(whole(worldOf('verifying'), inputs['task-stopped'], verify)).toEqual({
      deployment: goingBack(failure, { nextCheckAt: GONE, stopped, sequence: 2 }),
      service: {},
      events: [
        { type: 'VerificationFailed', sequence: 2, reason: { code: 'task-stopped', message: failure.message }, checkAttempts: 0 },
      ],
      quarantine: quarantine({ code: 'task-stopped', message: failure.message }),
      wakes: [wake('rollback', 'd-new', 2)],
    });
    const byHand: Input = { ...inputs['task-stopped'], stopped: { ...stopped, evidence: false } };
    expect(whole(worldOf('verifying'), byHand, verify)).toMatchObject({
      deployment: { sequence: 2 },
      events: [{ phase: 'task-stopped' }],
    });
    const others: Input = { ...inputs['task-stopped'], rollout: 'ecs-svc/9', revision: 'another' };
    expect(whole(worldOf('verifying'), others, verify)).toEqual({});
    const first = { ...stopped, reason: 'earlier' };
    expect(whole(worldOf('verifying', { stopped: first }), inputs['task-stopped'], verify)).toMatchObject({
      deployment: { state: 'rolling-back' },
    });
    expect(whole(worldOf('verifying', { stopped: first }), inputs['task-stopped'], verify)['deployment']).not.toHaveProperty(
      'stopped',
    );
  });

  it('told of somebody´s rollout asks the target at once; of its own it knows', () => {
    const other: Input = { ...inputs['rollout-told'], rollout: 'ecs-svc/9' };
    expect(whole(worldOf('verifying'), other, verify)).toEqual({ effect: { kind: 'check', health: true, observe: true } });
    expect(whole(worldOf('verifying'), { ...other, what: 'in-progress' } as Input, verify)).toEqual({});
    expect(whole(worldOf('verifying'), inputs['rollout-told'], verify)).toEqual({});
  });

  it('reads alarms: one that fires goes back, and the verdict names it', () => {
    const failure = { code: 'alarm', message: 'alarm errors is firing: too many; alarm slow is firing', evidence: true };
    const ringing = checked({ health: WELL, alarms: [alarm(), alarm({ arn: 'arn:alarm:slow', name: 'slow', reason: '' })] });
    expect(whole(worldOf('verifying'), ringing, verify)).toEqual({
      deployment: goingBack(failure, { nextCheckAt: GONE, sequence: 2 }),
      service: {},
      events: [
        { type: 'VerificationFailed', sequence: 2, reason: { code: 'alarm', message: failure.message }, checkAttempts: 0 },
      ],
      quarantine: quarantine({ code: 'alarm', message: failure.message }),
      wakes: [wake('rollback', 'd-new', 2)],
    });
    const silent = checked({ health: WELL, alarms: [alarm({ state: 'OK' }), alarm({ state: 'INSUFFICIENT_DATA' })] });
    expect(whole(worldOf('verifying'), silent, verify)).toMatchObject({ deployment: { state: 'baking' } });
  });
});

describe('the last look without a bake', () => {
  it.each(['failed', 'undone'] as const)('that finds it %s goes back, and says that the checks failed', (phase) => {
    const failure = { code: 'ecs-failed', message: 'no', evidence: false };
    const look = checked({ health: WELL, observation: { phase, failure, running: ONE } });
    expect(whole(worldOf('verifying', NO_BAKE), look, verify)).toMatchObject({
      deployment: { state: 'rolling-back', failure },
      events: [{ type: 'VerificationFailed', sequence: 2, reason: { code: 'ecs-failed', message: 'no' }, checkAttempts: 1 }],
    });
  });

  it('that finds it in progress waits', () => {
    const look = checked({ health: WELL, observation: { phase: 'in-progress' } });
    expect(whole(worldOf('verifying', NO_BAKE), look, verify)).toMatchObject({ deployment: { wakeAt: NOW + 60_000 } });
  });

  it('with tasks that are wanted and ill is no success', () => {
    const look = checked({ health: { healthy: false, detail: '500' }, observation: { phase: 'completed', desired: 2 } });
    expect(whole(worldOf('verifying', { ...NO_BAKE, desired: 0 }), look, verify)).toEqual({
      deployment: { checkAttempts: 1, nextCheckAt: NOW + 1000, wakeAt: NOW + 1000, wakeNumber: 2 },
      wakes: [wake('verify', 'd-new', 2, 1)],
    });
  });

  it('counts no attempt where nobody was asked', () => {
    const { health: _, ...bare } = settings;
    const after = whole(
      worldOf('verifying', { settings: { ...bare, bakeSeconds: 0 } }),
      checked({ observation: { phase: 'completed', desired: 2 } }),
      verify,
    );
    expect(after).toMatchObject({ deployment: { state: 'succeeded' } });
    expect(after['deployment']).not.toHaveProperty('checkAttempts');
  });

  it('is due at once where no time was set for it', () => {
    const { nextCheckAt: _, ...rest } = deployment('verifying');
    expect(whole({ ...worldOf('verifying'), deployment: rest }, { kind: 'woken' }, verify)).toMatchObject({
      effect: { kind: 'check' },
    });
  });
});
