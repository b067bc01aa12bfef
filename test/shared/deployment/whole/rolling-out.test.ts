import { describe, expect, it } from 'vitest';
import type { Input } from '../../../../shared/deployment/input.ts';
import type { Observation } from '../../../../shared/deployment/observations.ts';
import {
  alarm,
  digest,
  inputs,
  lane,
  NOW,
  quarantine,
  revision,
  rollback,
  service,
  verify,
  waiter,
  worldOf,
} from '../builders.ts';
import { COMPLETED, goingBack, LEASE, NO_BAKE, ONE, observed, TWO, verdictOf, wake } from './parts.ts';
import { GONE, whole } from './whole.ts';

describe('rolling-out', () => {
  it('woken before its deadline only looks', () => {
    expect(whole(worldOf('rolling-out'), { kind: 'woken' }, verify)).toEqual({ effect: { kind: 'observe' } });
  });

  it('woken at its deadline goes back, without evidence', () => {
    const failure = {
      code: 'deadline',
      message: 'it did not come to an end in the time that was stated for it',
      evidence: false,
    };
    expect(whole(worldOf('rolling-out', { deadline: NOW }), { kind: 'woken' }, verify)).toEqual({
      deployment: goingBack(failure),
      service: {},
      wakes: [wake('rollback', 'd-new', 2)],
    });
  });

  it('at its deadline names the first task that stopped, which is no evidence then', () => {
    const stopped = { task: 't', at: NOW, code: 'x', reason: 'out of memory', exitCode: 137, evidence: true };
    const message =
      'it did not come to an end in the time that was stated for it; the first task stopped: out of memory, exit code 137';
    expect(whole(worldOf('rolling-out', { deadline: NOW, stopped }), { kind: 'woken' }, verify)).toMatchObject({
      deployment: { failure: { code: 'deadline', message, evidence: false } },
    });
  });

  it('completed begins the checks', () => {
    const deployment = { state: 'verifying', nextCheckAt: NOW, desired: 3, sequence: 3, wakeNumber: 2 };
    expect(whole(worldOf('rolling-out'), observed({ phase: 'completed', desired: 3 }), verify)).toEqual({
      deployment,
      events: [
        { type: 'DeploymentProgressed', sequence: 2, phase: 'rolled-out', message: 'api:2 is rolled out' },
        { type: 'VerificationStarted', sequence: 3, revision: TWO },
      ],
      effect: { kind: 'check', health: true, observe: false },
    });
  });

  it('completed without a bake owes the last look with the first check', () => {
    const world = worldOf('rolling-out', NO_BAKE);
    expect(whole(world, observed(COMPLETED), verify)).toMatchObject({ effect: { kind: 'check', health: true, observe: true } });
  });

  it('told of by the event begins the checks without counting, and another function hands over', () => {
    expect(whole(worldOf('rolling-out'), inputs['rollout-told'], rollback)).toEqual({
      deployment: { state: 'verifying', nextCheckAt: NOW, sequence: 3, wakeNumber: 2 },
      events: [
        { type: 'DeploymentProgressed', sequence: 2, phase: 'rolled-out', message: 'api:2 is rolled out' },
        { type: 'VerificationStarted', sequence: 3, revision: TWO },
      ],
      wakes: [wake('verify', 'd-new', 2)],
    });
  });

  it('told of another rollout, or of a failure, asks the target; told of progress does nothing', () => {
    const other: Input = { ...inputs['rollout-told'], rollout: 'ecs-svc/9' };
    const failed: Input = { ...inputs['rollout-told'], what: 'failed' };
    const progress: Input = { ...inputs['rollout-told'], what: 'in-progress' };
    expect(whole(worldOf('rolling-out'), other, verify)).toEqual({ effect: { kind: 'observe' } });
    expect(whole(worldOf('rolling-out'), failed, verify)).toEqual({ effect: { kind: 'observe' } });
    expect(whole(worldOf('rolling-out'), progress, verify)).toEqual({});
  });

  it('in progress is looked at again after five minutes, and never after its deadline', () => {
    expect(whole(worldOf('rolling-out', { troubles: 2 }), observed({ phase: 'in-progress' }), verify)).toEqual({
      deployment: { wakeAt: NOW + 300_000, troubles: 0, wakeNumber: 2 },
      wakes: [wake('verify', 'd-new', 2, 300)],
    });
    expect(whole(worldOf('rolling-out', { deadline: NOW + 90_500 }), observed({ phase: 'in-progress' }), verify)).toEqual({
      deployment: { wakeAt: NOW + 90_500, wakeNumber: 2 },
      wakes: [wake('verify', 'd-new', 2, 91)],
    });
    expect(whole(worldOf('rolling-out', { deadline: NOW }), observed({ phase: 'in-progress' }), verify)).toMatchObject({
      deployment: { state: 'rolling-back', failure: { code: 'deadline' } },
    });
  });

  it.each(['failed', 'undone', 'undoing'] as const)('%s goes back with the target´s reason and the stopped task', (phase) => {
    const failure = { code: 'ecs-rolled-back', message: 'the circuit breaker', evidence: false };
    const observation = (phase === 'undoing' ? { phase, failure } : { phase, failure, running: ONE }) as Observation;
    const stopped = { task: 't', at: NOW, code: 'x', reason: 'it exited', evidence: true };
    expect(whole(worldOf('rolling-out', { stopped }), observed(observation), verify)).toEqual({
      deployment: goingBack({
        code: 'ecs-rolled-back',
        message: 'the circuit breaker; the first task stopped: it exited',
        evidence: true,
      }),
      service: {},
      quarantine: quarantine({ code: 'ecs-rolled-back', message: 'the circuit breaker; the first task stopped: it exited' }),
      wakes: [wake('rollback', 'd-new', 2)],
    });
  });

  it('does not say twice why the first task stopped', () => {
    const failure = { code: 'ecs-failed', message: 'no: it exited', evidence: false };
    const stopped = { task: 't', at: NOW, code: 'x', reason: 'it exited', evidence: true };
    expect(
      whole(worldOf('rolling-out', { stopped }), observed({ phase: 'failed', failure, running: ONE }), verify),
    ).toMatchObject({
      deployment: { failure },
    });
  });

  it('taken over or gone is no longer ours', () => {
    const world = worldOf('rolling-out', {}, { lane: lane({ holder: waiter('d-new'), waiting: [waiter('d-2')] }) });
    const running = revision(9, 'c');
    const reason = { code: 'taken-over', message: 'theirs' };
    expect(whole(world, observed({ phase: 'taken-over', running, message: 'theirs' }), verify)).toEqual({
      deployment: {
        state: 'failed',
        outcome: { changed: true, verified: false, notWatched: [], reason, running, at: NOW },
        deadline: GONE,
        wakeAt: GONE,
        sequence: 2,
        wakeNumber: 2,
      },
      service: {
        active: GONE,
        history: [...service().history, { at: NOW, digest: digest('c'), revision: running.id, underWay: false }],
      },
      lane: { holder: waiter('d-2'), waiting: [], wakeAt: NOW, wakeNumber: 1 },
      events: [{ type: 'DeploymentFailed', sequence: 2, verdict: 'failed', ...verdictOf({ reason, changed: true, running }) }],
      wakes: [wake('deploy', 'd-2')],
    });
    expect(whole(worldOf('rolling-out'), observed({ phase: 'gone', message: 'deleted' }), verify)).toMatchObject({
      deployment: { state: 'failed', outcome: { reason: { code: 'service-gone', message: 'deleted' }, changed: true } },
      service: { active: GONE },
    });
  });

  it('tells of the first task that stops, once, and of ours alone', () => {
    const { stopped } = inputs['task-stopped'];
    const { evidence: _, ...shown } = stopped;
    const progressed = {
      type: 'DeploymentProgressed',
      sequence: 2,
      phase: 'task-stopped',
      message: 'a task stopped: Essential container in task exited (exit code 1)',
      stopped: shown,
    };
    expect(whole(worldOf('rolling-out'), inputs['task-stopped'], verify)).toEqual({
      deployment: { stopped, sequence: 2, wakeNumber: 2 },
      events: [progressed],
      wakes: [wake('verify', 'd-new', 2)],
    });
    expect(whole(worldOf('rolling-out', { stopped }), inputs['task-stopped'], verify)).toEqual({});
    expect(
      whole(worldOf('rolling-out'), { ...inputs['task-stopped'], rollout: 'ecs-svc/9', revision: 'another' }, verify),
    ).toEqual({});
    const unnamed = { ...inputs['task-stopped'], rollout: 'ecs-svc/9' };
    expect(whole(worldOf('rolling-out'), unnamed, verify)['events']).toEqual([progressed]);
    const { exitCode: __, ...silent } = stopped;
    expect(whole(worldOf('rolling-out'), { ...inputs['task-stopped'], stopped: silent }, verify)).toMatchObject({
      events: [{ message: 'a task stopped: Essential container in task exited' }],
    });
  });

  it('goes back at an alarm of its own, in the one commit that tells why', () => {
    const failure = { code: 'alarm', message: 'alarm errors is firing: too many', evidence: true };
    expect(whole(worldOf('rolling-out'), inputs['alarm-changed'], rollback)).toEqual({
      deployment: goingBack(failure, { wakeAt: NOW + 120_000 }),
      service: { lease: LEASE },
      quarantine: quarantine({ code: 'alarm', message: failure.message }),
      effect: { kind: 'look-back' },
    });
  });

  it('does not count an alarm from before its baseline, nor one of the baseline', () => {
    const early: Input = { ...inputs['alarm-changed'], alarm: alarm({ at: NOW - 61_001 }) };
    const first: Input = { ...inputs['alarm-changed'], alarm: alarm({ at: NOW - 61_000 }) };
    expect(whole(worldOf('rolling-out'), early, rollback)).toEqual({});
    expect(whole(worldOf('rolling-out'), first, rollback)).toMatchObject({ deployment: { state: 'rolling-back' } });
    const known = { baseline: ['arn:alarm:errors'] };
    const unsure: Input = { ...inputs['alarm-changed'], previous: 'INSUFFICIENT_DATA' };
    expect(whole(worldOf('rolling-out', known), unsure, rollback)).toEqual({});
    expect(whole(worldOf('rolling-out', known), early, rollback)).toEqual({});
  });

  it('counts an alarm of the baseline once it has been OK', () => {
    const known = { baseline: ['arn:alarm:other', 'arn:alarm:errors'] };
    const ok: Input = { ...inputs['alarm-changed'], alarm: alarm({ state: 'OK' }), previous: 'ALARM' };
    expect(whole(worldOf('rolling-out', known), ok, rollback)).toEqual({
      deployment: { baseline: ['arn:alarm:other'], wakeNumber: 2 },
      wakes: [wake('verify', 'd-new', 2)],
    });
    expect(whole(worldOf('rolling-out'), ok, rollback)).toEqual({});
  });

  it('cancelled becomes its own rollback, and nothing speaks against the image', () => {
    expect(whole(worldOf('rolling-out'), inputs['cancel-requested'], rollback)).toEqual({
      deployment: goingBack({ code: 'cancelled', message: 'not now', evidence: false }, { wakeAt: NOW + 120_000 }),
      service: { lease: LEASE },
      effect: { kind: 'look-back' },
    });
  });

  it('keeps the beginning of a long error, and tells it at the deadline', () => {
    const erred = { ...inputs.erred, message: 'x'.repeat(301) };
    expect(whole(worldOf('rolling-out'), erred, verify)).toMatchObject({ deployment: { trouble: 'x'.repeat(300) } });
    const message = 'it did not come to an end in the time that was stated for it; the last answer was: eu: slow down';
    const world = worldOf('rolling-out', { deadline: NOW, troubles: 1, trouble: 'eu: slow down' });
    expect(whole(world, { kind: 'woken' }, verify)).toMatchObject({ deployment: { failure: { code: 'deadline', message } } });
  });

  it('a look without an answer is made again, later each time', () => {
    for (const [troubles, seconds] of [
      [0, 1],
      [1, 5],
      [2, 15],
      [3, 30],
      [4, 60],
      [9, 60],
    ] as const)
      expect(whole(worldOf('rolling-out', { troubles }), inputs.erred, verify)).toEqual({
        deployment: { troubles: troubles + 1, trouble: 'reset', wakeAt: NOW + seconds * 1000, wakeNumber: 2 },
        service: {},
        wakes: [wake('verify', 'd-new', 2, seconds)],
      });
  });
});
