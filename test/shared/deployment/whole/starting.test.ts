import { describe, expect, it } from 'vitest';
import type { Input } from '../../../../shared/deployment/input.ts';
import type { Service } from '../../../../shared/deployment/types.ts';
import { alarm, deploy, digest, inputs, NOW, revision, rollback, service, settings, worldOf } from '../builders.ts';
import {
  byOther,
  entry,
  IMAGE,
  LEASE,
  leased,
  looked,
  ONE,
  ROLLBACK_TIME,
  settled,
  stretch,
  TWO,
  verdictOf,
  wake,
} from './parts.ts';
import { GONE, whole } from './whole.ts';

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
    const before = settled(ONE);
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
    const before = settled(ONE);
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
    ['verified', { current: { current: settled(ONE) } }, well, false],
  ])('what runs there is adopted: %s', (_, current, health, adopted) => {
    expect(whole(worldOf('starting', { adopted: !adopted }, leased()), looked({ ...current, ...health }), deploy)).toMatchObject({
      deployment: { adopted },
      effect: { kind: 'start' },
    });
  });

  const same = settled(revision(3, 'b'));
  const known = { verified: [entry(3, 'b', 'd-old')] };

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
          ...verdictOf({ reason, verified: true, running: same.revision }),
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
    const before = settled(ONE);
    const rollout = { revision: TWO, id: 'ecs-svc/2', startedAt: NOW };
    const told = { type: 'DeploymentStarted', sequence: 2, revision: TWO, deadline: NOW + 600_000 };
    expect(whole(worldOf('starting', { before, troubles: 2 }, leased()), inputs['start-answered'], deploy)).toEqual({
      deployment: { state: 'rolling-out', rollout, desired: 2, troubles: 0, wakeAt: NOW + 120_000, sequence: 2, wakeNumber: 2 },
      service: { lease: GONE },
      events: [{ ...told, before: ONE }],
      wakes: [wake('verify', 'd-new', 2, 120)],
    });
    expect(whole(worldOf('starting', {}, leased()), inputs['start-answered'], deploy)['events']).toEqual([told]);
    const soon: Input = { kind: 'start-answered', answer: { rollout, desired: 2, lookInSeconds: 20 } };
    expect(whole(worldOf('starting', { before }, leased()), soon, deploy)).toMatchObject({
      deployment: { state: 'rolling-out', wakeAt: NOW + 20_000 },
    });
    const failure = { code: 'not-allowed', message: 'no', evidence: false };
    expect(
      whole(worldOf('starting', {}, leased()), { kind: 'start-answered', answer: { refused: failure } }, deploy),
    ).toMatchObject({
      deployment: { state: 'failed', outcome: { reason: { code: 'not-allowed', message: 'no' }, changed: false } },
    });
    expect(whole(worldOf('starting', { kind: 'rollback' }, leased()), inputs['start-answered'], rollback)).toEqual({});
  });

  it('begun is what alarms may be of from then on, and stays so', () => {
    const ran = service().history;
    const others = [...ran, { ...stretch, deployment: 'd-1' }];
    const answered = (history: Service['history'], state: 'starting' | 'rolling-back' = 'starting') =>
      whole(worldOf(state, {}, leased({ history })), inputs['start-answered'], deploy)['service'];
    expect(answered([...others, stretch])).toMatchObject({ history: [...others, { ...stretch, begun: NOW }] });
    expect(answered([...others, stretch], 'rolling-back')).toMatchObject({ history: [...others, { ...stretch, begun: NOW }] });
    const ended = worldOf(
      'rolling-back',
      { id: 'r-1', leaving: { deployment: 'd-new' } },
      leased({ active: 'r-1', history: [stretch] }),
    );
    expect(whole(ended, inputs['start-answered'], deploy)).toMatchObject({ service: { history: [{ ...stretch, begun: NOW }] } });
    expect(answered([...others, { ...stretch, begun: NOW - 5 }])).not.toHaveProperty('history');
    expect(answered([...ran, { ...stretch, underWay: false }])).not.toHaveProperty('history');
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
    const world = worldOf('starting', { startAttempts: 1, before: settled(ONE) }, byOther);
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
