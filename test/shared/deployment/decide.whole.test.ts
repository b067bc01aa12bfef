import { describe, expect, it } from 'vitest';
import type { World } from '../../../shared/deployment/decision.ts';
import type { Input, Moment } from '../../../shared/deployment/input.ts';
import type { Observation, Reason } from '../../../shared/deployment/types.ts';
import {
  alarm,
  deployment,
  digest,
  inputs,
  lane,
  moment,
  NOW,
  revision,
  service,
  settings,
  waiter,
  worldOf,
} from './builders.ts';
import { GONE, whole } from './whole.ts';

/**
 * Decisions as wholes, worked by hand from sections 5 to 7 of the design: every member that changes, every event with what it tells, every
 * wake. `builders.ts` says what was there before.
 */
const verify = moment({ function: 'verify' });
const rollback = moment({ function: 'rollback' });
const deploy = moment();

const LEASE = { by: 'me', until: NOW + 120_000 };
const ONE = revision(1, 'a');
const TWO = revision(2, 'b');
const LEFT = { deployment: 'd-new', digest: digest('b'), revision: TWO.id };

/** 600 s to roll back, and five checks of 20 s with pauses of 1, 2, 4 and 8 s. */
const ROLLBACK_TIME = 715_000;

const wake = (name: Moment['function'], id: string, number?: number, delaySeconds = 0) => ({
  function: name,
  service: 'api',
  deployment: id,
  ...(number === undefined ? {} : { number }),
  delaySeconds,
});

const observed = (observation: Observation): Input => ({ kind: 'observed', observation });
const checked = (over: Partial<Extract<Input, { kind: 'checked' }>> = {}): Input => ({ kind: 'checked', alarms: [], ...over });
const COMPLETED = { phase: 'completed', desired: 2 } as const;
const WELL = { healthy: true, detail: '200' };
const ILL = { healthy: false, detail: 'http://api/health answered 500' };

/** What going back changes in a deployment that had a rollout; `over` is what differs. */
const goingBack = (failure: object, over: object = {}) => ({
  state: 'rolling-back',
  failure,
  leaving: LEFT,
  destination: ONE,
  deadline: NOW + ROLLBACK_TIME,
  wakeNumber: 2,
  ...over,
});

const verdictOf = (over: object) => ({
  terminal: true,
  changed: false,
  verified: false,
  notWatched: [],
  checkAttempts: 0,
  durationSeconds: 1,
  ...over,
});

const quarantine = (reason: Reason, by = 'd-new', letter = 'b') => ({
  digest: digest(letter),
  environment: 'preprod',
  service: 'api',
  deployment: by,
  at: NOW,
  reason,
});

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
    const world = worldOf('rolling-out', { settings: { ...settings, bakeSeconds: 0 } });
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
    expect(whole(worldOf('rolling-out'), { ...inputs['task-stopped'], rollout: 'ecs-svc/9' }, verify)).toEqual({});
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
        deployment: { troubles: troubles + 1, wakeAt: NOW + seconds * 1000, wakeNumber: 2 },
        service: {},
        wakes: [wake('verify', 'd-new', 2, seconds)],
      });
  });
});

describe('verifying', () => {
  it('woken checks; before its time it does nothing; after its deadline it goes back', () => {
    expect(whole(worldOf('verifying'), { kind: 'woken' }, verify)).toEqual({
      effect: { kind: 'check', health: true, observe: false },
    });
    expect(whole(worldOf('verifying', { nextCheckAt: NOW + 1 }), { kind: 'woken' }, verify)).toEqual({});
    const noBake = { settings: { ...settings, bakeSeconds: 0 } };
    expect(whole(worldOf('verifying', noBake), { kind: 'woken' }, verify)).toEqual({
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
    expect(whole(worldOf('verifying', { settings: { ...settings, bakeSeconds: 0 } }), nobody, verify)).toMatchObject({
      deployment: { state: 'succeeded' },
    });
    expect(whole(worldOf('verifying', { desired: 0 }), checked({ health: ILL }), verify)).toMatchObject({
      deployment: { state: 'baking' },
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
    const others: Input = { ...inputs['task-stopped'], rollout: 'ecs-svc/9' };
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

describe('baking', () => {
  const verified = { revision: TWO, digest: digest('b'), deployment: 'd-new', at: NOW, before: ONE };
  const ran = { at: NOW, deployment: 'd-new', digest: digest('b'), revision: TWO.id, underWay: false };
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
      { service: service({ active: 'd-new', window: old, wakeAt: NOW + 5 }) },
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

  it('a revision whose forerunner is not known is verified without one', () => {
    const world = worldOf('baking');
    const { before: _, ...rest } = world.deployment ?? deployment('baking');
    const { before: __, ...alone } = verified;
    expect(whole({ ...world, deployment: rest }, checked({ observation: COMPLETED }), verify)).toMatchObject({
      service: { verified: [...service().verified, alone] },
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

const leased: Partial<World> = { service: service({ active: 'd-new', lease: LEASE }) };
const byOther: Partial<World> = { service: service({ active: 'd-new', lease: { by: 'other', until: NOW + 7000 } }) };

describe('rolling-back', () => {
  it('woken looks back under the lease; while another calls it waits for the lease´s end', () => {
    expect(whole(worldOf('rolling-back'), { kind: 'woken' }, rollback)).toEqual({
      deployment: { wakeAt: NOW + 120_000, wakeNumber: 2 },
      service: { lease: LEASE },
      effect: { kind: 'look-back' },
    });
    expect(whole(worldOf('rolling-back', {}, byOther), { kind: 'woken' }, rollback)).toEqual({
      deployment: { wakeAt: NOW + 7000, wakeNumber: 2 },
      wakes: [wake('rollback', 'd-new', 2, 7)],
    });
  });

  it('after its deadline fails, and says what was wrong first', () => {
    const message =
      'it failed; and it could not be undone: the rollback did not come to an end in the time that was stated for it';
    const reason = { code: 'rollback-deadline', message };
    expect(whole(worldOf('rolling-back', { deadline: NOW }), { kind: 'woken' }, rollback)).toEqual({
      deployment: {
        state: 'failed',
        outcome: { changed: true, verified: false, notWatched: [], reason, at: NOW },
        deadline: GONE,
        wakeAt: GONE,
        sequence: 2,
        wakeNumber: 2,
      },
      service: { active: GONE },
      lane: { holder: GONE },
      events: [{ type: 'DeploymentFailed', sequence: 2, verdict: 'failed', ...verdictOf({ reason, changed: true, left: LEFT }) }],
    });
  });

  it('asks for the restore when the destination is there', () => {
    expect(whole(worldOf('rolling-back', {}, leased), inputs.looked, rollback)).toEqual({ effect: { kind: 'restore' } });
    expect(whole(worldOf('rolling-back', {}, byOther), inputs.looked, rollback)).toEqual({});
    expect(whole(worldOf('rolling-back'), inputs.looked, rollback)).toEqual({});
  });

  it('tells that it went back, by whom, and to what, once', () => {
    const restore = { revision: ONE, id: 'ecs-svc/3', startedAt: NOW };
    const told = {
      type: 'RollbackStarted',
      sequence: 2,
      reason: { code: 'health-check', message: 'it failed' },
      left: LEFT,
      destination: ONE,
    };
    expect(whole(worldOf('rolling-back', {}, leased), inputs['restore-answered'], rollback)).toEqual({
      deployment: {
        state: 'verifying-rollback',
        restores: 1,
        restore,
        nextCheckAt: NOW + 120_000,
        wakeAt: NOW + 120_000,
        sequence: 2,
        wakeNumber: 2,
      },
      service: { lease: GONE },
      events: [{ ...told, by: 'switchyard' }],
      wakes: [wake('verify', 'd-new', 2, 120)],
    });
    expect(whole(worldOf('rolling-back', { restores: 1 }, leased), inputs['restore-answered'], rollback)).not.toHaveProperty(
      'events',
    );
    const nothing: Input = { kind: 'restore-answered', answer: { did: 'nothing', settled: true, rollout: restore } };
    expect(whole(worldOf('rolling-back', {}, leased), nothing, rollback)).toEqual({
      deployment: { state: 'verifying-rollback', restore, nextCheckAt: NOW, sequence: 2, wakeNumber: 2 },
      service: { lease: GONE },
      events: [{ ...told, by: 'target' }],
      wakes: [wake('verify', 'd-new', 2)],
    });
    const unsettled: Input = { kind: 'restore-answered', answer: { did: 'nothing', settled: false } };
    expect(whole(worldOf('rolling-back', {}, leased), unsettled, rollback)).toMatchObject({
      deployment: { restore: { revision: ONE, id: '', startedAt: NOW }, nextCheckAt: NOW + 120_000, wakeAt: NOW + 120_000 },
    });
  });

  it('a destination that was registered once more is as verified as it was', () => {
    const again = revision(7, 'a');
    const called: Input = {
      kind: 'restore-answered',
      answer: { did: 'called', rollout: { revision: again, id: 'ecs-svc/3', startedAt: NOW } },
    };
    const [old] = service().verified;
    const others = { revision: revision(0, '0'), digest: digest('0'), deployment: 'd-0', at: NOW };
    const world = worldOf(
      'rolling-back',
      {},
      { service: service({ active: 'd-new', lease: LEASE, verified: [others, ...(old ? [old] : [])] }) },
    );
    expect(whole(world, called, rollback)).toMatchObject({
      deployment: { destination: again },
      service: { verified: [others, { ...old, revision: again }] },
      events: [{ destination: again }],
    });
  });

  it('watches while the target itself undoes it', () => {
    const watch: Input = { kind: 'restore-answered', answer: { did: 'watch' } };
    expect(whole(worldOf('rolling-back', {}, leased), watch, rollback)).toEqual({
      deployment: { wakeAt: NOW + 60_000, wakeNumber: 2 },
      service: { lease: GONE },
      wakes: [wake('rollback', 'd-new', 2, 60)],
    });
  });

  it('fails where somebody else has taken over, or the target says no', () => {
    const running = revision(9, 'c');
    const taken: Input = { kind: 'restore-answered', answer: { did: 'taken-over', running, message: 'theirs' } };
    expect(whole(worldOf('rolling-back', {}, leased), taken, rollback)).toMatchObject({
      deployment: {
        state: 'failed',
        outcome: {
          changed: true,
          running,
          reason: { code: 'taken-over', message: 'it failed; and it could not be undone: theirs' },
        },
      },
      service: { active: GONE, lease: GONE },
    });
    const refused: Input = {
      kind: 'restore-answered',
      answer: { did: 'refused', failure: { code: 'not-allowed', message: 'no', evidence: false } },
    };
    const after = whole(worldOf('rolling-back', {}, leased), refused, rollback);
    expect(after).toMatchObject({
      deployment: {
        state: 'failed',
        outcome: { reason: { code: 'not-allowed', message: 'it failed; and it could not be undone: no' } },
      },
    });
    const { failure: _, rollout: __, ...bare } = deployment('rolling-back');
    expect(whole({ ...worldOf('rolling-back', {}, leased), deployment: bare }, refused, rollback)).toMatchObject({
      deployment: { outcome: { changed: false, reason: { code: 'not-allowed', message: 'no' } } },
    });
  });

  it('learns what has to be undone from a start that was under way', () => {
    const world = worldOf('rolling-back', {}, leased);
    const { rollout: _, ...rest } = world.deployment ?? deployment('rolling-back');
    const before = { ...rest, leaving: { deployment: 'd-new', digest: digest('b') } };
    expect(whole({ ...world, deployment: before }, inputs['start-answered'], deploy)).toEqual({
      deployment: { rollout: { revision: TWO, id: 'ecs-svc/2', startedAt: NOW }, leaving: LEFT, wakeNumber: 2 },
      service: { lease: GONE },
      wakes: [wake('rollback', 'd-new', 2)],
    });
    const refused: Input = { kind: 'start-answered', answer: { refused: { code: 'x', message: 'x', evidence: false } } };
    expect(whole({ ...world, deployment: before }, refused, deploy)).toEqual({
      deployment: { wakeNumber: 2 },
      service: { lease: GONE },
      wakes: [wake('rollback', 'd-new', 2)],
    });
  });

  it('told of the end of a rollout looks at once, unless another calls', () => {
    expect(whole(worldOf('rolling-back', { wakeAt: NOW + 5 }), inputs['rollout-told'], verify)).toEqual({
      deployment: { wakeAt: NOW, wakeNumber: 2 },
      wakes: [wake('rollback', 'd-new', 2)],
    });
    expect(whole(worldOf('rolling-back', {}, byOther), inputs['rollout-told'], verify)).toEqual({});
    expect(whole(worldOf('rolling-back'), { ...inputs['rollout-told'], what: 'in-progress' }, verify)).toEqual({});
  });

  it('a call whose answer is lost keeps the lease; one that was refused for now gives it back', () => {
    expect(whole(worldOf('rolling-back', {}, leased), inputs.erred, rollback)).toEqual({
      deployment: { troubles: 1, wakeAt: NOW + 120_000, wakeNumber: 2 },
      wakes: [wake('rollback', 'd-new', 2, 120)],
    });
    expect(whole(worldOf('rolling-back', {}, leased), { kind: 'erred', message: 'slow', ambiguous: false }, rollback)).toEqual({
      deployment: { troubles: 1, wakeAt: NOW + 1000, wakeNumber: 2 },
      service: { lease: GONE },
      wakes: [wake('rollback', 'd-new', 2, 1)],
    });
    expect(whole(worldOf('rolling-back', {}, byOther), inputs.erred, rollback)).toEqual({
      deployment: { troubles: 1, wakeAt: NOW + 1000, wakeNumber: 2 },
      service: {},
      wakes: [wake('rollback', 'd-new', 2, 1)],
    });
  });

  it('without a destination says so', () => {
    const world = worldOf('rolling-back');
    const { destination: _, ...rest } = world.deployment ?? deployment('rolling-back');
    const message =
      'it failed; and it could not be undone: there is no verified revision to go back to, and what ran before is not known or cannot be brought';
    expect(whole({ ...world, deployment: rest }, { kind: 'woken' }, rollback)).toMatchObject({
      deployment: { outcome: { reason: { code: 'no-destination', message } } },
    });
  });

  it('takes no cancel', () => {
    const reason = { code: 'cancel-too-late', message: 'it is being rolled back already' };
    const told = {
      deployment: { refusedCancel: 'event-c', sequence: 2, wakeNumber: 2 },
      events: [{ type: 'CancelRejected', sequence: 2, reason }],
    };
    expect(whole(worldOf('rolling-back'), inputs['cancel-requested'], rollback)).toEqual({
      ...told,
      wakes: [wake('rollback', 'd-new', 2)],
    });
    expect(whole(worldOf('verifying-rollback'), inputs['cancel-requested'], rollback)).toEqual({
      ...told,
      wakes: [wake('verify', 'd-new', 2)],
    });
    expect(whole(worldOf('succeeded'), inputs['cancel-requested'], rollback)).toMatchObject({
      events: [{ reason: { message: 'it has ended already: succeeded' } }],
    });
  });
});

describe('the destination´s own alarm', () => {
  const window = {
    deployment: 'd-old',
    revision: ONE,
    digest: digest('a'),
    opensAt: NOW - 900_000,
    closesAt: NOW + 900_000,
    alarms: ['arn:alarm:errors'],
    baseline: [],
  };
  const zero = { revision: revision(0, '0'), digest: digest('0'), deployment: 'd-0', at: NOW };
  const rings = alarm({ at: NOW - 60_001 });
  const around: Partial<World> = {
    service: service({ active: 'd-new', lease: LEASE, window, wakeAt: NOW + 1, verified: [zero, ...service().verified] }),
  };
  const against = quarantine({ code: 'alarm', message: 'alarm errors is firing: too many' }, 'd-new', 'a');

  it('found before the restore takes the destination away, and another one is looked at', () => {
    const input: Input = { kind: 'looked', alarms: [rings] };
    expect(whole(worldOf('rolling-back', {}, around), input, rollback)).toEqual({
      deployment: { baseline: ['arn:alarm:errors'], destination: zero.revision, wakeNumber: 2 },
      service: { verified: [zero], window: GONE, wakeAt: GONE },
      quarantine: against,
      effect: { kind: 'look-back' },
    });
    const known = worldOf('rolling-back', { baseline: ['arn:alarm:errors'] }, around);
    expect(whole(known, input, rollback)).toEqual({ effect: { kind: 'restore' } });
    const quiet: Input = { kind: 'looked', alarms: [alarm({ at: NOW - 60_001, state: 'OK' })] };
    expect(whole(worldOf('rolling-back', {}, around), quiet, rollback)).toEqual({ effect: { kind: 'restore' } });
  });

  it('with nowhere else to go lets the lease go, and its owner says so at once', () => {
    const { before: _, ...rest } = deployment('rolling-back');
    const alone = {
      ...worldOf('rolling-back', {}, { service: service({ active: 'd-new', lease: LEASE, window }) }),
      deployment: rest,
    };
    expect(whole(alone, { kind: 'looked', alarms: [rings] }, rollback)).toEqual({
      deployment: { baseline: ['arn:alarm:errors'], destination: GONE, wakeNumber: 2 },
      service: { verified: [], window: GONE, lease: GONE },
      quarantine: against,
      wakes: [wake('rollback', 'd-new', 2)],
    });
  });

  it('told by its event while it is on the way back is the same', () => {
    expect(whole(worldOf('rolling-back', {}, around), { kind: 'alarm-changed', alarm: rings, previous: 'OK' }, rollback)).toEqual(
      {
        deployment: { baseline: ['arn:alarm:errors'], destination: zero.revision, wakeNumber: 2 },
        service: { verified: [zero], window: GONE, wakeAt: GONE },
        quarantine: against,
        wakes: [wake('rollback', 'd-new', 2)],
      },
    );
    const over: Input = { kind: 'alarm-changed', alarm: alarm({ ...rings, state: 'OK' }), previous: 'ALARM' };
    expect(whole(worldOf('rolling-back', {}, around), over, rollback)).toEqual({});
    const late: Input = { kind: 'alarm-changed', alarm: alarm({ at: NOW - 60_000 }), previous: 'OK' };
    expect(whole(worldOf('rolling-back', {}, around), late, rollback)).toEqual({});
  });

  it('before the start leaves what comes alone, but its way back is another', () => {
    const { rollout: _, ...rest } = deployment('starting', {
      adopted: true,
      before: { revision: ONE, settled: true, desired: 2 },
    });
    const world: World = { ...worldOf('starting', {}, around), deployment: rest };
    expect(whole(world, { kind: 'alarm-changed', alarm: rings, previous: 'OK' }, rollback)).toEqual({
      deployment: { adopted: false, baseline: ['arn:alarm:errors'], wakeNumber: 2 },
      service: { verified: [zero], window: GONE, wakeAt: GONE },
      quarantine: against,
      wakes: [wake('deploy', 'd-new', 2)],
    });
    const theirs = { ...rest, before: { revision: revision(5, '5'), settled: true, desired: 2 } };
    expect(
      whole({ ...world, deployment: theirs }, { kind: 'alarm-changed', alarm: rings, previous: 'OK' }, rollback)['deployment'],
    ).toEqual({
      baseline: ['arn:alarm:errors'],
      wakeNumber: 2,
    });
  });

  it.each([
    ['at the moment its window opened', NOW - 900_000, true],
    ['before its window', NOW - 900_001, false],
  ])('fired %s', (_, at, counts) => {
    const { rollout: __, ...rest } = deployment('starting');
    const after = whole(
      { ...worldOf('starting', {}, around), deployment: rest },
      { kind: 'alarm-changed', alarm: alarm({ at }), previous: 'OK' },
      rollback,
    );
    expect('quarantine' in after).toBe(counts);
  });

  it.each([
    ['at the moment its window closes', NOW + 900_000, true],
    ['after its window', NOW + 900_001, false],
  ])('fired %s, while nothing has started', (_, at, counts) => {
    const { rollout: __, ...rest } = deployment('starting');
    const after = whole(
      { ...worldOf('starting', {}, around), deployment: rest },
      { kind: 'alarm-changed', alarm: alarm({ at }), previous: 'OK' },
      rollback,
    );
    expect('quarantine' in after).toBe(counts);
  });

  it('is not that of another alarm, nor of the deployment itself', () => {
    const { rollout: _, ...rest } = deployment('starting');
    const world = { ...worldOf('starting', {}, around), deployment: rest };
    expect(whole(world, { kind: 'alarm-changed', alarm: alarm({ arn: 'arn:alarm:x' }), previous: 'OK' }, rollback)).toEqual({});
    const own = { ...world, service: { ...world.service, window: { ...window, deployment: 'd-new' } } };
    expect(whole(own, inputs['alarm-changed'], rollback)).toEqual({});
  });
});

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
    const unknown = worldOf('verifying-rollback', {}, { service: service({ active: 'd-new', verified: [] }) });
    expect(whole(unknown, checked({ health: WELL, observation: COMPLETED }), verify)).toMatchObject({
      deployment: { state: 'rolled-back', outcome: { verified: false } },
      service: { history: [...service().history, { at: NOW, digest: digest('a'), revision: ONE.id, underWay: false }] },
    });
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
    for (const observation of [{ phase: 'in-progress' }, { phase: 'undoing', failure: { ...reason, evidence: false } }] as const)
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

describe('late answers', () => {
  it.each(['looked', 'start-answered', 'restore-answered'] as const)('%s lets the lease go, and the owner looks', (kind) => {
    for (const state of ['rolling-out', 'verifying', 'baking', 'verifying-rollback'] as const) {
      expect(whole(worldOf(state, {}, leased), inputs[kind], deploy)).toEqual({
        deployment: { wakeNumber: 2 },
        service: { lease: GONE },
        wakes: [wake('verify', 'd-new', 2)],
      });
      expect(whole(worldOf(state, {}, byOther), inputs[kind], deploy)).toEqual({});
    }
    const ended = worldOf('failed', {}, { service: service({ lease: LEASE }) });
    const { wakeAt: _, ...rest } = ended.deployment ?? deployment('failed');
    expect(whole({ ...ended, deployment: rest }, inputs[kind], deploy)).toEqual({ service: { lease: GONE } });
  });
});
