import { describe, expect, it } from 'vitest';
import type { World } from '../../../shared/deployment/decision.ts';
import type { Input } from '../../../shared/deployment/input.ts';
import { isActive, isTerminal, isUnderWay, ownerOf } from '../../../shared/deployment/owner.ts';
import { ACTIVE_STATES, type State, TERMINAL_STATES } from '../../../shared/deployment/types.ts';
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

/** As `decide.whole.test.ts`: from a request to its start, and what asks to go back. */
const deploy = moment();
const verify = moment({ function: 'verify' });
const rollback = moment({ function: 'rollback' });

const LEASE = { by: 'me', until: NOW + 120_000 };
const ONE = revision(1, 'a');
const TWO = revision(2, 'b');
const IMAGE = { repository: 'registry/api', digest: digest('b'), platforms: [] };

/** 600 s to roll out, 10 s to bake, and three checks of 20 s with pauses of 1 and 2 s. */
const DEPLOY_TIME = 673_000;
/** 600 s to roll back, and five checks of 20 s with pauses of 1, 2, 4 and 8 s. */
const ROLLBACK_TIME = 715_000;

const wake = (name: string, id: string, number?: number, delaySeconds = 0) => ({
  function: name,
  service: 'api',
  deployment: id,
  ...(number === undefined ? {} : { number }),
  delaySeconds,
});

/** A deployment as it is when its request was just taken. */
const fresh = (id: string, over: object = {}) => ({
  ...arrival(id),
  id,
  kind: 'deploy',
  acceptedAt: NOW,
  waitUntil: NOW + 3_600_000,
  startAttempts: 0,
  adopted: false,
  baseline: [],
  checkAttempts: 0,
  restores: 0,
  troubles: 0,
  sequence: 1,
  wakeNumber: 1,
  version: 0,
  image: IMAGE,
  ...over,
});

const queuedTold = (over: object = {}) => ({
  type: 'DeploymentQueued',
  sequence: 1,
  position: 0,
  waitUntil: NOW + 3_600_000,
  ...over,
});
const asked = (over: object = {}, id = 'd-new'): Input => ({ ...inputs['deploy-requested'], arrival: arrival(id, over) });
const line = (id: string, over: object = {}) => ({ ...waiter(id), ...over });

const verdictOf = (over: object) => ({
  terminal: true,
  changed: false,
  verified: false,
  notWatched: [],
  checkAttempts: 0,
  durationSeconds: 0,
  ...over,
});

const stretch = { at: NOW, deployment: 'd-new', digest: digest('b'), underWay: true };

describe('a request', () => {
  it('for a free lane and service takes both, and looks under the lease', () => {
    expect(whole(worldOf('new'), asked(), deploy)).toEqual({
      deployment: fresh('d-new', { state: 'starting', deadline: NOW + DEPLOY_TIME, wakeAt: NOW + 120_000 }),
      service: {
        active: 'd-new',
        newestStarted: { time: NOW, id: 'd-new' },
        history: [...service().history, stretch],
        lease: LEASE,
      },
      lane: { holder: line('d-new') },
      events: [queuedTold()],
      effect: { kind: 'look' },
    });
  });

  it('without a health check has so much less time', () => {
    const { health: _, ...bare } = settings;
    expect(whole(worldOf('new'), asked({ settings: bare }), deploy)).toMatchObject({ deployment: { deadline: NOW + 610_000 } });
  });

  it('waits in the order of its time, and the first that comes is before the second of the same second', () => {
    const waiting = [line('d-1', { time: NOW - 5 }), line('d-2', { time: NOW }), line('d-3', { time: NOW + 5 })];
    const world = worldOf('new', {}, { lane: lane({ holder: line('d-0'), waiting }) });
    const waitingFor = { code: 'lane-busy', message: '3 deployment(s) of lane preprod are before it' };
    const wide = { settings: { ...settings, maxWaiting: 9 } };
    expect(whole(world, asked(wide), deploy)).toEqual({
      deployment: fresh('d-new', { ...wide, state: 'queued', waitingFor, wakeAt: NOW + 3_600_000 }),
      lane: { waiting: [line('d-1', { time: NOW - 5 }), line('d-2'), line('d-new'), line('d-3', { time: NOW + 5 })] },
      events: [queuedTold({ position: 3, waitingFor })],
    });
  });

  it('by a person with a reason is not automatic', () => {
    const forced = { asked: { image: 'api:b', force: true, reason: 'sure' } };
    expect(whole(worldOf('new'), asked(forced), deploy)).toMatchObject({ lane: { holder: { automatic: false } } });
    for (const only of [
      { image: 'api:b', force: true },
      { image: 'api:b', reason: 'sure' },
    ])
      expect(whole(worldOf('new'), asked({ asked: only }), deploy)).toMatchObject({ lane: { holder: { automatic: true } } });
  });

  it('as many as may wait, and no more', () => {
    const full = (count: number) =>
      worldOf(
        'new',
        {},
        { lane: lane({ holder: line('d-0'), waiting: ['1', '2', '3'].slice(0, count).map((id) => line(`d-${id}`)) }) },
      );
    expect(whole(full(2), asked(), deploy)).toMatchObject({ deployment: { state: 'queued' } });
    const reason = {
      code: 'lane-full',
      message: '3 deployments wait in lane preprod already, which is as many as may; ask again when it has moved on',
    };
    expect(whole(full(3), asked(), deploy)).toEqual({
      deployment: fresh('d-new', {
        state: 'rejected',
        outcome: { changed: false, verified: false, notWatched: [], reason, at: NOW },
      }),
      events: [{ type: 'DeploymentRejected', sequence: 1, verdict: 'rejected', ...verdictOf({ reason }) }],
    });
    const again = worldOf('new', {}, { lane: lane({ holder: line('d-new'), waiting: [line('d-1'), line('d-2'), line('d-3')] }) });
    expect(whole(again, asked(), deploy)).toMatchObject({ deployment: { state: 'starting' } });
  });

  it('is as old as it may be, and no older', () => {
    expect(whole(worldOf('new'), asked(), moment({ now: NOW + 3_600_000 }))).toMatchObject({ deployment: { state: 'starting' } });
    const reason = {
      code: 'request-too-old',
      message: 'the request was 3601 s old when it arrived, older than the 3600 s allowed; ask again if it is still wanted',
    };
    expect(whole(worldOf('new'), asked(), moment({ now: NOW + 3_600_501 }))).toMatchObject({
      deployment: { state: 'expired', outcome: { reason } },
      events: [{ type: 'DeploymentExpired', reason }],
    });
  });

  it('whose image is not there is rejected with the registry´s reason', () => {
    const problem = { code: 'image-missing', message: 'there is no image api:new' };
    expect(whole(worldOf('new'), { ...inputs['deploy-requested'], image: { problem } }, deploy)).toMatchObject({
      deployment: { state: 'rejected', outcome: { reason: problem } },
    });
  });

  it('older than the newest started of its service is superseded; of the same time it is not', () => {
    const started = (time: number, id = 'd-9') => worldOf('new', {}, { service: service({ newestStarted: { time, id } }) });
    const reason = { code: 'newer-started', message: 'deployment d-9, which was asked for later, has started already' };
    expect(whole(started(NOW + 1), asked(), deploy)).toMatchObject({
      deployment: { state: 'superseded', outcome: { reason, supersededBy: 'd-9' } },
      events: [{ type: 'DeploymentSuperseded', supersededBy: 'd-9' }],
    });
    expect(whole(started(NOW), asked(), deploy)).toMatchObject({ deployment: { state: 'starting' } });
    expect(whole(started(NOW + 1, 'd-new'), asked(), deploy)).toMatchObject({ deployment: { state: 'starting' } });
  });

  it('for a quarantined image says by whom and why', () => {
    const reason = { code: 'alarm', message: 'rang' };
    const quarantine = { digest: digest('b'), environment: 'preprod', service: 'api', deployment: 'd-bad', at: NOW, reason };
    const message = `the image ${digest('b')} is quarantined in preprod since deployment d-bad (rang); a person may ask with "force": true and a "reason"`;
    expect(whole(worldOf('new', {}, { quarantine }), asked(), deploy)).toMatchObject({
      deployment: { outcome: { reason: { code: 'quarantined', message } } },
    });
  });
});

describe('the holder of a lane', () => {
  const held = (around: Partial<World> = {}, over: object = {}) =>
    worldOf('queued', over, { lane: lane({ holder: line('d-new'), wakeAt: NOW }), ...around });

  it('starts, and the lane owes nothing any more', () => {
    const waitingFor = { code: 'service-busy', message: 'x' };
    expect(whole(held({}, { waitingFor, troubles: 3 }), { kind: 'woken' }, deploy)).toEqual({
      deployment: {
        state: 'starting',
        waitingFor: GONE,
        deadline: NOW + DEPLOY_TIME,
        troubles: 0,
        wakeAt: NOW + 120_000,
        wakeNumber: 2,
      },
      service: {
        active: 'd-new',
        newestStarted: { time: NOW, id: 'd-new' },
        history: [...service().history, stretch],
        lease: LEASE,
      },
      lane: { wakeAt: GONE },
      effect: { kind: 'look' },
    });
  });

  it('keeps to its place while its service is busy, and says with what', () => {
    const busy = held({ service: service({ active: 'd-1' }) });
    const waitingFor = { code: 'service-busy', message: 'deployment d-1 of the same service has not ended yet' };
    expect(whole(busy, { kind: 'woken' }, deploy)).toEqual({
      deployment: { waitingFor, wakeAt: NOW + 60_000, wakeNumber: 2 },
      lane: { wakeAt: GONE },
      wakes: [wake('deploy', 'd-new', 2, 60)],
    });
    const first = held({ service: service({ waiting: ['r-1', 'r-2'] }) });
    expect(whole(first, { kind: 'woken' }, deploy)).toMatchObject({
      deployment: { waitingFor: { code: 'rollback-first', message: 'rollback r-1 of the same service goes first' } },
    });
    const called = held({ service: service({ lease: { by: 'me', until: NOW + 1 } }) });
    expect(whole(called, { kind: 'woken' }, deploy)).toEqual({
      deployment: {
        waitingFor: { code: 'call-under-way', message: 'an earlier call to the target may still be under way' },
        wakeAt: NOW + 1,
        wakeNumber: 2,
      },
      lane: { wakeAt: GONE },
      wakes: [wake('deploy', 'd-new', 2, 1)],
    });
    const over = held({ service: service({ lease: { by: 'dead', until: NOW } }) });
    expect(whole(over, { kind: 'woken' }, deploy)).toMatchObject({ deployment: { state: 'starting' } });
  });

  it('never waits longer than it may', () => {
    const busy = held({ service: service({ active: 'd-1' }) }, { waitUntil: NOW + 5000 });
    expect(whole(busy, { kind: 'woken' }, deploy)).toMatchObject({ deployment: { wakeAt: NOW + 5000 } });
    const reason = {
      code: 'waited-too-long',
      message: 'it waited 3600 s without its turn coming; ask again if it is still wanted',
    };
    const late = held({ lane: lane({ holder: line('d-new'), waiting: [line('d-2')] }) }, { waitUntil: NOW });
    expect(whole(late, { kind: 'woken' }, deploy)).toEqual({
      deployment: {
        state: 'expired',
        outcome: { changed: false, verified: false, notWatched: [], reason, at: NOW },
        wakeAt: GONE,
        sequence: 2,
        wakeNumber: 2,
      },
      lane: { holder: line('d-2'), waiting: [], wakeAt: NOW, wakeNumber: 1 },
      events: [{ type: 'DeploymentExpired', sequence: 2, verdict: 'expired', ...verdictOf({ reason, durationSeconds: 1 }) }],
      wakes: [wake('deploy', 'd-2')],
    });
  });

  it('that is woken while it is not its turn only waits on', () => {
    const world = held({ lane: lane({ holder: line('d-0'), waiting: [line('d-1'), line('d-new')] }) });
    const waitingFor = { code: 'lane-busy', message: '2 deployment(s) of lane preprod are before it' };
    expect(whole(world, { kind: 'woken' }, deploy)).toEqual({
      deployment: { waitingFor, wakeAt: NOW + 3_600_000, wakeNumber: 2 },
    });
  });

  it('of nobody: the first that waits takes it, the others do not', () => {
    const free = lane({ waiting: [line('d-new'), line('d-2')] });
    expect(whole(held({ lane: free }), { kind: 'woken' }, deploy)).toMatchObject({
      deployment: { state: 'starting' },
      lane: { holder: line('d-new'), waiting: [line('d-2')] },
    });
    const behind = lane({ waiting: [line('d-2'), line('d-new')] });
    expect(whole(held({ lane: behind }), { kind: 'woken' }, deploy)).toMatchObject({
      deployment: { waitingFor: { message: '1 deployment(s) of lane preprod are before it' } },
    });
  });

  it('cancelled leaves the lane to the next', () => {
    const reason = { code: 'cancelled', message: 'not now' };
    const world = held({ lane: lane({ holder: line('d-new'), waiting: [line('d-2')] }) });
    expect(whole(world, inputs['cancel-requested'], rollback)).toMatchObject({
      deployment: { state: 'cancelled', outcome: { reason } },
      lane: { holder: line('d-2'), waiting: [] },
      wakes: [wake('deploy', 'd-2')],
    });
  });

  it('cancelled in the middle of the line changes nothing for the others, and wakes nobody who cannot go on', () => {
    const world = held({ lane: lane({ holder: line('d-0'), waiting: [line('d-new'), line('d-2')] }) });
    expect(whole(world, inputs['cancel-requested'], rollback)).toMatchObject({
      lane: { waiting: [line('d-2')] },
      wakes: [wake('deploy', 'd-0')],
    });
  });
});

const leased = (over: object = {}): Partial<World> => ({ service: service({ active: 'd-new', lease: LEASE, ...over }) });
const byOther: Partial<World> = { service: service({ active: 'd-new', lease: { by: 'other', until: NOW + 7000 } }) };
const looked = (over: Partial<Extract<Input, { kind: 'looked' }>> = {}): Input => ({ ...inputs.looked, ...over });

describe('starting', () => {
  it('looks first, and starts when it has looked before', () => {
    expect(whole(worldOf('starting'), { kind: 'woken' }, deploy)).toEqual({
      deployment: { wakeAt: NOW + 120_000, wakeNumber: 2 },
      service: { lease: LEASE },
      effect: { kind: 'look' },
    });
    expect(whole(worldOf('starting', { baselineAt: NOW - 5, startAttempts: 1 }), { kind: 'woken' }, deploy)).toEqual({
      deployment: { startAttempts: 2, wakeAt: NOW + 120_000, wakeNumber: 2 },
      service: { lease: LEASE },
      effect: { kind: 'start' },
    });
    expect(whole(worldOf('starting', { kind: 'rollback', baselineAt: NOW - 5 }), { kind: 'woken' }, rollback)).toMatchObject({
      effect: { kind: 'look' },
    });
    expect(whole(worldOf('starting', {}, byOther), { kind: 'woken' }, deploy)).toEqual({
      deployment: { wakeAt: NOW + 7000, wakeNumber: 2 },
      wakes: [wake('deploy', 'd-new', 2, 7)],
    });
  });

  it('after its deadline ends without a change, or goes back where it may have begun', () => {
    const message = 'the deployment did not start in the time that was stated for it';
    const before = { revision: ONE, settled: true, desired: 2 };
    expect(whole(worldOf('starting', { deadline: NOW, before }), { kind: 'woken' }, deploy)).toMatchObject({
      deployment: { state: 'failed', outcome: { changed: false, running: ONE, reason: { code: 'deadline', message } } },
    });
    expect(whole(worldOf('starting', { deadline: NOW, startAttempts: 1, before }), { kind: 'woken' }, deploy)).toMatchObject({
      deployment: {
        state: 'rolling-back',
        failure: { code: 'deadline', message, evidence: false },
        deadline: NOW + ROLLBACK_TIME,
      },
      wakes: [wake('rollback', 'd-new', 2)],
    });
    expect(whole(worldOf('starting', { deadline: NOW + 1 }), { kind: 'woken' }, deploy)).toMatchObject({
      effect: { kind: 'look' },
    });
  });

  it('saves what runs and which alarms fire, before the call', () => {
    const ringing = looked({ alarms: [alarm(), alarm({ arn: 'arn:ok', state: 'OK' })] });
    const before = { revision: ONE, settled: true, desired: 2 };
    expect(whole(worldOf('starting', { troubles: 1 }, leased()), ringing, deploy)).toEqual({
      deployment: {
        before,
        desired: 2,
        baseline: ['arn:alarm:errors'],
        baselineAt: NOW,
        startAttempts: 1,
        troubles: 0,
        wakeAt: NOW + 120_000,
        wakeNumber: 2,
      },
      service: {},
      effect: { kind: 'start' },
    });
  });

  const theirs = (over: object = {}) => ({
    current: { current: { revision: revision(7, 'c'), settled: true, desired: 2, ...over } },
  });
  const well = { health: { healthy: true, detail: '' } };

  it.each([
    ['settled, wanted, well and not verified', theirs(), well, true],
    ['unsettled', theirs({ settled: false }), well, false],
    ['wanted by nobody', theirs({ desired: 0 }), well, false],
    ['ill', theirs(), { health: { healthy: false, detail: '' } }, false],
    ['not asked', theirs(), {}, false],
    ['verified', { current: { current: { revision: ONE, settled: true, desired: 2 } } }, well, false],
  ])('what runs there is adopted: %s', (_, current, health, adopted) => {
    expect(whole(worldOf('starting', { adopted: !adopted }, leased()), looked({ ...current, ...health }), deploy)).toMatchObject({
      deployment: { adopted },
      effect: { kind: 'start' },
    });
  });

  const same = { revision: revision(3, 'b'), settled: true, desired: 2 };
  const known = { verified: [{ revision: revision(3, 'b'), digest: digest('b'), deployment: 'd-old', at: NOW }] };

  it('what runs already, verified and well, is no change', () => {
    const reason = { code: 'runs-already', message: 'this image runs there already, verified, and looked at now' };
    expect(whole(worldOf('starting', {}, leased(known)), looked({ current: { current: same }, ...well }), deploy)).toEqual({
      deployment: {
        state: 'succeeded',
        before: same,
        desired: 2,
        outcome: { changed: false, verified: true, notWatched: [], reason, running: same.revision, at: NOW },
        deadline: GONE,
        wakeAt: GONE,
        sequence: 2,
        wakeNumber: 2,
      },
      service: { active: GONE, lease: GONE },
      lane: { holder: GONE },
      events: [
        {
          type: 'DeploymentSucceeded',
          sequence: 2,
          verdict: 'succeeded',
          ...verdictOf({ reason, verified: true, running: same.revision, durationSeconds: 1 }),
        },
      ],
    });
  });

  it.each([
    [
      'a platform of the index',
      { image: { ...IMAGE, digest: digest('e'), platforms: [digest('d'), digest('b')] } },
      {},
      {},
      'succeeded',
    ],
    ['another image', { image: { ...IMAGE, digest: digest('e') } }, {}, {}, undefined],
    ['unsettled', {}, { settled: false }, {}, undefined],
    ['wanted by nobody', {}, { desired: 0 }, {}, undefined],
    ['forced', { asked: { image: 'x', force: true } }, {}, {}, undefined],
    ['ill', {}, {}, { health: { healthy: false, detail: '' } }, undefined],
    ['firing', {}, {}, { alarms: [alarm()] }, undefined],
    ['without a health check', {}, {}, { health: undefined }, 'succeeded'],
  ])('what runs already: %s', (_, over, current, input, state) => {
    const { health, ...rest } = { ...well, ...input } as { health?: typeof well.health };
    const told = looked({ current: { current: { ...same, ...current } }, ...rest, ...(health === undefined ? {} : { health }) });
    const after = whole(worldOf('starting', over, leased(known)), told, deploy);
    expect((after['deployment'] as { state?: string }).state).toBe(state);
    if (state === undefined) expect(after['effect']).toEqual({ kind: 'start' });
  });

  it('what runs already without a digest that anybody knows is started', () => {
    const { digest: _, ...nameless } = same.revision;
    const after = whole(
      worldOf('starting', {}, leased(known)),
      looked({ current: { current: { ...same, revision: nameless } }, ...well }),
      deploy,
    );
    expect(after['effect']).toEqual({ kind: 'start' });
  });

  it('is refused where its image is gone, its alarms are not there, or ring though they may not', () => {
    const gone = { code: 'image-missing', message: 'gone' };
    expect(whole(worldOf('starting', {}, leased()), looked({ missing: gone }), deploy)).toMatchObject({
      deployment: { state: 'failed', outcome: { reason: gone, running: ONE, changed: false } },
    });
    const absent = looked({
      alarms: [alarm({ state: 'MISSING' }), alarm({ state: 'MISSING', name: 'slow' }), alarm({ state: 'OK' })],
    });
    const missing = 'the catalogue names alarms that do not exist: errors, slow; create them, or take them out of the catalogue';
    expect(whole(worldOf('starting', {}, leased()), absent, deploy)).toMatchObject({
      deployment: { state: 'rejected', outcome: { reason: { code: 'alarm-missing', message: missing } } },
      events: [{ type: 'DeploymentRejected' }],
    });
    const strict = { settings: { ...settings, requireOk: true } };
    const firing = '"requireOk" is set and these alarms are firing already: errors';
    expect(whole(worldOf('starting', strict, leased()), looked({ alarms: [alarm()] }), deploy)).toMatchObject({
      deployment: { state: 'rejected', outcome: { reason: { code: 'alarm-firing', message: firing } } },
    });
    expect(whole(worldOf('starting', strict, leased()), looked({ alarms: [alarm({ state: 'OK' })] }), deploy)).toMatchObject({
      effect: { kind: 'start' },
    });
    const { current: _, ...empty } = inputs.looked;
    expect(whole(worldOf('starting', {}, leased()), empty, deploy)).toEqual({});
  });

  it('begun is told with what ran before and until when it has to be over', () => {
    const before = { revision: ONE, settled: true, desired: 2 };
    const rollout = { revision: TWO, id: 'ecs-svc/2', startedAt: NOW };
    const told = { type: 'DeploymentStarted', sequence: 2, revision: TWO, deadline: NOW + 600_000 };
    expect(whole(worldOf('starting', { before, troubles: 2 }, leased()), inputs['start-answered'], deploy)).toEqual({
      deployment: { state: 'rolling-out', rollout, desired: 2, troubles: 0, wakeAt: NOW + 120_000, sequence: 2, wakeNumber: 2 },
      service: { lease: GONE },
      events: [{ ...told, before: ONE }],
      wakes: [wake('verify', 'd-new', 2, 120)],
    });
    expect(whole(worldOf('starting', {}, leased()), inputs['start-answered'], deploy)['events']).toEqual([told]);
    const failure = { code: 'not-allowed', message: 'no', evidence: false };
    expect(
      whole(worldOf('starting', {}, leased()), { kind: 'start-answered', answer: { refused: failure } }, deploy),
    ).toMatchObject({
      deployment: { state: 'failed', outcome: { reason: { code: 'not-allowed', message: 'no' }, changed: false } },
    });
    expect(whole(worldOf('starting', { kind: 'rollback' }, leased()), inputs['start-answered'], rollback)).toEqual({});
  });

  it('no verdict is committed while another may be in the middle of a call', () => {
    const refused = looked({ current: { refused: { code: 'service-missing', message: 'none', evidence: false } } });
    expect(whole(worldOf('starting', {}, byOther), refused, deploy)).toEqual({
      deployment: { wakeAt: NOW + 7000, wakeNumber: 2 },
      wakes: [wake('deploy', 'd-new', 2, 7)],
    });
  });

  it('a deployment that never ran leaves no trace in the service´s history', () => {
    const history = [...service().history, stretch, { ...stretch, deployment: 'd-2' }, { ...stretch, underWay: false }];
    const refused = looked({ current: { refused: { code: 'service-missing', message: 'none', evidence: false } } });
    expect(whole(worldOf('starting', {}, leased({ history })), refused, deploy)).toMatchObject({
      service: { history: [...service().history, { ...stretch, deployment: 'd-2' }, { ...stretch, underWay: false }] },
    });
  });

  it('cancelled becomes its own rollback, after the call that may be under way', () => {
    const world = worldOf('starting', { startAttempts: 1, before: { revision: ONE, settled: true, desired: 2 } }, byOther);
    expect(whole(world, inputs['cancel-requested'], rollback)).toEqual({
      deployment: {
        state: 'rolling-back',
        failure: { code: 'cancelled', message: 'not now', evidence: false },
        leaving: { deployment: 'd-new', digest: digest('b') },
        destination: ONE,
        deadline: NOW + ROLLBACK_TIME,
        wakeAt: NOW + 7000,
        wakeNumber: 2,
      },
      service: {},
      wakes: [wake('rollback', 'd-new', 2, 7)],
    });
    const reason = { code: 'cancel-too-late', message: 'a rollback under way is not cancelled' };
    expect(whole(worldOf('starting', { kind: 'rollback' }), inputs['cancel-requested'], rollback)).toMatchObject({
      events: [{ type: 'CancelRejected', reason }],
    });
    const again = worldOf('starting', { kind: 'rollback', refusedCancel: 'event-c' });
    expect(whole(again, inputs['cancel-requested'], rollback)).toEqual({});
  });
});

describe('a way back', () => {
  const cancelled = (over: object, around: Partial<World> = {}) =>
    whole(worldOf('rolling-out', over, around), inputs['cancel-requested'], rollback)['deployment'] as { destination?: unknown };
  const five = revision(5, '5');

  it('is what others had put there and was adopted; else the newest verified; else what ran before', () => {
    const before = { revision: five, settled: true, desired: 2 };
    expect(cancelled({ before, adopted: true }).destination).toEqual(five);
    expect(cancelled({ before }).destination).toEqual(ONE);
    const nothing = { service: service({ active: 'd-new', verified: [] }) };
    expect(cancelled({ before }, nothing).destination).toEqual(five);
    const itself = { revision: TWO, settled: true, desired: 2 };
    expect(cancelled({ before: itself, adopted: true }, nothing)).not.toHaveProperty('destination');
  });

  it('is never what is left, by revision or by deployment, and the newest of several', () => {
    const entry = (number: number, letter: string, by: string) => ({
      revision: revision(number, letter),
      digest: digest(letter),
      deployment: by,
      at: NOW,
    });
    const verified = [
      entry(1, 'a', 'd-1'),
      entry(4, '4', 'd-4'),
      entry(2, 'e', 'd-x'),
      entry(6, 'b', 'd-new'),
      entry(8, 'b', 'd-8'),
    ];
    const after = whole(
      worldOf('rolling-out', {}, { service: service({ active: 'd-new', verified }) }),
      inputs['cancel-requested'],
      rollback,
    );
    expect(after).toMatchObject({
      deployment: { destination: revision(8, 'b') },
      service: { verified: [entry(1, 'a', 'd-1'), entry(4, '4', 'd-4'), entry(8, 'b', 'd-8')] },
    });
    const rang = whole(
      worldOf('rolling-out', {}, { service: service({ active: 'd-new', verified }) }),
      inputs['alarm-changed'],
      rollback,
    );
    expect(rang).toMatchObject({
      deployment: { destination: revision(4, '4') },
      service: { verified: [entry(1, 'a', 'd-1'), entry(4, '4', 'd-4')] },
    });
  });

  it('closes the window of what is left, and no other', () => {
    const window = {
      deployment: 'd-new',
      revision: TWO,
      digest: digest('b'),
      opensAt: NOW,
      closesAt: NOW + 5,
      alarms: [],
      baseline: [],
    };
    const closed = whole(
      worldOf('rolling-out', {}, { service: service({ active: 'd-new', window, wakeAt: NOW }) }),
      inputs['cancel-requested'],
      rollback,
    );
    expect(closed).toMatchObject({ service: { window: GONE, wakeAt: GONE } });
    const others = { ...window, deployment: 'd-old', revision: ONE, digest: digest('a') };
    const kept = whole(
      worldOf('rolling-out', {}, { service: service({ active: 'd-new', window: others, wakeAt: NOW }) }),
      inputs['cancel-requested'],
      rollback,
    );
    expect(kept['service']).toEqual({ lease: LEASE });
  });

  it('without one is told by the function that owns it', () => {
    const world = worldOf('rolling-out', {}, { service: service({ active: 'd-new', verified: [] }) });
    const { before: _, ...rest } = world.deployment ?? deployment('rolling-out');
    expect(whole({ ...world, deployment: rest }, inputs['cancel-requested'], rollback)).toMatchObject({
      deployment: { state: 'rolling-back' },
      wakes: [wake('rollback', 'd-new', 2)],
    });
  });

  it('that was chosen is left when its image is gone, also where it ran before', () => {
    const before = { revision: ONE, settled: true, desired: 2 };
    const gone: Input = { kind: 'looked', alarms: [], missing: { code: 'image-missing', message: 'gone' } };
    const world = worldOf('rolling-back', { adopted: true, before }, leased());
    expect(whole(world, gone, rollback)).toEqual({
      deployment: { adopted: false, before: GONE, destination: GONE, wakeNumber: 2 },
      service: { verified: [], lease: GONE },
      wakes: [wake('rollback', 'd-new', 2)],
    });
    const five_ = { revision: five, settled: true, desired: 2 };
    expect(whole(worldOf('rolling-back', { before: five_ }, leased()), gone, rollback)).toEqual({
      deployment: { destination: five, wakeNumber: 2 },
      service: { verified: [] },
      effect: { kind: 'look-back' },
    });
  });
});

describe('a rollback that is asked for', () => {
  const history = [
    { at: NOW - 5000, deployment: 'd-2', digest: digest('b'), revision: TWO.id, underWay: false },
    { at: NOW + 1000, deployment: 'd-3', digest: digest('c'), underWay: true },
  ];
  const verified = [...service().verified, { revision: TWO, digest: digest('b'), deployment: 'd-2', at: NOW, before: ONE }];
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
    const twice = [...verified, { revision: revision(4, 'a'), digest: digest('a'), deployment: 'd-4', at: NOW }];
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
        before: { revision: ONE, settled: true, desired: 2 },
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
          ...verdictOf({ reason, changed: true, notWatched: ['arn:x'], durationSeconds: 1 }),
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
    const named = (left: object) =>
      (whole(world(left), looked(), rollback)['deployment'] as { outcome?: { reason: object } }).outcome?.reason;
    expect(named({ digest: digest('b'), revision: TWO.id })).toEqual({ code: 'already-left', message: message(digest('b')) });
    expect(named({ revision: TWO.id })).toEqual({ code: 'already-left', message: message(TWO.id) });
    expect(named({ deployment: 'd-1' })).toEqual({ code: 'already-left', message: message('d-1') });
    expect(named({})).toEqual({ code: 'already-left', message: message('what it names') });
    expect(named({ digest: digest('a') })).toBeUndefined();
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

describe('wakes', () => {
  it('are sent for what is due within a quarter of an hour', () => {
    const until = (milliseconds: number) =>
      worldOf(
        'queued',
        {},
        {
          service: service({ active: 'd-1' }),
          lane: lane({ holder: line('d-0'), waiting: [line('d-new')] }),
          ...{ deployment: deployment('queued', { waitUntil: NOW + milliseconds }) },
        },
      );
    expect(whole(until(900_000), { kind: 'woken' }, deploy)['wakes']).toEqual([wake('deploy', 'd-new', 2, 900)]);
    expect(whole(until(900_001), { kind: 'woken' }, deploy)).not.toHaveProperty('wakes');
  });

  it('are not sent again for the same moment', () => {
    const waitingFor = { code: 'service-busy', message: 'deployment d-1 of the same service has not ended yet' };
    const world = worldOf('queued', { wakeAt: NOW + 60_000 }, { service: service({ active: 'd-1' }) });
    expect(whole(world, { kind: 'woken' }, deploy)).toEqual({ deployment: { waitingFor } });
    const passed = worldOf('rolling-out', { wakeAt: NOW }, {});
    expect(whole(passed, { ...inputs['task-stopped'] }, verify)['wakes']).toEqual([wake('verify', 'd-new', 2)]);
  });
});

describe('owners', () => {
  const STATES: Readonly<
    Record<State, readonly [deploy: string, rollback: string, active: boolean, terminal: boolean, underWay: boolean]>
  > = {
    queued: ['deploy', 'rollback', false, false, false],
    starting: ['deploy', 'rollback', true, false, true],
    'rolling-out': ['verify', 'verify', true, false, true],
    verifying: ['verify', 'verify', true, false, true],
    baking: ['verify', 'verify', true, false, true],
    'rolling-back': ['rollback', 'rollback', true, false, false],
    'verifying-rollback': ['verify', 'verify', true, false, false],
    succeeded: ['verify', 'verify', false, true, false],
    'rolled-back': ['verify', 'verify', false, true, false],
    failed: ['verify', 'verify', false, true, false],
    rejected: ['verify', 'verify', false, true, false],
    superseded: ['verify', 'verify', false, true, false],
    expired: ['verify', 'verify', false, true, false],
    cancelled: ['verify', 'verify', false, true, false],
  };

  it.each(Object.entries(STATES))('%s', (name, [forDeploy, forRollback, active, terminal, underWay]) => {
    const state = name as State;
    expect([ownerOf({ state, kind: 'deploy' }), ownerOf({ state, kind: 'rollback' })]).toEqual([forDeploy, forRollback]);
    expect([isActive(state), isTerminal(state)]).toEqual([active, terminal]);
    expect(isUnderWay(deployment(state))).toBe(underWay);
    expect(isUnderWay(deployment(state, { kind: 'rollback' }))).toBe(false);
  });

  it('are of every state there is', () => {
    expect(Object.keys(STATES)).toEqual(['queued', ...ACTIVE_STATES, ...TERMINAL_STATES]);
  });
});
