import { describe, expect, it } from 'vitest';
import type { Input } from '../../../../shared/deployment/input.ts';
import {
  arrival,
  deploy,
  digest,
  inputs,
  lane,
  moment,
  NOW,
  quarantine,
  service,
  settings,
  waiter,
  worldOf,
} from '../builders.ts';
import { DEPLOY_TIME, fresh, LEASE, line, stretch, verdictOf } from './parts.ts';
import { whole } from './whole.ts';

const queuedTold = (over: object = {}) => ({
  type: 'DeploymentQueued',
  sequence: 1,
  position: 0,
  waitUntil: NOW + 3_600_000,
  ...over,
});
const asked = (over: object = {}, id = 'd-new'): Input => ({ ...inputs['deploy-requested'], arrival: arrival(id, over) });

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
      events: [{ type: 'DeploymentRejected', sequence: 1, verdict: 'rejected', ...verdictOf({ reason, durationSeconds: 0 }) }],
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
    const message = `the image ${digest('b')} is quarantined in preprod since deployment d-bad (rang); a person may ask with "force": true and a "reason"`;
    expect(whole(worldOf('new', {}, { quarantine: quarantine(reason, 'd-bad') }), asked(), deploy)).toMatchObject({
      deployment: { outcome: { reason: { code: 'quarantined', message } } },
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
