import { describe, expect, it } from 'vitest';
import type { World } from '../../../../shared/deployment/decision.ts';
import { deploy, deployment, inputs, lane, NOW, rollback, service, verify, worldOf } from '../builders.ts';
import { DEPLOY_TIME, LEASE, line, stretch, verdictOf, wake } from './parts.ts';
import { GONE, whole } from './whole.ts';

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
      events: [{ type: 'DeploymentExpired', sequence: 2, verdict: 'expired', ...verdictOf({ reason }) }],
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

  it('is not pushed out by the first that waits, whoever wakes it', () => {
    const world = held({ lane: lane({ holder: line('d-0'), waiting: [line('d-new'), line('d-2')] }) });
    const waitingFor = { code: 'lane-busy', message: '1 deployment(s) of lane preprod are before it' };
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
    const waitingFor = { code: 'lane-busy', message: '1 deployment(s) of lane preprod are before it' };
    expect(whole(held({ lane: behind }), { kind: 'woken' }, deploy)).toEqual({
      deployment: { waitingFor, wakeAt: NOW + 3_600_000, wakeNumber: 2 },
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

  it('are sent anew to the owner of another state, though it is due at the same moment', () => {
    const world = worldOf('starting', { wakeAt: NOW + 120_000 }, { service: service({ active: 'd-new', lease: LEASE }) });
    expect(whole(world, inputs['start-answered'], deploy)).toMatchObject({
      deployment: { state: 'rolling-out', wakeNumber: 2 },
      wakes: [wake('verify', 'd-new', 2, 120)],
    });
  });
});
