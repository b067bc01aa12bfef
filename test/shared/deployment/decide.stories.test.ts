import { describe, expect, it } from 'vitest';
import { decide } from '../../../shared/deployment/decide.ts';
import type { World } from '../../../shared/deployment/decision.ts';
import type { Input } from '../../../shared/deployment/input.ts';
import {
  alarm,
  arrival,
  deployment,
  digest,
  inputs,
  lane,
  moment,
  NOW,
  openWindow,
  quarantine,
  revision,
  rollback,
  service,
  settings,
  verify,
  waiter,
  worldOf,
} from './builders.ts';

const lease = (by: string, until = NOW + 60_000) => ({ by, until });

const requested = (over: Partial<Parameters<typeof arrival>[1]> = {}, id = 'd-new'): Input => ({
  ...inputs['deploy-requested'],
  arrival: arrival(id, over),
});

describe('a request', () => {
  it('waits behind the holder, with its position and the reason', () => {
    const world = worldOf('new', {}, { lane: lane({ holder: waiter('d-0') }) });
    const { deployment: after, events, lane: line } = decide(world, requested(), moment());
    expect(after).toMatchObject({ state: 'queued', waitingFor: { code: 'lane-busy' } });
    expect(events[0]).toMatchObject({ type: 'DeploymentQueued', extra: { position: 1, waitingFor: { code: 'lane-busy' } } });
    expect(line?.waiting.map(({ id }) => id)).toEqual(['d-new']);
  });

  it('older than the newest started one of its service is superseded by that one', () => {
    const world = worldOf('new', {}, { service: service({ newestStarted: { time: NOW + 5000, id: 'd-newer' } }) });
    const { deployment: after } = decide(world, requested(), moment());
    expect(after).toMatchObject({ state: 'superseded', outcome: { supersededBy: 'd-newer' } });
  });

  it('older than maxAge on arrival is expired', () => {
    const { events } = decide(worldOf('new'), requested(), moment({ now: NOW + 3_601_000 }));
    expect(events.map(({ type }) => type)).toEqual(['DeploymentExpired']);
  });

  it('for a full lane is rejected', () => {
    const full = lane({ holder: waiter('d-0'), waiting: [waiter('d-1'), waiter('d-2'), waiter('d-3')] });
    expect(decide(worldOf('new', {}, { lane: full }), requested(), moment()).deployment).toMatchObject({
      state: 'rejected',
      outcome: { reason: { code: 'lane-full' } },
    });
  });

  it('for a quarantined image is rejected, unless a person forces it with a reason', () => {
    const world = worldOf('new', {}, { quarantine: quarantine({ code: 'alarm', message: 'rang' }, 'd-bad') });
    expect(decide(world, requested(), moment()).deployment).toMatchObject({
      state: 'rejected',
      outcome: { reason: { code: 'quarantined' } },
    });
    expect(decide(world, requested({ asked: { image: 'api:b', force: true } }), moment()).deployment?.state).toBe('rejected');
    const forced = requested({ asked: { image: 'api:b', force: true, reason: 'the alarm was wrong' } });
    expect(decide(world, forced, moment()).deployment?.state).toBe('starting');
  });

  it('that waited too long expires, and the next one gets the lane', () => {
    const holding = worldOf('queued', {}, { lane: lane({ holder: waiter('d-new'), waiting: [waiter('d-2')] }) });
    const { deployment: after, lane: line, wakes } = decide(holding, { kind: 'woken' }, moment({ now: NOW + 3_600_000 }));
    expect(after?.state).toBe('expired');
    expect(line?.holder?.id).toBe('d-2');
    expect(wakes).toContainEqual(expect.objectContaining({ function: 'deploy', deployment: 'd-2' }));
  });

  it('holds its lane, with the reason, while its service is busy', () => {
    const world = worldOf(
      'queued',
      {},
      { service: service({ active: 'r-1' }), active: deployment('rolling-back', { id: 'r-1', kind: 'rollback' }) },
    );
    expect(decide(world, { kind: 'woken' }, moment()).deployment).toMatchObject({
      state: 'queued',
      waitingFor: { code: 'service-busy' },
      wakeAt: NOW + 60_000,
    });
  });

  it('does not hurry because of a lease whose time is over', () => {
    const dead = { by: 'dead', until: NOW - 1 };
    const world = worldOf(
      'queued',
      {},
      { service: service({ active: 'r-1', lease: dead }), active: deployment('rolling-back', { id: 'r-1', kind: 'rollback' }) },
    );
    expect(decide(world, { kind: 'woken' }, moment()).deployment).toMatchObject({ wakeAt: NOW + 60_000 });
    const alive = { by: 'other', until: NOW + 7000 };
    expect(
      decide({ ...world, service: { ...world.service, lease: alive } }, { kind: 'woken' }, moment()).deployment,
    ).toMatchObject({
      wakeAt: NOW + 7000,
    });
  });

  it('lets a waiting rollback of its service go first', () => {
    const world = worldOf('queued', {}, { service: service({ waiting: ['r-1'] }) });
    expect(decide(world, { kind: 'woken' }, moment()).deployment).toMatchObject({
      state: 'queued',
      waitingFor: { code: 'rollback-first' },
    });
  });
});

describe('before the start', () => {
  const leased = { service: service({ active: 'd-new', lease: lease('me') }) };

  it('an image that runs there already, verified and well, ends as succeeded without a change', () => {
    const looked: Input = {
      kind: 'looked',
      current: { current: { revision: revision(1, 'b'), settled: true, desired: 2 } },
      alarms: [],
      health: { healthy: true, detail: '200' },
    };
    const known = {
      service: service({
        active: 'd-new',
        lease: lease('me'),
        verified: [{ revision: revision(1, 'b'), digest: digest('b'), deployment: 'd-old', at: NOW }],
      }),
    };
    expect(decide(worldOf('starting', {}, known), looked, moment()).deployment).toMatchObject({
      state: 'succeeded',
      outcome: { changed: false, verified: true },
    });
    expect(decide(worldOf('starting', { asked: { force: true } }, known), looked, moment()).effect).toEqual({ kind: 'start' });
  });

  it('what others put there is adopted as the way back, if it has settled and is well', () => {
    const looked = (healthy: boolean): Input => ({
      kind: 'looked',
      current: { current: { revision: revision(7, 'c'), settled: true, desired: 2 } },
      alarms: [],
      health: { healthy, detail: '' },
    });
    expect(decide(worldOf('starting', {}, leased), looked(true), moment()).deployment).toMatchObject({ adopted: true });
    expect(decide(worldOf('starting', {}, leased), looked(false), moment()).deployment).toMatchObject({ adopted: false });
  });

  it('an alarm that fires already is the baseline, or the end where requireOk is set', () => {
    const looked: Input = { ...inputs.looked, alarms: [alarm()] } as Input;
    expect(decide(worldOf('starting', {}, leased), looked, moment()).deployment).toMatchObject({
      baseline: ['arn:alarm:errors'],
    });
    const strict = worldOf('starting', { settings: { ...settings, requireOk: true } }, leased);
    expect(decide(strict, looked, moment()).events.at(-1)?.type).toBe('DeploymentRejected');
  });

  it('a refusal fails the deployment without touching or quarantining anything', () => {
    const refused: Input = {
      kind: 'looked',
      current: { refused: { code: 'service-missing', message: 'there is no service', evidence: false } },
      alarms: [],
    };
    const { deployment: after, quarantine, events } = decide(worldOf('starting', {}, leased), refused, moment());
    expect(after).toMatchObject({ state: 'failed', outcome: { changed: false, reason: { code: 'service-missing' } } });
    expect(quarantine).toBeUndefined();
    expect(events.map(({ type }) => type)).toEqual(['DeploymentFailed']);
  });

  it('DeploymentStarted is told only after the call', () => {
    const before = decide(worldOf('starting', {}, leased), inputs.looked, moment());
    expect(before.events).toEqual([]);
    const after = decide(worldOf('starting', {}, leased), inputs['start-answered'], moment());
    expect(after.events.map(({ type }) => type)).toEqual(['DeploymentStarted']);
    expect(after.service?.lease).toBeUndefined();
  });

  it('a call whose answer is not known keeps the lease until no request can be in flight', () => {
    const lost = decide(worldOf('starting', {}, leased), inputs.erred, moment());
    expect(lost.service).toBeUndefined();
    expect(lost.deployment?.wakeAt).toBe(NOW + 60_000);
    const throttled = decide(
      worldOf('starting', {}, leased),
      { kind: 'erred', message: 'slow down', ambiguous: false },
      moment(),
    );
    expect(throttled.service).not.toHaveProperty('lease');
    expect(throttled.deployment?.wakeAt).toBe(NOW + 1000);
  });
});

describe('checks', () => {
  const failing: Input = { kind: 'checked', alarms: [], health: { healthy: false, detail: '500' } };

  it('are repeated after 1 s, 2 s …, and fail for good after the last attempt, with evidence', () => {
    expect(decide(worldOf('verifying'), failing, verify).deployment).toMatchObject({ checkAttempts: 1, wakeAt: NOW + 1000 });
    expect(decide(worldOf('verifying', { checkAttempts: 1 }), failing, verify).deployment).toMatchObject({ wakeAt: NOW + 2000 });
    const last = decide(worldOf('verifying', { checkAttempts: 2 }), failing, verify);
    expect(last.deployment).toMatchObject({ state: 'rolling-back', destination: revision(1, 'a') });
    expect(last.quarantine).toMatchObject({ digest: digest('b') });
    expect(last.events.map(({ type }) => type)).toEqual(['VerificationFailed']);
    expect(last.wakes).toContainEqual(expect.objectContaining({ function: 'rollback', deployment: 'd-new', delaySeconds: 0 }));
  });

  it('with no desired tasks prove nothing: succeeded, but not verified and no way back', () => {
    const nobody: Input = { kind: 'checked', alarms: [], observation: { phase: 'completed', desired: 0 } };
    const { deployment: after, service: served } = decide(worldOf('baking'), nobody, verify);
    expect(after).toMatchObject({ state: 'succeeded', outcome: { verified: false } });
    expect(served?.verified.map(({ deployment: by }) => by)).toEqual(['d-old']);
  });

  it('do not count an alarm of the baseline until it has been OK once', () => {
    const baseline = { baseline: ['arn:alarm:errors'] };
    const firing: Input = { kind: 'checked', alarms: [alarm()], observation: { phase: 'completed', desired: 2 } };
    expect(decide(worldOf('baking', baseline), firing, verify).deployment).toMatchObject({
      state: 'succeeded',
      outcome: { notWatched: ['arn:alarm:errors'] },
    });
    const wasOk: Input = { kind: 'alarm-changed', alarm: alarm(), previous: 'OK' };
    expect(decide(worldOf('baking', baseline), wasOk, rollback).deployment?.state).toBe('rolling-back');
    const stillFiring: Input = { kind: 'alarm-changed', alarm: alarm(), previous: 'INSUFFICIENT_DATA' };
    expect(decide(worldOf('baking', baseline), stillFiring, rollback).deployment).toBeUndefined();
  });

  it('say "failed: taken over" and make no call when somebody else has changed the service', () => {
    const theirs: Input = {
      kind: 'checked',
      alarms: [],
      observation: { phase: 'taken-over', running: revision(9, 'c'), message: 'theirs' },
    };
    const decision = decide(worldOf('baking'), theirs, verify);
    expect(decision.deployment).toMatchObject({
      state: 'failed',
      outcome: { reason: { code: 'taken-over' }, running: revision(9, 'c') },
    });
    expect(decision.effect).toBeUndefined();
  });
});

describe('an alarm of the replaced revision', () => {
  it('that fired before the first new task revokes that revision and leaves the new one alone', () => {
    const world = worldOf('rolling-out', {}, { service: service({ active: 'd-new', window: openWindow }) });
    const early: Input = { kind: 'alarm-changed', alarm: alarm({ at: NOW - 60_500 }), previous: 'OK' };
    const { deployment: after, service: served, quarantine } = decide(world, early, rollback);
    expect(after).toMatchObject({ state: 'rolling-out', baseline: ['arn:alarm:errors'] });
    expect(served?.verified).toEqual([]);
    expect(quarantine).toMatchObject({ digest: digest('a') });
  });

  it('that is seen only as the new one starts revokes that revision, too, and is old news for the new one', () => {
    const served = service({ active: 'd-new', lease: lease('me'), window: openWindow });
    const fired = (at: number): Input => ({ ...inputs.looked, alarms: [alarm({ at })] });
    const seen = decide(worldOf('starting', {}, { service: served }), fired(NOW - 60_500), moment());
    expect(seen.deployment).toMatchObject({ state: 'starting', baseline: ['arn:alarm:errors'] });
    expect(seen.effect).toEqual({ kind: 'start' });
    expect(seen.service).toMatchObject({ verified: [], lease: { by: 'me' } });
    expect(seen.quarantine).toMatchObject({ digest: digest('a'), deployment: openWindow.deployment });
    const before = decide(worldOf('starting', {}, { service: served }), fired(openWindow.opensAt - 1), moment());
    expect([before.service?.verified, before.quarantine]).toEqual([served.verified, undefined]);
  });

  it('that is heard as the new one starts leaves what is replaced no way back: it is not taken for what others put there', () => {
    const served = service({ active: 'd-new', lease: lease('me'), window: openWindow });
    const heard = decide(
      worldOf('starting', {}, { service: served }),
      { kind: 'alarm-changed', alarm: alarm({ at: NOW - 60_500 }), previous: 'OK' },
      rollback,
    );
    const world = worldOf('starting', heard.deployment, { service: heard.service ?? served });
    const current = { revision: openWindow.revision, settled: true, desired: 2 };
    const seen: Input = { kind: 'looked', current: { current }, alarms: [], health: { healthy: true, detail: '' } };
    expect(decide(world, seen, moment()).deployment).toMatchObject({ adopted: false });
    const theirs = { ...seen, current: { current: { ...current, revision: revision(7, 'c') } } };
    expect(decide(world, theirs, moment()).deployment).toMatchObject({ adopted: true });
  });

  it('that fired before that one, too, is held against it only when it has been OK in between', () => {
    const window = { ...openWindow, baseline: ['arn:alarm:errors'] };
    const served = service({ active: 'd-new', lease: lease('me'), window });
    const firing = alarm({ at: NOW - 60_500 });
    const told = (previous: 'OK' | 'INSUFFICIENT_DATA'): Input => ({ kind: 'alarm-changed', alarm: firing, previous });
    for (const state of ['starting', 'rolling-out', 'rolling-back'] as const) {
      const world = worldOf(state, { baseline: window.baseline }, { service: served });
      expect(decide(world, told('INSUFFICIENT_DATA'), rollback).quarantine).toBeUndefined();
      expect(decide(world, told('OK'), rollback).quarantine).toMatchObject({ digest: digest('a') });
    }
    const starting = worldOf('starting', {}, { service: served });
    expect(decide(starting, { ...inputs.looked, alarms: [firing] }, moment()).quarantine).toBeUndefined();
  });

  it('that fires after it blames the new one', () => {
    const world = worldOf('rolling-out', {}, { service: service({ active: 'd-new', window: openWindow }) });
    expect(decide(world, inputs['alarm-changed'], rollback).deployment?.state).toBe('rolling-back');
  });
});

describe('a rollback', () => {
  const asked = (over: Partial<Extract<Input, { kind: 'rollback-requested' }>> = {}): Input => ({
    ...inputs['rollback-requested'],
    ...over,
  });
  const running = service({
    active: 'd-new',
    history: [{ at: NOW - 60_000, deployment: 'd-new', digest: digest('b'), underWay: true }],
  });
  const underWay = (over: Partial<World> = {}): World => ({
    lane: lane({ holder: waiter('d-new'), waiting: [waiter('d-next')] }),
    service: running,
    active: deployment('rolling-out'),
    waiters: [],
    ...over,
  });

  it('ends the deploy under way in the commit that gives it the service, and frees the lane', () => {
    const decision = decide(underWay(), asked(), rollback);
    expect(decision.deployment).toMatchObject({ id: 'r-new', state: 'rolling-back', destination: revision(1, 'a') });
    expect(decision.others[0]).toMatchObject({
      id: 'd-new',
      state: 'failed',
      outcome: { reason: { code: 'ended-by-rollback' } },
    });
    expect(decision.service?.active).toBe('r-new');
    expect(decision.lane?.holder?.id).toBe('d-next');
    expect(decision.events.map(({ type }) => type)).toEqual(['DeploymentFailed']);
  });

  it('waits while a call of that deploy may be under way', () => {
    const calling = underWay({ service: { ...running, lease: lease('another') } });
    expect(decide(calling, asked(), rollback).deployment).toMatchObject({
      state: 'queued',
      waitingFor: { code: 'call-under-way' },
      wakeAt: NOW + 60_000,
    });
  });

  it('of what ran before the deploy under way waits for the verdict', () => {
    const decision = decide(
      underWay(),
      asked({ from: { deployment: 'd-old', digest: digest('a'), revision: revision(1, 'a').id } }),
      rollback,
    );
    expect(decision.deployment).toMatchObject({ state: 'queued', waitingFor: { code: 'service-busy' } });
    expect(decision.service?.waiting).toEqual(['r-new']);
  });

  it('of something that was left long ago is rejected', () => {
    const decision = decide(underWay(), asked({ from: { digest: digest('9') } }), rollback);
    expect(decision.deployment).toMatchObject({ state: 'rejected', outcome: { reason: { code: 'already-left' } } });
  });

  it('is judged by what runs when it starts', () => {
    const started = worldOf(
      'starting',
      { kind: 'rollback', leaving: { deployment: 'd-2', revision: revision(2, 'b').id } },
      { service: service({ active: 'd-new', lease: lease('me') }) },
    );
    expect(decide(started, inputs.looked, rollback).deployment).toMatchObject({
      state: 'rejected',
      outcome: { reason: { code: 'already-left' } },
    });
  });

  it('goes back to what was asked for, if that is verified, and says what is if not', () => {
    const idle = worldOf(
      'new',
      {},
      {
        service: service({
          history: [{ at: NOW - 1000, deployment: 'd-2', digest: digest('b'), revision: revision(2, 'b').id, underWay: false }],
        }),
      },
    );
    expect(decide(idle, asked({ to: { digest: digest('a') } }), rollback).deployment).toMatchObject({
      state: 'starting',
      destination: revision(1, 'a'),
    });
    const unknown = decide(idle, asked({ to: { digest: digest('9') } }), rollback).deployment;
    expect(unknown).toMatchObject({ state: 'rejected', outcome: { reason: { code: 'not-verified' } } });
    expect(unknown?.outcome?.reason.message).toContain(digest('a'));
  });

  it('by a person rejects older automatic requests of the digest it leaves', () => {
    const waiting = deployment('queued', { id: 'd-again' });
    const world = underWay({ lane: lane({ holder: waiter('d-new'), waiting: [waiter('d-again')] }), waiters: [waiting] });
    const byPerson = decide(world, asked(), rollback);
    expect(byPerson.others.map(({ id, state }) => `${id} ${state}`)).toEqual(['d-new failed', 'd-again rejected']);
    expect(byPerson.lane?.waiting).toEqual([]);
    expect(decide(world, asked({ byPerson: false }), rollback).others.map(({ id }) => id)).toEqual(['d-new']);
  });

  it('that leaves a revision revokes its verification in the same commit', () => {
    const verified = [...service().verified, { revision: revision(2, 'b'), digest: digest('b'), deployment: 'd-2', at: NOW }];
    const world = worldOf(
      'starting',
      { id: 'r-new', kind: 'rollback', leaving: { deployment: 'd-2', digest: digest('b'), revision: revision(2, 'b').id } },
      { service: service({ active: 'r-new', lease: lease('me'), verified }) },
    );
    const looked: Input = {
      kind: 'looked',
      current: { current: { revision: revision(2, 'b'), settled: true, desired: 2 } },
      alarms: [],
    };
    const { service: served, deployment: after } = decide(world, looked, rollback);
    expect(served?.verified.map(({ deployment: by }) => by)).toEqual(['d-old']);
    expect(after).toMatchObject({ state: 'rolling-back', destination: revision(1, 'a') });
  });

  it('is brought back once more when it is undone, and then fails, naming what runs', () => {
    const undone: Input = {
      kind: 'checked',
      alarms: [],
      observation: {
        phase: 'undone',
        failure: { code: 'breaker', message: 'undone', evidence: false },
        running: revision(2, 'b'),
      },
    };
    expect(decide(worldOf('verifying-rollback', { restores: 1 }), undone, verify).deployment?.state).toBe('rolling-back');
    expect(decide(worldOf('verifying-rollback', { restores: 2 }), undone, verify).deployment).toMatchObject({
      state: 'failed',
      outcome: { running: revision(2, 'b') },
    });
  });

  it('fails, naming the alarm, if what it went back to rings itself', () => {
    const rings: Input = { kind: 'checked', alarms: [alarm()], observation: { phase: 'completed', desired: 2 } };
    const left: Input = {
      kind: 'checked',
      alarms: [alarm({ at: NOW - 45_000 })],
      observation: { phase: 'completed', desired: 2 },
    };
    expect(decide(worldOf('verifying-rollback'), rings, verify).deployment).toMatchObject({
      state: 'failed',
      outcome: { reason: { code: 'destination-alarm' } },
    });
    expect(decide(worldOf('verifying-rollback'), left, verify).deployment?.state).toBe('rolled-back');
  });

  it('without a destination fails loudly', () => {
    const nowhere = worldOf('rolling-back', {}, { service: service({ active: 'd-new', verified: [] }) });
    const { destination: _, ...rest } = nowhere.deployment ?? deployment('rolling-back');
    expect(decide({ ...nowhere, deployment: rest }, { kind: 'woken' }, rollback).deployment).toMatchObject({
      state: 'failed',
      outcome: { reason: { code: 'no-destination' } },
    });
  });

  it('of what had begun nothing says so, where what ran before is not known', () => {
    const leaving = { deployment: 'd-old', digest: digest('b') };
    const taken = deployment('rolling-back', { id: 'r-1', kind: 'rollback', startAttempts: 0, leaving });
    const { destination: _, rollout: __, before: ___, ...rest } = taken;
    const world = worldOf('rolling-back', {}, { service: service({ active: 'r-1', verified: [] }) });
    const decided = decide({ ...world, deployment: rest }, { kind: 'woken' }, rollback);
    expect(decided.deployment?.outcome?.reason).toEqual({
      code: 'not-begun',
      message: 'deployment d-old was ended before it had changed anything: what ran before it runs on',
    });
    expect(decided.events.map(({ type }) => type)).toEqual(['RollbackRejected']);
    // where a start was begun it may have been changed, and nobody can say to what
    const begun = decide({ ...world, deployment: { ...rest, startAttempts: 1 } }, { kind: 'woken' }, rollback);
    expect(begun.deployment?.outcome?.reason.code).toBe('no-destination');
  });

  it('chooses another destination when the image of the first is gone', () => {
    const verified = [{ revision: revision(0, '0'), digest: digest('0'), deployment: 'd-0', at: NOW }, ...service().verified];
    const world = worldOf('rolling-back', {}, { service: service({ active: 'd-new', lease: lease('me'), verified }) });
    const gone: Input = { kind: 'looked', alarms: [], missing: { code: 'image-missing', message: 'gone' } };
    expect(decide(world, gone, rollback)).toMatchObject({
      deployment: { destination: revision(0, '0') },
      effect: { kind: 'look-back' },
    });
  });
});

describe('a cancel', () => {
  it('ends what waits, and turns what is under way into its own rollback', () => {
    expect(decide(worldOf('queued'), inputs['cancel-requested'], rollback).events[0]?.type).toBe('DeploymentCancelled');
    const cancelled = decide(worldOf('rolling-out'), inputs['cancel-requested'], rollback);
    expect(cancelled.deployment).toMatchObject({ state: 'rolling-back', failure: { code: 'cancelled', evidence: false } });
    expect(cancelled.quarantine).toBeUndefined();
  });

  it('of what has begun nothing, where what ran before is not known, ends it as it is', () => {
    const world = worldOf('starting', {}, { service: service({ active: 'd-new', verified: [] }) });
    const going = decide(world, inputs['cancel-requested'], rollback);
    const { deployment: ended } = decide(
      { ...world, deployment: going.deployment ?? deployment('starting') },
      { kind: 'woken' },
      rollback,
    );
    expect(ended).toMatchObject({ state: 'cancelled', outcome: { reason: { code: 'cancelled' }, changed: false } });
  });

  it('that comes too late is told so, once', () => {
    const first = decide(worldOf('succeeded'), inputs['cancel-requested'], rollback);
    expect(first.events.map(({ type }) => type)).toEqual(['CancelRejected']);
    const again = decide(
      { ...worldOf('succeeded'), deployment: first.deployment ?? deployment('succeeded') },
      inputs['cancel-requested'],
      rollback,
    );
    expect(again.events).toEqual([]);
  });
});
