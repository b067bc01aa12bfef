import { describe, expect, it } from 'vitest';
import type { World } from '../../../../shared/deployment/decision.ts';
import type { Input } from '../../../../shared/deployment/input.ts';
import { arrival, deployment, digest, inputs, lane, NOW, revision, rollback, service, worldOf } from '../builders.ts';
import {
  entry,
  fresh,
  IMAGE,
  LEASE,
  leased,
  line,
  looked,
  ONE,
  ROLLBACK_TIME,
  ran,
  settled,
  TWO,
  verdictOf,
  wake,
} from './parts.ts';
import { GONE, whole } from './whole.ts';

describe('a rollback that is asked for', () => {
  const history = [ran(2, 'b', 'd-2', ONE), { at: NOW + 1000, deployment: 'd-3', digest: digest('c'), underWay: true }];
  const verified = [...service().verified, entry(2, 'b', 'd-2')];
  const idle = (over: object = {}, around: Partial<World> = {}): World =>
    worldOf('new', {}, { service: service({ history, verified, ...over }), ...around });
  const request = (over: object = {}): Input => ({ ...inputs['rollback-requested'], ...over });
  const { image: _, ...unnamed } = fresh('r-new', { kind: 'rollback', asked: { reason: 'bad' }, sequence: 0 });
  const failure = { code: 'rollback-requested', message: 'bad', evidence: false };
  const leaving = { deployment: 'd-2', digest: digest('b'), revision: TWO.id };

  it('leaves what ran when it was asked for, within EventBridge´s second', () => {
    expect(whole(idle(), request(), rollback)).toEqual({
      deployment: {
        ...unnamed,
        state: 'starting',
        leaving,
        failure,
        before: { revision: ONE, settled: true, desired: 1 },
        deadline: NOW + ROLLBACK_TIME,
        wakeAt: NOW + 120_000,
      },
      service: { active: 'r-new', lease: LEASE },
      effect: { kind: 'look' },
    });
    const later = history.map((one, index) => (index === 1 ? { ...one, at: NOW + 999 } : one));
    expect(whole(idle({ history: later }), request(), rollback)).toMatchObject({
      deployment: { leaving: { deployment: 'd-3', digest: digest('c') } },
    });
    expect(whole(idle({ history: [{ at: NOW - 1, revision: 'arn:1', underWay: false }] }), request(), rollback)).toMatchObject({
      deployment: { leaving: { revision: 'arn:1' } },
    });
  });

  it('with nothing to leave is rejected, and told how to name it', () => {
    const message =
      'nothing was deployed to api in preprod by this pipeline at that time, so there is nothing to leave; name "from"';
    expect(whole(idle({ history: [] }), request(), rollback)).toMatchObject({
      deployment: { state: 'rejected', outcome: { reason: { code: 'nothing-to-leave', message } } },
      events: [{ type: 'RollbackRejected' }],
    });
    expect(whole(idle({ history: [] }), request({ from: { digest: digest('b') } }), rollback)).toMatchObject({
      deployment: { state: 'starting', leaving: { digest: digest('b') } },
    });
  });

  it('goes to a verified revision by digest or by name, the newest of several', () => {
    const twice = [...verified, entry(4, 'a', 'd-4')];
    expect(whole(idle({ verified: twice }), request({ to: { digest: digest('a') } }), rollback)).toMatchObject({
      deployment: { destination: revision(4, 'a') },
    });
    expect(whole(idle({ verified: twice }), request({ to: { revision: ONE.id } }), rollback)).toMatchObject({
      deployment: { destination: ONE },
    });
    const message = `${digest('9')} is not verified in preprod for api; a rollback goes to a verified revision: ${digest('a')} (${ONE.id}), ${digest('b')} (${TWO.id})`;
    expect(whole(idle(), request({ to: { digest: digest('9') } }), rollback)).toMatchObject({
      deployment: { outcome: { reason: { code: 'not-verified', message } } },
    });
    expect(whole(idle({ verified: [] }), request({ to: { revision: 'arn:9' } }), rollback)).toMatchObject({
      deployment: {
        outcome: {
          reason: {
            message: 'arn:9 is not verified in preprod for api; a rollback goes to a verified revision, and there is none',
          },
        },
      },
    });
  });

  it('waits its turn, and says for what', () => {
    const lease = { by: 'other', until: NOW + 7000 };
    const called = { code: 'call-under-way', message: 'a call to the target is under way' };
    expect(whole(idle({ lease }), request(), rollback)).toMatchObject({
      deployment: { state: 'queued', waitingFor: called, wakeAt: NOW + 7000 },
      service: { waiting: ['r-new'] },
      wakes: [wake('rollback', 'r-new', 1, 7)],
    });
    expect(whole(idle({ waiting: ['r-1'] }), request(), rollback)).toMatchObject({
      deployment: { waitingFor: { code: 'rollback-first', message: 'rollback r-1 came first' }, wakeAt: NOW + 60_000 },
      service: { waiting: ['r-1', 'r-new'] },
    });
    const active = deployment('verifying-rollback', { id: 'd-9' });
    expect(whole(idle({ active: 'd-9' }, { active }), request(), rollback)).toMatchObject({
      deployment: { waitingFor: { code: 'service-busy', message: 'deployment d-9 is verifying-rollback' }, wakeAt: NOW + 60_000 },
    });
    const known = worldOf(
      'queued',
      { id: 'r-new', kind: 'rollback', leaving },
      { service: service({ waiting: ['r-new', 'r-2'] }), lane: lane() },
    );
    expect(whole(known, { kind: 'woken' }, rollback)).toMatchObject({
      deployment: { state: 'starting' },
      service: { active: 'r-new', waiting: ['r-2'] },
    });
    const second = worldOf(
      'queued',
      { id: 'r-new', kind: 'rollback', leaving },
      { service: service({ waiting: ['r-2', 'r-new'] }), lane: lane() },
    );
    expect(whole(second, { kind: 'woken' }, rollback)['service']).toEqual({});
  });

  it('does not wait for ever', () => {
    const world = worldOf(
      'queued',
      { id: 'r-new', kind: 'rollback', leaving, waitUntil: NOW },
      { service: service({ waiting: ['r-new', 'r-2'] }), lane: lane() },
    );
    const reason = { code: 'waited-too-long', message: 'it waited 3600 s for the service; ask again if it is still wanted' };
    expect(whole(world, { kind: 'woken' }, rollback)).toMatchObject({
      deployment: { state: 'rejected', outcome: { reason } },
      service: { waiting: ['r-2'] },
      wakes: [wake('rollback', 'r-2')],
    });
  });

  it('that gives up waiting leaves the service to whom it waited for', () => {
    const around = {
      service: service({ active: 'd-9', waiting: ['r-new'] }),
      active: deployment('verifying-rollback', { id: 'd-9' }),
      lane: lane(),
    };
    const waiting = worldOf('queued', { id: 'r-new', kind: 'rollback', leaving, waitUntil: NOW }, around);
    expect(whole(waiting, { kind: 'woken' }, rollback)).toMatchObject({ deployment: { state: 'rejected' } });
    expect(whole(waiting, { kind: 'woken' }, rollback)['service']).toEqual({ waiting: [] });
    expect(whole(waiting, inputs['cancel-requested'], rollback)['service']).toEqual({ waiting: [] });
  });

  const under = (over: object = {}, around: Partial<World> = {}): World => ({
    lane: lane({ holder: line('d-9'), waiting: [line('d-next')] }),
    service: service({ active: 'd-9', waiting: ['r-2'], ...over }),
    active: deployment('rolling-out', { id: 'd-9', adopted: true, baseline: ['arn:x'] }),
    waiters: [],
    ...around,
  });
  const from = { deployment: 'd-9' };

  it('of what is under way ends it, takes its service, and gives its lane to the next', () => {
    const left = { deployment: 'd-9', digest: digest('b'), revision: TWO.id };
    const reason = { code: 'ended-by-rollback', message: 'ended by rollback r-new' };
    expect(whole(under(), request({ from }), rollback)).toEqual({
      deployment: {
        ...unnamed,
        state: 'rolling-back',
        leaving: left,
        failure,
        destination: ONE,
        adopted: true,
        baseline: ['arn:x'],
        startAttempts: 1,
        before: settled(ONE),
        rollout: { revision: TWO, id: 'ecs-svc/2', startedAt: NOW - 60_000 },
        image: IMAGE,
        deadline: NOW + ROLLBACK_TIME,
        wakeAt: NOW + 120_000,
      },
      service: { active: 'r-new', lease: LEASE },
      lane: { holder: line('d-next'), waiting: [], wakeAt: NOW, wakeNumber: 1 },
      others: [
        {
          state: 'failed',
          outcome: { changed: true, verified: false, notWatched: ['arn:x'], reason, at: NOW },
          deadline: GONE,
          wakeAt: GONE,
          sequence: 2,
        },
      ],
      events: [
        {
          type: 'DeploymentFailed',
          of: 'd-9',
          sequence: 2,
          verdict: 'failed',
          ...verdictOf({ reason, changed: true, notWatched: ['arn:x'] }),
        },
      ],
      effect: { kind: 'look-back' },
      wakes: [wake('deploy', 'd-next')],
    });
    expect(whole(under(), request({ from, to: { digest: digest('a') } }), rollback)).toMatchObject({
      deployment: { destination: ONE },
    });
  });

  it('of what was only starting ends it without a change', () => {
    const { rollout: __, before: ___, image: ____, ...bare } = deployment('starting', { id: 'd-9' });
    expect(whole(under({}, { active: bare }), request({ from }), rollback)).toMatchObject({
      others: [{ outcome: { changed: false } }],
      deployment: { leaving: { deployment: 'd-9' } },
    });
  });

  it('of what may have been started, and nobody has heard, says that it may have changed something', () => {
    const { rollout: _, ...unheard } = deployment('starting', { id: 'd-9', startAttempts: 1 });
    expect(whole(under({}, { active: unheard }), request({ from }), rollback)).toMatchObject({
      others: [{ outcome: { changed: true } }],
      deployment: { startAttempts: 1 },
    });
    const { rollout: __, ...going } = deployment('rolling-back', { startAttempts: 1, deadline: NOW });
    expect(whole({ ...worldOf('rolling-back', {}, leased()), deployment: going }, { kind: 'woken' }, rollback)).toMatchObject({
      deployment: { state: 'failed', outcome: { reason: { code: 'rollback-deadline' }, changed: true } },
    });
  });

  it.each([
    ['the same revision', { revision: TWO.id }, 'rolling-back'],
    ['the same digest alone', { digest: digest('b') }, 'rolling-back'],
    ['what ran before, by revision', { revision: ONE.id }, 'queued'],
    ['what ran before, by digest', { digest: digest('a'), deployment: 'd-x' }, 'queued'],
    ['something else', { revision: 'arn:9', digest: digest('9'), deployment: 'd-x' }, 'rejected'],
  ])('while another is under way, of %s', (_, meant, state) => {
    const after = whole(under(), request({ from: meant }), rollback);
    expect(after['deployment']).toMatchObject({ state });
  });

  it('of what an open window belongs to waits, though it has been replaced', () => {
    const window = {
      deployment: 'd-w',
      revision: revision(6),
      digest: digest('6'),
      opensAt: NOW,
      closesAt: NOW + 5,
      alarms: [],
      baseline: [],
    };
    const meant = { deployment: 'd-w', digest: digest('6'), revision: revision(6).id };
    expect(whole(under({ window }), request({ from: meant }), rollback)['deployment']).toMatchObject({ state: 'queued' });
    expect(whole(under(), request({ from: meant }), rollback)['deployment']).toMatchObject({ state: 'rejected' });
  });

  it('waits where what ran before is not known yet', () => {
    const { before: __, ...unknown } = deployment('starting', { id: 'd-9' });
    expect(
      whole(under({}, { active: unknown }), request({ from: { digest: digest('9') } }), rollback)['deployment'],
    ).toMatchObject({
      state: 'queued',
      waitingFor: { code: 'service-busy', message: 'deployment d-9 is starting' },
    });
  });

  it('of what does not run any more when it starts is rejected', () => {
    const world = (left: object) => worldOf('starting', { kind: 'rollback', leaving: left }, { ...leased(), lane: lane() });
    const message = (what: string) => `api in preprod does not run ${what} any more; nothing was changed`;
    const named = (left: object, input = looked()) =>
      (whole(world(left), input, rollback)['deployment'] as { outcome?: { reason: object } }).outcome?.reason;
    expect(named({ digest: digest('b'), revision: TWO.id })).toEqual({ code: 'already-left', message: message(digest('b')) });
    expect(named({ digest: digest('b') })).toEqual({ code: 'already-left', message: message(digest('b')) });
    expect(named({ revision: TWO.id })).toEqual({ code: 'already-left', message: message(TWO.id) });
    expect(named({ deployment: 'd-1' })).toEqual({ code: 'already-left', message: message('d-1') });
    expect(named({})).toEqual({ code: 'already-left', message: message('what it names') });
    expect(named({ digest: digest('a') })).toBeUndefined();
    const { digest: __, ...nameless } = revision(9);
    const unknown = looked({ current: { current: settled(nameless) } });
    expect(named({ deployment: 'd-1' }, unknown)).toEqual({ code: 'already-left', message: message('d-1') });
  });

  it('to what runs, and would be left, is rejected', () => {
    const leaving = { digest: digest('a'), revision: ONE.id };
    const world = (destination: typeof ONE) =>
      worldOf('starting', { kind: 'rollback', leaving, destination }, { ...leased(), lane: lane() });
    const message = `api in preprod runs ${ONE.id} already, which is what the rollback would leave; name another "to", or none; nothing was changed`;
    expect(whole(world(ONE), looked(), rollback)).toMatchObject({
      deployment: { state: 'rejected', outcome: { reason: { code: 'already-there', message } } },
      events: [{ type: 'RollbackRejected' }],
    });
    expect(whole(world(TWO), looked(), rollback)).toMatchObject({ deployment: { state: 'rolling-back' } });
  });

  it('on evidence, over what nobody had looked at, goes to what is verified', () => {
    const starts = (left: object) =>
      worldOf(
        'starting',
        { kind: 'rollback', leaving: left, failure: { ...failure, evidence: true } },
        { ...leased(), lane: lane() },
      );
    const runsTwo = looked({ current: { current: settled(TWO) } });
    const after = whole(starts({ digest: digest('b') }), runsTwo, rollback);
    expect(after).toMatchObject({ deployment: { state: 'rolling-back', destination: ONE }, quarantine: { digest: digest('b') } });
    expect(after['deployment']).not.toHaveProperty('before');
    const { digest: __, ...nameless } = revision(9);
    const unknown = whole(starts({ revision: nameless.id }), looked({ current: { current: settled(nameless) } }), rollback);
    expect(unknown).toMatchObject({ deployment: { state: 'rolling-back', destination: ONE } });
    expect(unknown).not.toHaveProperty('quarantine');
  });

  it('begins with what really runs', () => {
    const world = worldOf(
      'starting',
      { kind: 'rollback', leaving: { digest: digest('a') } },
      { ...leased({ verified }), lane: lane() },
    );
    expect(whole(world, looked(), rollback)).toMatchObject({
      deployment: {
        state: 'rolling-back',
        rollout: { revision: ONE, id: '', startedAt: NOW },
        baselineAt: NOW,
        desired: 2,
        leaving: { digest: digest('a'), revision: ONE.id },
        failure: { code: 'rollback-requested', message: 'a rollback was asked for', evidence: false },
        destination: TWO,
      },
      service: { verified: verified.slice(1) },
    });
    const chosen = worldOf(
      'starting',
      { kind: 'rollback', leaving: { digest: digest('a') }, failure, destination: revision(8) },
      { ...leased(), lane: lane() },
    );
    expect(whole(chosen, looked(), rollback)['deployment']).not.toHaveProperty('destination');
  });

  it('that was asked for while what it leaves had looked at nothing yet goes back to what is known by now to have run before', () => {
    const only = { verified: [entry(2, 'b', 'd-2')], history: [ran(2, 'b', 'd-2', ONE)] };
    const world = (left: object) => worldOf('starting', { kind: 'rollback', leaving: left }, { ...leased(only), lane: lane() });
    const runsTwo = looked({ current: { current: settled(TWO) } });
    expect(whole(world({ deployment: 'd-2', digest: digest('b') }), runsTwo, rollback)).toMatchObject({
      deployment: { state: 'rolling-back', before: { revision: ONE, settled: true, desired: 1 }, destination: ONE },
    });
    expect(whole(world({ deployment: 'd-9', digest: digest('b') }), runsTwo, rollback)['deployment']).not.toHaveProperty(
      'destination',
    );
  });

  it('that leaves an image on evidence does not go back to the same image in an earlier revision', () => {
    const three = revision(3, 'b');
    const twice = [ran(2, 'b', 'd-2', ONE), ran(3, 'b', 'd-3', TWO)];
    const both = [entry(2, 'b', 'd-2'), entry(3, 'b', 'd-3')];
    const world = (evidence: boolean, history = twice, verified = both) =>
      worldOf(
        'starting',
        { kind: 'rollback', leaving: { deployment: 'd-3', digest: digest('b') }, failure: { ...failure, evidence } },
        { ...leased({ verified, history }), lane: lane() },
      );
    const runsThree = looked({ current: { current: settled(three) } });
    expect(whole(world(true), runsThree, rollback)).toMatchObject({
      deployment: { destination: ONE, before: { revision: ONE } },
    });
    expect(whole(world(false), runsThree, rollback)).toMatchObject({ deployment: { destination: TWO } });
    // The same image was verified before, over something else: it is what ran before this one that counts.
    const earlier = ran(7, 'b', 'd-7', revision(0, '0'));
    expect(whole(world(true, [earlier, ...twice]), runsThree, rollback)).toMatchObject({
      deployment: { destination: ONE, before: { revision: ONE, settled: true, desired: 1 } },
    });
    // An alarm that was heard twice has taken the verification already.
    expect(whole(world(true, twice, []), runsThree, rollback)).toMatchObject({ deployment: { destination: ONE } });
    // What ran before is all that is known: better that than nothing.
    expect(whole(world(true, twice.slice(1)), runsThree, rollback)).toMatchObject({ deployment: { destination: TWO } });
  });

  it('that leaves what was rolled out over itself comes to an end, and to what is verified', () => {
    const verified = [entry(1, 'a', 'd-1'), entry(2, 'b', 'd-2')];
    const world = worldOf(
      'starting',
      { kind: 'rollback', leaving: { deployment: 'd-2', digest: digest('b') }, failure: { ...failure, evidence: true } },
      { ...leased({ verified, history: [ran(2, 'b', 'd-2', TWO)] }), lane: lane() },
    );
    expect(whole(world, looked({ current: { current: settled(TWO) } }), rollback)).toMatchObject({
      deployment: { state: 'rolling-back', destination: ONE },
      service: { verified: [entry(1, 'a', 'd-1')] },
    });
  });

  const waits = (id: string, over: object = {}) => deployment('queued', { id, ...over });

  it.each([
    ['an older automatic request of the digest', waits('d-8'), true],
    [
      'one of the same moment',
      waits('d-8', { cause: arrival('x', { cause: { ...arrival('x').cause, time: NOW } }).cause }),
      true,
    ],
    ['a younger one', waits('d-8', { cause: { ...arrival('x').cause, time: NOW + 1 } }), false],
    ['one of another image', waits('d-8', { image: { ...IMAGE, digest: digest('e') } }), false],
    ['a person´s own', waits('d-8', { asked: { image: 'x', force: true, reason: 'sure' } }), false],
    ['a rollback', waits('d-8', { kind: 'rollback' }), false],
    ['one that has started', deployment('starting', { id: 'd-8' }), false],
  ])('by a person speaks for who waits: %s', (_, known, rejected) => {
    const world = under({}, { waiters: [known], lane: lane({ holder: line('d-9'), waiting: [line('d-8'), line('d-next')] }) });
    const after = whole(world, request({ from: { deployment: 'd-9', digest: digest('b') } }), rollback);
    const reason = {
      code: 'left-by-person',
      message: `r-new left the image ${digest('b')} after this was asked for; a person may ask again with "force": true and a "reason"`,
    };
    const others = after['others'] as readonly object[];
    expect(others).toHaveLength(rejected ? 2 : 1);
    if (!rejected) return;
    expect(others[1]).toMatchObject({ state: 'rejected', sequence: 2, outcome: { reason, changed: false } });
    expect(after['lane']).toMatchObject({ holder: line('d-next') });
    expect((after['events'] as readonly { type: string }[]).map(({ type }) => type)).toEqual([
      'DeploymentFailed',
      'DeploymentRejected',
    ]);
  });

  it('by a person speaks also for who holds the lane and has not started: the next is woken', () => {
    const world = idle({}, { waiters: [waits('d-8')], lane: lane({ holder: line('d-8'), waiting: [line('d-next')] }) });
    const after = whole(world, request({ from: { digest: digest('b') } }), rollback);
    expect(after).toMatchObject({
      others: [{ state: 'rejected', outcome: { reason: { code: 'left-by-person' } } }],
      lane: { holder: line('d-next') },
    });
    expect(after['wakes']).toContainEqual(wake('deploy', 'd-next', undefined, 0));
  });

  it('by a person speaks for 25 at once, which one commit holds, and for nobody where no digest is left', () => {
    const many = Array.from({ length: 30 }, (_, index) => waits(`w-${index}`));
    const world = under({}, { waiters: many });
    expect(whole(world, request({ from: { deployment: 'd-9', digest: digest('b') } }), rollback)['others']).toHaveLength(26);
    expect(whole(world, request({ from: { deployment: 'd-9' } }), rollback)['others']).toHaveLength(1);
    expect(
      whole(world, request({ from: { deployment: 'd-9', digest: digest('b') }, byPerson: false }), rollback)['others'],
    ).toHaveLength(1);
  });

  it('a cancel speaks for who waits too, by the time it was asked', () => {
    const known = waits('d-8', { cause: { ...arrival('x').cause, time: NOW + 1 } });
    const world = worldOf('rolling-out', {}, { waiters: [known] });
    const later: Input = { ...inputs['cancel-requested'], cause: { ...arrival('c').cause, time: NOW + 1 } };
    expect(whole(world, inputs['cancel-requested'], rollback)).not.toHaveProperty('others');
    expect(whole(world, later, rollback)['others']).toHaveLength(1);
    expect(whole(worldOf('starting', {}, { waiters: [known] }), later, rollback)['others']).toHaveLength(1);
  });
});
