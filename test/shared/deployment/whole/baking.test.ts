import { describe, expect, it } from 'vitest';
import type { Input } from '../../../../shared/deployment/input.ts';
import {
  alarm,
  deployment,
  digest,
  inputs,
  lane,
  NOW,
  quarantine,
  service,
  settings,
  verify,
  waiter,
  worldOf,
} from '../builders.ts';
import { COMPLETED, checked, ONE, serving, settled, TWO, verdictOf, wake } from './parts.ts';
import { GONE, whole } from './whole.ts';

describe('baking', () => {
  const verified = { revision: TWO, digest: digest('b'), deployment: 'd-new', at: NOW };
  const ran = { at: NOW, deployment: 'd-new', digest: digest('b'), revision: TWO.id, underWay: false, before: ONE };
  const window = {
    deployment: 'd-new',
    revision: TWO,
    digest: digest('b'),
    opensAt: NOW - 60_000,
    closesAt: NOW + 3_600_000,
    alarms: ['arn:alarm:errors'],
    baseline: [],
  };
  const reason = { code: 'verified', message: 'rolled out, and every check passed' };
  const outcome = { changed: true, verified: true, notWatched: [], reason, running: TWO, at: NOW };

  it('owes the last look when its time is over, and nothing before', () => {
    expect(whole(worldOf('baking'), { kind: 'woken' }, verify)).toEqual({
      effect: { kind: 'check', health: false, observe: true },
    });
    expect(whole(worldOf('baking', { bakeUntil: NOW + 1 }), { kind: 'woken' }, verify)).toEqual({});
    expect(whole(worldOf('baking', { bakeUntil: NOW + 1 }), checked({ observation: COMPLETED }), verify)).toEqual({});
    expect(whole(worldOf('baking'), checked(), verify)).toEqual({});
  });

  it('past the deadline looks once: without an answer it goes back', () => {
    const late = { deadline: NOW, troubles: 2, trouble: 'nobody answered' };
    expect(whole(worldOf('baking', late), { kind: 'woken' }, verify)).toMatchObject({ effect: { kind: 'check', observe: true } });
    expect(whole(worldOf('baking', late), checked({ observation: COMPLETED }), verify)).toMatchObject({
      deployment: { state: 'succeeded' },
    });
    const failed = { kind: 'erred', message: 'ECS is away', ambiguous: false } as const;
    const message = 'it did not come to an end in the time that was stated for it; the last answer was: ECS is away';
    expect(whole(worldOf('baking', late), failed, verify)).toMatchObject({
      deployment: { state: 'rolling-back', failure: { code: 'deadline', message, evidence: false } },
    });
    expect(whole(worldOf('baking', { ...late, deadline: NOW + 1 }), failed, verify)).toMatchObject({
      deployment: { troubles: 3 },
    });
  });

  it('succeeds: verified, with a window, the lane handed on, and who waits is woken', () => {
    const world = worldOf(
      'baking',
      { checkAttempts: 2, acceptedAt: NOW - 90_400 },
      {
        lane: lane({ holder: waiter('d-new'), waiting: [waiter('d-2'), waiter('d-3')] }),
        service: service({ active: 'd-new', waiting: ['r-1'] }),
      },
    );
    expect(whole(world, checked({ observation: COMPLETED }), verify)).toEqual({
      deployment: { state: 'succeeded', outcome, deadline: GONE, wakeAt: GONE, sequence: 3, wakeNumber: 2 },
      service: {
        active: GONE,
        verified: [...service().verified, verified],
        history: [...service().history, ran],
        window,
        wakeAt: NOW + 300_000,
        wakeNumber: 1,
      },
      lane: { holder: waiter('d-2'), waiting: [waiter('d-3')], wakeAt: NOW, wakeNumber: 1 },
      events: [
        { type: 'VerificationPassed', sequence: 2, checkAttempts: 2 },
        {
          type: 'DeploymentSucceeded',
          sequence: 3,
          verdict: 'succeeded',
          ...verdictOf({ reason, changed: true, verified: true, running: TWO, checkAttempts: 2, durationSeconds: 90 }),
        },
      ],
      wakes: [wake('deploy', 'd-2'), wake('rollback', 'r-1')],
    });
  });

  it('a short window is closed in time, and without alarms or time there is none', () => {
    const short = worldOf('baking', { settings: { ...settings, rollbackWindowSeconds: 60 } });
    expect(whole(short, checked({ observation: COMPLETED }), verify)).toMatchObject({
      service: { window: { closesAt: NOW + 60_000 }, wakeAt: NOW + 60_000 },
    });
    for (const over of [{ rollbackWindowSeconds: 0 }, { alarms: [] }]) {
      const after = whole(worldOf('baking', { settings: { ...settings, ...over } }), checked({ observation: COMPLETED }), verify);
      expect(after['service']).toEqual({
        active: GONE,
        verified: [...service().verified, verified],
        history: [...service().history, ran],
      });
    }
  });

  it('an older window is closed by a success, whatever comes after it', () => {
    const old = { ...window, deployment: 'd-old' };
    const world = worldOf(
      'baking',
      { settings: { ...settings, rollbackWindowSeconds: 0 } },
      serving({ window: old, wakeAt: NOW + 5 }),
    );
    expect(whole(world, checked({ observation: COMPLETED }), verify)).toMatchObject({ service: { window: GONE, wakeAt: GONE } });
    const nobody = checked({ observation: { phase: 'completed', desired: 0 } });
    expect(whole({ ...world, deployment: deployment('baking') }, nobody, verify)).toMatchObject({
      service: { window: GONE, wakeAt: GONE },
    });
  });

  it('with no desired tasks it succeeds unverified', () => {
    const message = 'rolled out; with no desired tasks nothing could be checked';
    expect(whole(worldOf('baking'), checked({ observation: { phase: 'completed', desired: 0 } }), verify)).toEqual({
      deployment: {
        state: 'succeeded',
        outcome: { ...outcome, verified: false, reason: { code: 'no-tasks', message } },
        deadline: GONE,
        wakeAt: GONE,
        sequence: 2,
        wakeNumber: 2,
      },
      service: { active: GONE, history: [...service().history, ran] },
      lane: { holder: GONE },
      events: [
        {
          type: 'DeploymentSucceeded',
          sequence: 2,
          verdict: 'succeeded',
          ...verdictOf({ reason: { code: 'no-tasks', message }, changed: true, running: TWO }),
        },
      ],
    });
  });

  it('a success lifts the quarantine of its digest, and only a verified one does', () => {
    const known = { quarantine: quarantine({ code: 'alarm', message: 'rang' }, 'd-bad') };
    expect(whole(worldOf('baking', {}, known), checked({ observation: COMPLETED }), verify)['lift']).toBe(digest('b'));
    expect(whole(worldOf('baking'), checked({ observation: COMPLETED }), verify)).not.toHaveProperty('lift');
    const nobody = checked({ observation: { phase: 'completed', desired: 0 } });
    expect(whole(worldOf('baking', {}, known), nobody, verify)).not.toHaveProperty('lift');
  });

  it('what is brought over itself has before it what it had before', () => {
    const over = { before: settled(TWO), rollout: { revision: TWO, id: 'ecs-svc/2', startedAt: NOW - 60_000 } };
    const first = { ...ran, at: NOW - 1000, deployment: 'd-2' };
    const known = worldOf('baking', over, serving({ history: [first] }));
    expect(whole(known, checked({ observation: COMPLETED }), verify)).toMatchObject({ service: { history: [first, ran] } });
    const { before: _, ...alone } = ran;
    const unknown = worldOf('baking', over, serving({ history: [] }));
    expect(whole(unknown, checked({ observation: COMPLETED }), verify)).toMatchObject({ service: { history: [alone] } });
  });

  it('a revision whose forerunner is not known is verified without one', () => {
    const world = worldOf('baking');
    const { before: _, ...rest } = world.deployment ?? deployment('baking');
    const { before: __, ...alone } = ran;
    expect(whole({ ...world, deployment: rest }, checked({ observation: COMPLETED }), verify)).toMatchObject({
      service: { verified: [...service().verified, verified], history: [...service().history, alone] },
    });
  });

  it('what is not completed at the last look is waited for, or goes back', () => {
    expect(whole(worldOf('baking'), checked({ observation: { phase: 'in-progress' } }), verify)).toEqual({
      deployment: { wakeAt: NOW + 60_000, wakeNumber: 2 },
      wakes: [wake('verify', 'd-new', 2, 60)],
    });
    const late = worldOf('baking', { deadline: NOW });
    expect(whole(late, checked({ observation: { phase: 'in-progress' } }), verify)).toMatchObject({
      deployment: { state: 'rolling-back', bakeUntil: GONE, failure: { code: 'deadline' } },
    });
    const failure = { code: 'task-stopped', message: 'it exited', evidence: true };
    expect(whole(worldOf('baking'), checked({ observation: { phase: 'failed', failure, running: TWO } }), verify)).toMatchObject({
      deployment: { state: 'rolling-back', failure },
      events: [{ type: 'VerificationFailed', reason: { code: 'task-stopped', message: 'it exited' } }],
    });
  });

  it('an alarm that is OK at the last look counts from then on', () => {
    const world = worldOf('baking', { baseline: ['arn:alarm:errors', 'arn:alarm:other'] });
    const after = whole(world, checked({ observation: COMPLETED, alarms: [alarm({ state: 'OK' })] }), verify);
    expect(after).toMatchObject({
      deployment: { outcome: { notWatched: ['arn:alarm:other'] } },
      service: { window: { baseline: ['arn:alarm:other'] } },
    });
  });

  it('told of somebody´s rollout looks for the last time', () => {
    const other: Input = { ...inputs['rollout-told'], rollout: 'ecs-svc/9' };
    expect(whole(worldOf('baking'), other, verify)).toEqual({ effect: { kind: 'check', health: false, observe: true } });
    expect(whole(worldOf('baking'), { ...other, what: 'in-progress' } as Input, verify)).toEqual({});
  });
});
