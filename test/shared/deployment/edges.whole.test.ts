import { describe, expect, it } from 'vitest';
import { changesNothing, type Decision, NO_CHANGE, type World } from '../../../shared/deployment/decision.ts';
import type { Input } from '../../../shared/deployment/input.ts';
import { verdictDraft } from '../../../shared/deployment/verdicts.ts';
import { windowHeard, windowRead } from '../../../shared/deployment/windows.ts';
import {
  alarm,
  arrival,
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

/** As `decide.whole.test.ts`: where two things meet. */
const deploy = moment();
const verify = moment({ function: 'verify' });
const rollback = moment({ function: 'rollback' });

const LEASE = { by: 'me', until: NOW + 120_000 };
const ONE = revision(1, 'a');
const TWO = revision(2, 'b');

const checked = (over: Partial<Extract<Input, { kind: 'checked' }>> = {}): Input => ({ kind: 'checked', alarms: [], ...over });
const WELL = { healthy: true, detail: '200' };
const noBake = { settings: { ...settings, bakeSeconds: 0 } };

const window = {
  deployment: 'd-old',
  revision: ONE,
  digest: digest('a'),
  opensAt: NOW - 900_000,
  closesAt: NOW + 900_000,
  alarms: ['arn:alarm:errors'],
  baseline: [],
};
/** Fired before the first task of what is being deployed. */
const old = alarm({ at: NOW - 60_001 });

describe('a decision', () => {
  it.each([
    ['a deployment', { deployment: deployment('queued') }],
    ['a service', { service: service() }],
    ['a lane', { lane: lane() }],
    ['another deployment', { others: [deployment('queued')] }],
  ] as const)('with %s changes something', (_, part) => {
    expect(changesNothing({ ...NO_CHANGE, ...part } as Decision)).toBe(false);
  });

  it('with nothing but what is to be performed changes nothing', () => {
    expect(changesNothing({ ...NO_CHANGE, effect: { kind: 'look' } })).toBe(true);
    expect(NO_CHANGE).toEqual({ others: [], events: [], wakes: [] });
  });

  it('has no verdict to tell without an outcome', () => {
    expect(() => verdictDraft(deployment('queued', { id: 'd-1' }), 1, NOW)).toThrow(
      'deployment d-1 is queued without an outcome',
    );
  });
});

describe('the last look without a bake', () => {
  it.each(['failed', 'undone'] as const)('that finds it %s goes back, and says that the checks failed', (phase) => {
    const failure = { code: 'ecs-failed', message: 'no', evidence: false };
    const look = checked({ health: WELL, observation: { phase, failure, running: ONE } });
    expect(whole(worldOf('verifying', noBake), look, verify)).toMatchObject({
      deployment: { state: 'rolling-back', failure },
      events: [{ type: 'VerificationFailed', sequence: 2, reason: { code: 'ecs-failed', message: 'no' }, checkAttempts: 1 }],
    });
  });

  it('that finds it in progress waits', () => {
    const look = checked({ health: WELL, observation: { phase: 'in-progress' } });
    expect(whole(worldOf('verifying', noBake), look, verify)).toMatchObject({ deployment: { wakeAt: NOW + 60_000 } });
  });

  it('with tasks that are wanted and ill is no success', () => {
    const look = checked({ health: { healthy: false, detail: '500' }, observation: { phase: 'completed', desired: 2 } });
    expect(whole(worldOf('verifying', { ...noBake, desired: 0 }), look, verify)).toMatchObject({
      deployment: { checkAttempts: 1 },
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

describe('an alarm', () => {
  it.each(['verifying', 'baking'] as const)('told while it is %s says that the checks failed', (state) => {
    const reason = { code: 'alarm', message: 'alarm errors is firing: too many' };
    expect(whole(worldOf(state), inputs['alarm-changed'], rollback)).toMatchObject({
      deployment: { state: 'rolling-back' },
      events: [{ type: 'VerificationFailed', sequence: 2, reason }],
    });
  });

  it('read at the last look of the bake goes back', () => {
    const look = checked({ alarms: [alarm()], observation: { phase: 'completed', desired: 2 } });
    expect(whole(worldOf('baking'), look, verify)).toMatchObject({
      deployment: { state: 'rolling-back', failure: { code: 'alarm' } },
    });
  });

  const replacing: Partial<World> = { service: service({ active: 'd-new', window, wakeAt: NOW + 1 }) };

  it.each(['verifying', 'baking'] as const)('of what is replaced, read while it is %s, is not its own', (state) => {
    const after = whole(worldOf(state, { wakeAt: NOW + 5 }, replacing), checked({ alarms: [old] }), verify);
    expect(after).toMatchObject({
      deployment: { baseline: ['arn:alarm:errors'] },
      service: { verified: [], window: GONE, wakeAt: GONE },
      quarantine: { digest: digest('a') },
    });
    expect(after['deployment']).not.toHaveProperty('wakeAt');
    const none = deployment(state);
    const { wakeAt: _, ...never } = none;
    expect(whole({ ...worldOf(state, {}, replacing), deployment: never }, checked({ alarms: [old] }), verify)).toMatchObject({
      deployment: { wakeAt: NOW },
    });
  });

  it('of what is replaced revokes every revision of its digest', () => {
    const again = { revision: revision(5, 'a'), digest: digest('a'), deployment: 'd-5', at: NOW };
    const around = { service: service({ active: 'd-new', window, verified: [...service().verified, again] }) };
    expect(
      whole(worldOf('rolling-out', {}, around), { kind: 'alarm-changed', alarm: old, previous: 'OK' }, rollback),
    ).toMatchObject({
      service: { verified: [] },
    });
  });

  it('of what is replaced leaves a way back alone that is another one', () => {
    const others = { ...deployment('rolling-back'), destination: revision(8), wakeAt: NOW - 5 };
    const after = whole(
      { ...worldOf('rolling-back', {}, replacing), deployment: others },
      { kind: 'alarm-changed', alarm: old, previous: 'OK' },
      rollback,
    );
    expect(after['deployment']).toEqual({ baseline: ['arn:alarm:errors'], wakeAt: NOW, wakeNumber: 2 });
  });

  it('of what is replaced does not choose a way back for what has none yet', () => {
    const chosen = { ...deployment('rolling-out'), destination: ONE };
    const zero = { revision: revision(0, '0'), digest: digest('0'), deployment: 'd-0', at: NOW };
    const around = { service: service({ active: 'd-new', window, verified: [zero, ...service().verified] }) };
    const after = whole(
      { ...worldOf('rolling-out', {}, around), deployment: chosen },
      { kind: 'alarm-changed', alarm: old, previous: 'OK' },
      rollback,
    );
    expect(after['deployment']).not.toHaveProperty('destination');
  });

  it('that is over says nothing while something starts', () => {
    const { rollout: _, ...rest } = deployment('starting');
    const over: Input = { kind: 'alarm-changed', alarm: alarm({ state: 'OK' }), previous: 'ALARM' };
    expect(whole({ ...worldOf('starting', {}, replacing), deployment: rest }, over, rollback)).toEqual({});
  });

  it.each([
    [NOW - 900_000, true],
    [NOW - 900_001, false],
    [NOW + 900_000, true],
    [NOW + 900_001, false],
  ])('counts for an open window from its first to its last moment: %d', (at, counts) => {
    expect(windowHeard(service({ window }), alarm({ at }), 'INSUFFICIENT_DATA').ringing !== undefined).toBe(counts);
  });

  it('of a window´s baseline that still fires when it is read does not count', () => {
    const known = service({ window: { ...window, baseline: ['arn:alarm:errors'] } });
    expect(windowRead(known, [alarm()], NOW).ringing).toBeUndefined();
    expect(windowRead(known, [alarm()], NOW).service?.window?.baseline).toEqual(['arn:alarm:errors']);
    expect(windowRead(service(), [alarm()], NOW)).toEqual({});
    expect(windowHeard(service(), alarm(), 'OK')).toEqual({});
  });
});

describe('a service', () => {
  const many = Array.from({ length: 20 }, (_, index) => ({ at: index, deployment: `h-${index}`, underWay: false }));
  const entries = Array.from({ length: 20 }, (_, index) => ({
    revision: revision(index + 10, 'c'),
    digest: digest('c'),
    deployment: `v-${index}`,
    at: index,
  }));

  it('remembers twenty stretches and twenty verified revisions', () => {
    const world = worldOf('baking', {}, { service: service({ active: 'd-new', history: many, verified: entries }) });
    const after = whole(world, checked({ observation: { phase: 'completed', desired: 2 } }), verify)['service'] as {
      history: readonly object[];
      verified: readonly object[];
    };
    expect(after.history).toHaveLength(20);
    expect(after.history[0]).toEqual(many[1]);
    expect(after.verified).toHaveLength(20);
    expect(after.verified[0]).toEqual(entries[1]);
  });

  it('lists a revision that is verified again once, as the newest', () => {
    const known = { revision: TWO, digest: digest('b'), deployment: 'd-2', at: NOW - 5 };
    const world = worldOf('baking', {}, { service: service({ active: 'd-new', verified: [known, ...service().verified] }) });
    expect(whole(world, checked({ observation: { phase: 'completed', desired: 2 } }), verify)).toMatchObject({
      service: { verified: [...service().verified, { revision: TWO, deployment: 'd-new' }] },
    });
  });

  it('forgets what is left by its digest alone, if no revision of it was made', () => {
    const known = { revision: revision(6, 'b'), digest: digest('b'), deployment: 'd-6', at: NOW };
    const world = worldOf('starting', {}, { service: service({ active: 'd-new', verified: [...service().verified, known] }) });
    expect(whole(world, inputs['cancel-requested'], rollback)).toMatchObject({ service: { verified: service().verified } });
    const made = worldOf('rolling-out', {}, { service: service({ active: 'd-new', verified: [...service().verified, known] }) });
    expect(whole(made, inputs['cancel-requested'], rollback)['service']).toEqual({ lease: LEASE });
  });

  it('knows what is verified among several', () => {
    const verified = [...service().verified, { revision: revision(6, 'e'), digest: digest('e'), deployment: 'd-6', at: NOW }];
    const theirs: Input = {
      kind: 'looked',
      current: { current: { revision: ONE, settled: true, desired: 2 } },
      alarms: [],
      health: WELL,
    };
    expect(
      whole(worldOf('starting', {}, { service: service({ active: 'd-new', lease: LEASE, verified }) }), theirs, deploy),
    ).toMatchObject({
      effect: { kind: 'start' },
    });
    expect(
      whole(worldOf('starting', {}, { service: service({ active: 'd-new', lease: LEASE, verified }) }), theirs, deploy)[
        'deployment'
      ],
    ).not.toHaveProperty('adopted');
  });

  it('says of what runs by hand what it knows: its revision', () => {
    const { digest: _, ...nameless } = revision(9, 'c');
    const look: Input = { kind: 'observed', observation: { phase: 'taken-over', running: nameless, message: 'theirs' } };
    expect(whole(worldOf('rolling-out'), look, verify)).toMatchObject({
      service: { history: [...service().history, { at: NOW, revision: nameless.id, underWay: false }] },
    });
  });
});

describe('a request that arrives', () => {
  it('first in its lane while its service is busy is told so at once', () => {
    const world = worldOf('new', {}, { service: service({ active: 'r-1' }) });
    const waitingFor = { code: 'service-busy', message: 'deployment r-1 of the same service has not ended yet' };
    expect(whole(world, inputs['deploy-requested'], deploy)).toMatchObject({
      deployment: { state: 'queued', waitingFor, wakeAt: NOW + 60_000 },
      lane: { holder: waiter('d-new') },
      events: [{ type: 'DeploymentQueued', position: 0, waitingFor }],
    });
  });
});

describe('a rollback', () => {
  const under = (over: object = {}, active = deployment('rolling-out', { id: 'd-9' })): World => ({
    lane: lane({ holder: waiter('d-9') }),
    service: service({ active: 'd-9', waiting: ['r-1', 'r-new'], ...over }),
    active,
    waiters: [],
  });
  const asked = (over: object): Input => ({ ...inputs['rollback-requested'], ...over });

  it('that takes a service waits for it no longer', () => {
    expect(whole(under(), asked({ from: { deployment: 'd-9' } }), rollback)).toMatchObject({
      service: { active: 'r-new', waiting: ['r-1'] },
    });
  });

  it('goes where a person said, though something newer is verified', () => {
    const verified = [...service().verified, { revision: revision(6, 'e'), digest: digest('e'), deployment: 'd-6', at: NOW }];
    expect(
      whole(under({ verified }), asked({ from: { deployment: 'd-9' }, to: { digest: digest('a') } }), rollback),
    ).toMatchObject({
      deployment: { destination: ONE },
    });
    expect(whole(under({ verified }), asked({ from: { deployment: 'd-9' } }), rollback)).toMatchObject({
      deployment: { destination: revision(6, 'e') },
    });
  });

  it('means one thing only where what it names is the same', () => {
    for (const from of [
      { deployment: 'd-x', digest: digest('b') },
      { revision: 'arn:x', digest: digest('b') },
    ])
      expect(whole(under(), asked({ from }), rollback)).toMatchObject({ deployment: { state: 'rejected' } });
    const { digest: _, ...nameless } = ONE;
    const unknown = deployment('rolling-out', { id: 'd-9', before: { revision: nameless, settled: true, desired: 2 } });
    expect(whole(under({}, unknown), asked({ from: { deployment: 'd-x', digest: digest('9') } }), rollback)).toMatchObject({
      deployment: { state: 'rejected' },
    });
  });

  it('that waits looks again in a minute', () => {
    expect(whole(under(), asked({ from: { digest: digest('a') } }), rollback)).toMatchObject({
      deployment: { state: 'queued', wakeAt: NOW + 60_000 },
    });
  });

  it('that arrives too late to wait is told so', () => {
    const late = asked({ arrival: arrival('r-new', { settings: { ...settings, waitSeconds: 0 } }), from: { deployment: 'd-9' } });
    expect(whole(under(), late, rollback)).toMatchObject({
      deployment: { state: 'rejected' },
      events: [{ type: 'RollbackRejected', sequence: 1 }],
    });
  });

  it('knows what ran before by the deployment, or by the revision, that is left', () => {
    const entry = { revision: TWO, digest: digest('b'), deployment: 'd-2', at: NOW, before: ONE };
    const idle = worldOf('new', {}, { service: service({ verified: [entry] }) });
    for (const from of [{ deployment: 'd-2' }, { revision: TWO.id }])
      expect(whole(idle, asked({ from }), rollback)).toMatchObject({ deployment: { before: { revision: ONE } } });
    const none = whole(idle, asked({ from: { digest: digest('b') } }), rollback)['deployment'];
    expect(none).not.toHaveProperty('before');
    expect(none).not.toHaveProperty('destination');
  });

  it('to a revision that nobody verified is refused, though a digest is named by nobody', () => {
    const nothing = worldOf('new', {}, { service: service({ verified: [] }) });
    expect(whole(nothing, asked({ to: {}, from: { deployment: 'd-2' } }), rollback)).toMatchObject({
      deployment: {
        outcome: {
          reason: {
            message: 'the revision is not verified in preprod for api; a rollback goes to a verified revision, and there is none',
          },
        },
      },
    });
  });

  it('without a reason of its own says that it was asked for', () => {
    const { failure: _, ...bare } = deployment('rolling-back', { kind: 'rollback' });
    const reason = { code: 'rollback-requested', message: 'a rollback was asked for' };
    const around: Partial<World> = { service: service({ active: 'd-new', lease: LEASE }), lane: lane() };
    expect(
      whole({ ...worldOf('rolling-back', {}, around), deployment: bare }, inputs['restore-answered'], rollback),
    ).toMatchObject({
      events: [{ type: 'RollbackStarted', reason }],
    });
    const { failure: __, ...done } = deployment('verifying-rollback', { kind: 'rollback' });
    const well = checked({ health: WELL, observation: { phase: 'completed', desired: 2 } });
    expect(whole({ ...worldOf('verifying-rollback', {}, around), deployment: done }, well, verify)).toMatchObject({
      deployment: { outcome: { reason } },
    });
  });

  it('names the digest that it leaves where it was not told', () => {
    const world = worldOf(
      'starting',
      { kind: 'rollback', leaving: { revision: ONE.id } },
      { service: service({ active: 'd-new', lease: LEASE }), lane: lane() },
    );
    expect(whole(world, inputs.looked, rollback)).toMatchObject({
      deployment: { leaving: { revision: ONE.id, digest: digest('a') } },
    });
  });

  it('is verified as what it went back to, and not as something else that is', () => {
    const others = [{ revision: revision(6, 'e'), digest: digest('e'), deployment: 'd-6', at: NOW }];
    const world = worldOf('verifying-rollback', {}, { service: service({ active: 'd-new', verified: others }) });
    const well = checked({ health: WELL, observation: { phase: 'completed', desired: 2 } });
    expect(whole(world, well, verify)).toMatchObject({ deployment: { outcome: { verified: false } } });
  });

  it('failed is tried once more, as one that was undone', () => {
    const failed = checked({
      observation: { phase: 'failed', failure: { code: 'x', message: 'x', evidence: false }, running: TWO },
    });
    expect(whole(worldOf('verifying-rollback'), failed, verify)).toMatchObject({ deployment: { state: 'rolling-back' } });
  });

  it('without a deadline goes on', () => {
    const { deadline: _, ...endless } = deployment('rolling-back');
    expect(whole({ ...worldOf('rolling-back'), deployment: endless }, { kind: 'woken' }, rollback)).toMatchObject({
      effect: { kind: 'look-back' },
    });
    const { deadline: __, ...starting } = deployment('starting');
    expect(whole({ ...worldOf('starting'), deployment: starting }, { kind: 'woken' }, deploy)).toMatchObject({
      effect: { kind: 'look' },
    });
    const { deadline: ___, ...verifying } = deployment('verifying-rollback');
    expect(whole({ ...worldOf('verifying-rollback'), deployment: verifying }, { kind: 'woken' }, verify)).toMatchObject({
      effect: { kind: 'check' },
    });
    const { deadline: ____, ...out } = deployment('rolling-out');
    expect(whole({ ...worldOf('rolling-out'), deployment: out }, { kind: 'woken' }, verify)).toEqual({
      effect: { kind: 'observe' },
    });
  });
});
