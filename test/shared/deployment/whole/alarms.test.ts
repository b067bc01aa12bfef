import { describe, expect, it } from 'vitest';
import type { World } from '../../../../shared/deployment/decision.ts';
import type { Input } from '../../../../shared/deployment/input.ts';
import { windowHeard, windowRead } from '../../../../shared/deployment/windows.ts';
import {
  alarm,
  deploy,
  deployment,
  digest,
  inputs,
  NOW,
  openWindow,
  quarantine,
  revision,
  rollback,
  service,
  verify,
  worldOf,
} from '../builders.ts';
import { checked, entry, LEASE, leased, looked, ONE, serving, settled, TWO, wake } from './parts.ts';
import { GONE, whole } from './whole.ts';

/** Fired before the first task of what is being deployed. */
const old = alarm({ at: NOW - 60_001 });
const zero = entry(0, '0', 'd-0');

describe('the destination´s own alarm', () => {
  const around: Partial<World> = {
    service: service({
      active: 'd-new',
      lease: LEASE,
      window: openWindow,
      wakeAt: NOW + 1,
      verified: [zero, ...service().verified],
    }),
  };
  const against = quarantine({ code: 'alarm', message: 'alarm errors is firing: too many' }, 'd-old', 'a');

  it('found before the restore takes the destination away, and another one is looked at', () => {
    const input: Input = { kind: 'looked', alarms: [old] };
    expect(whole(worldOf('rolling-back', {}, around), input, rollback)).toEqual({
      deployment: { blamed: ONE.id, baseline: ['arn:alarm:errors'], destination: zero.revision, wakeNumber: 2 },
      service: { verified: [zero], window: GONE, wakeAt: GONE },
      quarantine: against,
      effect: { kind: 'look-back' },
    });
    const known = worldOf('rolling-back', { baseline: ['arn:alarm:errors'] }, around);
    expect(whole(known, input, rollback)).toEqual({ effect: { kind: 'restore' } });
    const quiet: Input = { kind: 'looked', alarms: [alarm({ at: NOW - 60_001, state: 'OK' })] };
    expect(whole(worldOf('rolling-back', {}, around), quiet, rollback)).toEqual({ effect: { kind: 'restore' } });
  });

  it('is found also behind one that fires for another service', () => {
    const settled = { kind: 'looked', alarms: [alarm({ ...old, arn: 'arn:alarm:x', ofOther: true }), old] } as const;
    const first = worldOf('rolling-back', {}, around);
    expect(whole(first, settled, rollback)).toEqual({
      deployment: { baseline: ['arn:alarm:x'], wakeNumber: 2 },
      effect: { kind: 'look-back' },
    });
    expect(whole(worldOf('rolling-back', { baseline: ['arn:alarm:x'] }, around), settled, rollback)).toMatchObject({
      deployment: { blamed: ONE.id, baseline: ['arn:alarm:x', 'arn:alarm:errors'], destination: zero.revision },
      quarantine: against,
    });
  });

  it('with nowhere else to go lets the lease go, and its owner says so at once', () => {
    const { before: _, ...rest } = deployment('rolling-back');
    const alone = {
      ...worldOf('rolling-back', {}, leased({ window: openWindow })),
      deployment: rest,
    };
    expect(whole(alone, { kind: 'looked', alarms: [old] }, rollback)).toEqual({
      deployment: { blamed: ONE.id, baseline: ['arn:alarm:errors'], destination: GONE, wakeNumber: 2 },
      service: { verified: [], window: GONE, lease: GONE },
      quarantine: against,
      wakes: [wake('rollback', 'd-new', 2)],
    });
  });

  it('told by its event while it is on the way back is the same', () => {
    expect(whole(worldOf('rolling-back', {}, around), { kind: 'alarm-changed', alarm: old, previous: 'OK' }, rollback)).toEqual({
      deployment: { blamed: ONE.id, baseline: ['arn:alarm:errors'], destination: zero.revision, wakeNumber: 2 },
      service: { verified: [zero], window: GONE, wakeAt: GONE },
      quarantine: against,
      wakes: [wake('rollback', 'd-new', 2)],
    });
    const over: Input = { kind: 'alarm-changed', alarm: alarm({ ...old, state: 'OK' }), previous: 'ALARM' };
    expect(whole(worldOf('rolling-back', {}, around), over, rollback)).toEqual({});
    const late: Input = { kind: 'alarm-changed', alarm: alarm({ at: NOW - 60_000 }), previous: 'OK' };
    expect(whole(worldOf('rolling-back', {}, around), late, rollback)).toEqual({});
  });

  it('before the start leaves what comes alone, but its way back is another', () => {
    const { rollout: _, ...rest } = deployment('starting', {
      adopted: true,
      before: settled(ONE),
    });
    const world: World = { ...worldOf('starting', {}, around), deployment: rest };
    expect(whole(world, { kind: 'alarm-changed', alarm: old, previous: 'OK' }, rollback)).toEqual({
      deployment: { adopted: false, blamed: ONE.id, baseline: ['arn:alarm:errors'], wakeNumber: 2 },
      service: { verified: [zero], window: GONE, wakeAt: GONE },
      quarantine: against,
      wakes: [wake('deploy', 'd-new', 2)],
    });
    const theirs = { ...rest, before: settled(revision(5, '5')) };
    expect(
      whole({ ...world, deployment: theirs }, { kind: 'alarm-changed', alarm: old, previous: 'OK' }, rollback)['deployment'],
    ).toEqual({
      blamed: ONE.id,
      baseline: ['arn:alarm:errors'],
      wakeNumber: 2,
    });
  });

  it.each([
    ['at the moment its window opened', NOW - 900_000, true],
    ['before its window', NOW - 900_001, false],
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
    const own = { ...world, service: { ...world.service, window: { ...openWindow, deployment: 'd-new' } } };
    expect(whole(own, inputs['alarm-changed'], rollback)).toEqual({});
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

  const replacing: Partial<World> = serving({ window: openWindow, wakeAt: NOW + 1 });

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

  it.each(['rolling-out', 'verifying', 'baking'] as const)('of another service is not its own while it is %s', (state) => {
    const told = { kind: 'alarm-changed', alarm: alarm({ ofOther: true }), previous: 'OK' } as const;
    for (const around of [replacing, serving()])
      expect(whole(worldOf(state, { wakeAt: NOW }, around), told, rollback)).toMatchObject({
        deployment: { baseline: ['arn:alarm:errors'] },
      });
    const after = whole(worldOf(state, { wakeAt: NOW }, replacing), told, rollback);
    expect(after).not.toHaveProperty('service');
    expect(after).not.toHaveProperty('quarantine');
    expect(after['deployment']).not.toHaveProperty('state');
  });

  it.each(['verifying', 'baking'] as const)('of another service, read while it is %s, is not its own', (state) => {
    const read = checked({ alarms: [alarm({ ...old, ofOther: true })], observation: { phase: 'completed', desired: 2 } });
    const after = whole(worldOf(state, { wakeAt: NOW }, replacing), read, verify);
    expect(after).toEqual({
      deployment: { baseline: ['arn:alarm:errors'], wakeNumber: 2 },
      wakes: [wake('verify', 'd-new', 2)],
    });
  });

  it('of another service is not held against what is replaced, and does not count, when something starts', () => {
    const around = leased({ window: openWindow, wakeAt: NOW + 1 });
    const rings = looked({ alarms: [alarm({ ...old, ofOther: true })] });
    const after = whole(worldOf('starting', {}, around), rings, deploy);
    expect(after).toMatchObject({ deployment: { baseline: ['arn:alarm:errors'] }, effect: { kind: 'start' } });
    expect(after['service']).toEqual({});
    expect(after).not.toHaveProperty('quarantine');
    expect(whole(worldOf('starting', {}, around), looked({ alarms: [old] }), deploy)).toHaveProperty('quarantine');
  });

  it('of what is replaced revokes every revision of its digest', () => {
    const again = entry(5, 'a', 'd-5');
    const around = serving({ window: openWindow, verified: [...service().verified, again] });
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
    expect(after['deployment']).toEqual({ blamed: ONE.id, baseline: ['arn:alarm:errors'], wakeAt: NOW, wakeNumber: 2 });
  });

  it('of what is replaced, while there is no way back at all, is remembered, and nothing else', () => {
    const { destination: _, ...lost } = deployment('rolling-back');
    const after = whole(
      { ...worldOf('rolling-back', {}, replacing), deployment: lost },
      { kind: 'alarm-changed', alarm: old, previous: 'OK' },
      rollback,
    );
    expect(after['deployment']).toEqual({ blamed: ONE.id, baseline: ['arn:alarm:errors'], wakeNumber: 2 });
  });

  it('of what is replaced never leads back to what is left', () => {
    const world = worldOf('rolling-back', { before: settled(TWO) }, replacing);
    const after = whole(world, { kind: 'alarm-changed', alarm: old, previous: 'OK' }, rollback);
    expect(after).toMatchObject({ deployment: { destination: GONE } });
  });

  it('of what is replaced does not choose a way back for what has none yet', () => {
    const chosen = { ...deployment('rolling-out'), destination: ONE };
    const around = serving({ window: openWindow, verified: [zero, ...service().verified] });
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
    expect(windowHeard(service({ window: openWindow }), alarm({ at }), 'INSUFFICIENT_DATA').ringing !== undefined).toBe(counts);
  });

  it('of a window´s baseline that still fires when it is read does not count', () => {
    const known = service({ window: { ...openWindow, baseline: ['arn:alarm:errors'] } });
    expect(windowRead(known, [alarm()], NOW).ringing).toBeUndefined();
    expect(windowRead(known, [alarm()], NOW).service?.window?.baseline).toEqual(['arn:alarm:errors']);
    expect(windowRead(service(), [alarm()], NOW)).toEqual({});
    expect(windowHeard(service(), alarm(), 'OK')).toEqual({});
  });
});
