import { describe, expect, it } from 'vitest';
import type { World } from '../../../../shared/deployment/decision.ts';
import type { Input } from '../../../../shared/deployment/input.ts';
import {
  arrival,
  deploy,
  deployment,
  digest,
  inputs,
  lane,
  NOW,
  openWindow,
  revision,
  rollback,
  service,
  settings,
  verify,
  waiter,
  worldOf,
} from '../builders.ts';
import { checked, entry, LEASE, ONE, ran, serving, settled, TWO, WELL } from './parts.ts';
import { GONE, whole } from './whole.ts';

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
    const verified = [...service().verified, entry(6, 'e', 'd-6')];
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
    const unknown = deployment('rolling-out', { id: 'd-9', before: settled(nameless) });
    expect(whole(under({}, unknown), asked({ from: { deployment: 'd-x', digest: digest('9') } }), rollback)).toMatchObject({
      deployment: { state: 'rejected' },
    });
  });

  it.each(['rejected', 'failed', 'succeeded'] as const)(
    'of a window that has ended (%s) closes it when it is asked for again',
    (state) => {
      const leaving = { deployment: 'd-old', digest: digest('a'), revision: ONE.id };
      const around = { service: service({ window: openWindow, wakeAt: NOW }), lane: lane() };
      const ended = worldOf(state, { id: 'r-new', kind: 'rollback', leaving }, around);
      const ringsOn = asked({ byPerson: false, from: leaving });
      expect(whole(ended, ringsOn, rollback)).toEqual({ service: { window: GONE, wakeAt: GONE } });
      expect(whole(ended, asked({ from: leaving }), rollback)).toEqual({});
      const others = worldOf(state, { id: 'r-new', kind: 'rollback', leaving: { deployment: 'd-9' } }, around);
      expect(whole(others, ringsOn, rollback)).toEqual({});
      const none = worldOf(state, { id: 'r-new', kind: 'rollback', leaving }, { service: service(), lane: lane() });
      expect(whole(none, ringsOn, rollback)).toEqual({});
      const leftNothing = worldOf(state, { id: 'r-new', kind: 'rollback' }, around);
      expect(whole(leftNothing, ringsOn, rollback)).toEqual({});
    },
  );

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
    const idle = worldOf(
      'new',
      {},
      { service: service({ verified: [entry(2, 'b', 'd-2')], history: [ran(2, 'b', 'd-2', ONE)] }) },
    );
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
    const others = [entry(6, 'e', 'd-6')];
    const world = worldOf('verifying-rollback', {}, serving({ verified: others }));
    const well = checked({ health: WELL, observation: { phase: 'completed', desired: 2 } });
    expect(whole(world, well, verify)).toMatchObject({ deployment: { outcome: { verified: false } } });
  });

  it('failed is tried once more, as one that was undone', () => {
    const failed = checked({
      observation: { phase: 'failed', failure: { code: 'x', message: 'x', evidence: false }, running: TWO },
    });
    expect(whole(worldOf('verifying-rollback'), failed, verify)).toMatchObject({ deployment: { state: 'rolling-back' } });
  });

  it.each([
    ['rolling-back', rollback, 'look-back'],
    ['starting', deploy, 'look'],
    ['verifying-rollback', verify, 'check'],
  ] as const)('without a deadline goes on: %s', (state, moment, kind) => {
    const { deadline: _, ...endless } = deployment(state);
    expect(whole({ ...worldOf(state), deployment: endless }, { kind: 'woken' }, moment)).toMatchObject({ effect: { kind } });
  });

  it('without a deadline is only looked at while it rolls out', () => {
    const { deadline: _, ...endless } = deployment('rolling-out');
    expect(whole({ ...worldOf('rolling-out'), deployment: endless }, { kind: 'woken' }, verify)).toEqual({
      effect: { kind: 'observe' },
    });
  });
});
