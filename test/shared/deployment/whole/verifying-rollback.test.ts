import { describe, expect, it } from 'vitest';
import type { World } from '../../../../shared/deployment/decision.ts';
import type { Input } from '../../../../shared/deployment/input.ts';
import type { Deployment } from '../../../../shared/deployment/types.ts';
import { alarm, digest, inputs, lane, NOW, openWindow, revision, service, settings, verify, worldOf } from '../builders.ts';
import { byOther, COMPLETED, checked, ILL, LEFT, line, ONE, serving, TWO, verdictOf, WELL, wake } from './parts.ts';
import { GONE, whole } from './whole.ts';

describe('verifying-rollback', () => {
  const reason = { code: 'health-check', message: 'it failed' };

  it('looks when it is time; after its deadline it fails, unless another calls', () => {
    expect(whole(worldOf('verifying-rollback'), { kind: 'woken' }, verify)).toEqual({
      effect: { kind: 'check', health: true, observe: true },
    });
    expect(whole(worldOf('verifying-rollback', { nextCheckAt: NOW + 1 }), { kind: 'woken' }, verify)).toEqual({});
    const late = { deadline: NOW };
    expect(whole(worldOf('verifying-rollback', late), { kind: 'woken' }, verify)).toMatchObject({
      deployment: {
        state: 'failed',
        outcome: {
          reason: {
            code: 'rollback-deadline',
            message:
              'it failed; and it could not be undone: the rollback did not come to an end in the time that was stated for it',
          },
        },
      },
    });
    expect(whole(worldOf('verifying-rollback', late, byOther), { kind: 'woken' }, verify)).toEqual({
      deployment: { wakeAt: NOW + 7000, wakeNumber: 2 },
      wakes: [wake('verify', 'd-new', 2, 7)],
    });
  });

  it('is over when what it went back to runs and is well', () => {
    const stretch = { at: NOW, deployment: 'd-old', digest: digest('a'), revision: ONE.id, underWay: false };
    expect(whole(worldOf('verifying-rollback'), checked({ health: WELL, observation: COMPLETED }), verify)).toEqual({
      deployment: {
        state: 'rolled-back',
        outcome: { changed: true, verified: true, notWatched: [], reason, running: ONE, at: NOW },
        checkAttempts: 1,
        deadline: GONE,
        nextCheckAt: GONE,
        wakeAt: GONE,
        sequence: 2,
        wakeNumber: 2,
      },
      service: { active: GONE, history: [...service().history, stretch] },
      lane: { holder: GONE },
      events: [
        {
          type: 'DeploymentRolledBack',
          sequence: 2,
          verdict: 'rolled-back',
          ...verdictOf({ reason, changed: true, verified: true, running: ONE, left: LEFT, checkAttempts: 1 }),
        },
      ],
    });
  });

  it('is not verified where nobody was desired, or what runs was never verified', () => {
    const nobody = checked({ health: ILL, observation: { phase: 'completed', desired: 0 } });
    expect(whole(worldOf('verifying-rollback'), nobody, verify)).toMatchObject({
      deployment: { state: 'rolled-back', outcome: { verified: false } },
    });
    expect(whole(worldOf('verifying-rollback'), nobody, verify)['deployment']).not.toHaveProperty('checkAttempts');
    const unknown = worldOf('verifying-rollback', {}, serving({ verified: [] }));
    expect(whole(unknown, checked({ health: WELL, observation: COMPLETED }), verify)).toMatchObject({
      deployment: { state: 'rolled-back', outcome: { verified: false } },
      service: { history: [...service().history, { at: NOW, digest: digest('a'), revision: ONE.id, underWay: false }] },
    });
  });

  it('counts no attempt where there is no health check', () => {
    const { health: _, ...bare } = settings;
    const after = whole(worldOf('verifying-rollback', { settings: bare }), checked({ observation: COMPLETED }), verify);
    expect(after).toMatchObject({ deployment: { state: 'rolled-back' }, events: [{ checkAttempts: 0 }] });
    expect(after['deployment']).not.toHaveProperty('checkAttempts');
  });

  it('that was asked for wakes the lane´s holder, which waited for the service', () => {
    const world = worldOf('verifying-rollback', { kind: 'rollback' }, { lane: lane({ holder: line('d-next') }) });
    expect(whole(world, checked({ health: WELL, observation: COMPLETED }), verify)['wakes']).toEqual([wake('deploy', 'd-next')]);
  });

  it('a rollback that a person asked for is told as one', () => {
    const world = worldOf('verifying-rollback', { kind: 'rollback', stopped: inputs['task-stopped'].stopped }, { lane: lane() });
    const { evidence: _, ...stopped } = inputs['task-stopped'].stopped;
    expect(whole(world, checked({ health: WELL, observation: COMPLETED }), verify)).toMatchObject({
      events: [{ type: 'RollbackSucceeded', left: LEFT, stopped }],
    });
    expect(whole(world, checked({ health: WELL, observation: COMPLETED }), verify)).not.toHaveProperty('lane');
  });

  it('waits while it is on its way', () => {
    for (const observation of [
      { phase: 'in-progress' },
      { phase: 'paused', pause: 'p', traffic: 'test' },
      { phase: 'shifted', desired: 2 },
      { phase: 'undoing', failure: { ...reason, evidence: false } },
    ] as const)
      expect(whole(worldOf('verifying-rollback', { troubles: 3 }), checked({ observation }), verify)).toEqual({
        deployment: { nextCheckAt: NOW + 60_000, wakeAt: NOW + 60_000, troubles: 0, wakeNumber: 2 },
        wakes: [wake('verify', 'd-new', 2, 60)],
      });
  });

  it('ill is asked five times', () => {
    expect(
      whole(worldOf('verifying-rollback', { checkAttempts: 3 }), checked({ health: ILL, observation: COMPLETED }), verify),
    ).toEqual({
      deployment: { checkAttempts: 4, nextCheckAt: NOW + 8000, wakeAt: NOW + 8000, wakeNumber: 2 },
      wakes: [wake('verify', 'd-new', 2, 8)],
    });
    const message =
      'it failed; and it could not be undone: what it went back to fails its health check too (5 attempts): http://api/health answered 500';
    expect(
      whole(worldOf('verifying-rollback', { checkAttempts: 4 }), checked({ health: ILL, observation: COMPLETED }), verify),
    ).toMatchObject({
      deployment: { state: 'failed', outcome: { running: ONE, reason: { code: 'destination-unhealthy', message } } },
    });
  });

  it('the alarm of what it went back to fails it, by name', () => {
    const message = 'it failed; and it could not be undone: the alarm of what it went back to is firing: errors, slow';
    const alarms = [alarm({ at: NOW - 29_999 }), alarm({ arn: 's', name: 'slow', at: NOW })];
    expect(whole(worldOf('verifying-rollback'), checked({ health: WELL, observation: COMPLETED, alarms }), verify)).toMatchObject(
      {
        deployment: { state: 'failed', outcome: { running: ONE, reason: { code: 'destination-alarm', message } } },
      },
    );
    const before = [alarm({ at: NOW - 30_000 })];
    expect(
      whole(worldOf('verifying-rollback'), checked({ health: WELL, observation: COMPLETED, alarms: before }), verify),
    ).toMatchObject({
      deployment: { state: 'rolled-back' },
    });
  });

  it('what it went back to has the rest of its window: what has rung by then is not held against it', () => {
    const world = worldOf('verifying-rollback', {}, serving({ window: openWindow }));
    const { restore: _, ...found } = world.deployment as Deployment;
    const { rollout: __, ...untouched } = { ...found, startAttempts: 0 };
    const ends = (over: Partial<World>) =>
      whole({ ...world, ...over }, checked({ health: WELL, observation: COMPLETED }), verify)['service'];
    expect(ends({})).toMatchObject({ window: { opensAt: NOW - 29_999 } });
    expect(ends({ deployment: found })).toMatchObject({ window: { opensAt: NOW + 1 } });
    // Of something else, and of what was never replaced, it stays as it was.
    expect(ends(serving({ window: { ...openWindow, revision: TWO } }))).not.toHaveProperty('window');
    expect(ends({ deployment: untouched })).not.toHaveProperty('window');
  });

  it('undone is tried once more, and then fails, naming what runs', () => {
    const failure = { code: 'x', message: 'the breaker', evidence: false };
    const undone = checked({ observation: { phase: 'undone', failure, running: TWO } });
    expect(whole(worldOf('verifying-rollback', { troubles: 2 }), undone, verify)).toEqual({
      deployment: { state: 'rolling-back', troubles: 0, wakeNumber: 2 },
      wakes: [wake('rollback', 'd-new', 2)],
    });
    const message = `it failed; and it could not be undone: the breaker; ${TWO.id} runs`;
    expect(whole(worldOf('verifying-rollback', { restores: 2 }), undone, verify)).toMatchObject({
      deployment: { outcome: { running: TWO, reason: { code: 'restore-undone', message } } },
    });
  });

  it('gone or taken over is no longer ours', () => {
    const running = revision(9, 'c');
    const taken = checked({ observation: { phase: 'taken-over', running, message: 'theirs' } });
    expect(whole(worldOf('verifying-rollback'), taken, verify)).toMatchObject({
      deployment: {
        state: 'failed',
        outcome: { running, reason: { code: 'taken-over', message: 'it failed; and it could not be undone: theirs' } },
      },
    });
    const gone = checked({ observation: { phase: 'gone', message: 'deleted' } });
    expect(whole(worldOf('verifying-rollback'), gone, verify)).toMatchObject({
      deployment: {
        state: 'failed',
        outcome: { reason: { code: 'service-gone', message: 'it failed; and it could not be undone: deleted' } },
      },
    });
    expect(whole(worldOf('verifying-rollback'), checked(), verify)).toEqual({});
  });

  it('told of its own rollout´s progress waits; of anything else it looks', () => {
    const told = (rollout: string, what: 'in-progress' | 'completed'): Input => ({ kind: 'rollout-told', rollout, what });
    expect(whole(worldOf('verifying-rollback'), told('ecs-svc/3', 'in-progress'), verify)).toEqual({});
    const look = { effect: { kind: 'check', health: true, observe: true } };
    expect(whole(worldOf('verifying-rollback'), told('ecs-svc/9', 'in-progress'), verify)).toEqual(look);
    expect(whole(worldOf('verifying-rollback'), told('ecs-svc/3', 'completed'), verify)).toEqual(look);
  });
});
