import { describe, expect, it } from 'vitest';
import type { World } from '../../../../shared/deployment/decision.ts';
import type { Input } from '../../../../shared/deployment/input.ts';
import { deploy, deployment, digest, inputs, lane, NOW, revision, rollback, service, verify, worldOf } from '../builders.ts';
import { byOther, entry, LEASE, LEFT, leased, ONE, ran, serving, settled, TWO, verdictOf, wake } from './parts.ts';
import { GONE, whole } from './whole.ts';

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
    expect(whole(worldOf('rolling-back', {}, leased()), inputs.looked, rollback)).toEqual({ effect: { kind: 'restore' } });
    expect(whole(worldOf('rolling-back', {}, byOther), inputs.looked, rollback)).toEqual({});
    expect(whole(worldOf('rolling-back'), inputs.looked, rollback)).toEqual({});
  });

  it('is not kept waiting by the look for a start that it overtook', () => {
    expect(whole(worldOf('rolling-back', {}, leased()), inputs.looked, deploy)).toEqual({
      deployment: { wakeNumber: 2 },
      service: { lease: GONE },
      wakes: [wake('rollback', 'd-new', 2)],
    });
    expect(whole(worldOf('rolling-back', {}, byOther), inputs.looked, deploy)).toEqual({});
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
    expect(whole(worldOf('rolling-back', {}, leased()), inputs['restore-answered'], rollback)).toEqual({
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
    const once = worldOf('rolling-back', { restores: 1, restore }, leased());
    expect(whole(once, inputs['restore-answered'], rollback)).not.toHaveProperty('events');
    const nothing: Input = { kind: 'restore-answered', answer: { did: 'nothing', settled: true, rollout: restore } };
    expect(whole(worldOf('rolling-back', {}, leased()), nothing, rollback)).toEqual({
      deployment: { state: 'verifying-rollback', restore, nextCheckAt: NOW, sequence: 2, wakeNumber: 2 },
      service: { lease: GONE },
      events: [{ ...told, by: 'target' }],
      wakes: [wake('verify', 'd-new', 2)],
    });
    expect(whole(once, nothing, rollback)).toMatchObject({ deployment: { restores: 2 } });
    expect(whole(once, nothing, rollback)).not.toHaveProperty('events');
    const unsettled: Input = { kind: 'restore-answered', answer: { did: 'nothing', settled: false } };
    expect(whole(worldOf('rolling-back', {}, leased()), unsettled, rollback)).toMatchObject({
      deployment: { restore: { revision: ONE, id: '', startedAt: NOW }, nextCheckAt: NOW + 120_000, wakeAt: NOW + 120_000 },
    });
    expect(whole(once, unsettled, rollback)).toEqual({
      deployment: {
        state: 'verifying-rollback',
        restores: 2,
        nextCheckAt: NOW + 120_000,
        wakeAt: NOW + 120_000,
        wakeNumber: 2,
      },
      service: { lease: GONE },
      wakes: [wake('verify', 'd-new', 2, 120)],
    });
  });

  it('that was asked for tells what it leaves, which is another deployment´s', () => {
    const leaving = { ...LEFT, deployment: 'd-2' };
    const world = worldOf('rolling-back', { kind: 'rollback', leaving }, { ...leased(), lane: lane() });
    expect(whole(world, inputs['restore-answered'], rollback)).toMatchObject({
      events: [{ type: 'RollbackStarted', left: leaving }],
    });
  });

  it('whose destination was taken away while it was brought knows what it has brought', () => {
    const { destination: _, ...rest } = deployment('rolling-back');
    const restore = { revision: ONE, id: 'ecs-svc/3', startedAt: NOW };
    const after = whole({ ...worldOf('rolling-back', {}, leased()), deployment: rest }, inputs['restore-answered'], rollback);
    expect(after).toMatchObject({
      deployment: { state: 'verifying-rollback', restore, destination: ONE },
      events: [{ type: 'RollbackStarted', destination: ONE }],
    });
    expect(after['service']).toEqual({ lease: GONE });
  });

  it('a destination that was registered once more is as verified as it was', () => {
    const again = revision(7, 'a');
    const called: Input = {
      kind: 'restore-answered',
      answer: { did: 'called', rollout: { revision: again, id: 'ecs-svc/3', startedAt: NOW } },
    };
    const [old] = service().verified;
    const others = entry(0, '0', 'd-0');
    const world = worldOf('rolling-back', {}, leased({ verified: [others, ...(old ? [old] : [])] }));
    expect(whole(world, called, rollback)).toMatchObject({
      deployment: { destination: again },
      service: { verified: [others, { ...old, revision: again }] },
      events: [{ destination: again }],
    });
  });

  it('watches while the target itself undoes it', () => {
    const watch: Input = { kind: 'restore-answered', answer: { did: 'watch' } };
    expect(whole(worldOf('rolling-back', {}, leased()), watch, rollback)).toEqual({
      deployment: { wakeAt: NOW + 60_000, wakeNumber: 2 },
      service: { lease: GONE },
      wakes: [wake('rollback', 'd-new', 2, 60)],
    });
  });

  it('fails where somebody else has taken over, or the target says no', () => {
    const running = revision(9, 'c');
    const taken: Input = { kind: 'restore-answered', answer: { did: 'taken-over', running, message: 'theirs' } };
    expect(whole(worldOf('rolling-back', {}, leased()), taken, rollback)).toMatchObject({
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
    const after = whole(worldOf('rolling-back', {}, leased()), refused, rollback);
    expect(after).toMatchObject({
      deployment: {
        state: 'failed',
        outcome: { reason: { code: 'not-allowed', message: 'it failed; and it could not be undone: no' } },
      },
    });
    const { failure: _, rollout: __, ...bare } = deployment('rolling-back');
    const untouched = { ...bare, startAttempts: 0 };
    expect(whole({ ...worldOf('rolling-back', {}, leased()), deployment: untouched }, refused, rollback)).toMatchObject({
      deployment: { outcome: { changed: false, reason: { code: 'not-allowed', message: 'no' } } },
    });
  });

  it('learns what has to be undone from a start that was under way', () => {
    const world = worldOf('rolling-back', {}, leased());
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
    expect(whole(worldOf('rolling-back', {}, leased()), inputs.erred, rollback)).toEqual({
      deployment: { troubles: 1, trouble: 'reset', wakeAt: NOW + 120_000, wakeNumber: 2 },
      wakes: [wake('rollback', 'd-new', 2, 120)],
    });
    expect(whole(worldOf('rolling-back', {}, leased()), { kind: 'erred', message: 'slow', ambiguous: false }, rollback)).toEqual({
      deployment: { troubles: 1, trouble: 'slow', wakeAt: NOW + 1000, wakeNumber: 2 },
      service: { lease: GONE },
      wakes: [wake('rollback', 'd-new', 2, 1)],
    });
    for (const notOurs of [byOther, serving()])
      expect(whole(worldOf('rolling-back', {}, notOurs), inputs.erred, rollback)).toEqual({
        deployment: { troubles: 1, trouble: 'reset', wakeAt: NOW + 1000, wakeNumber: 2 },
        service: {},
        wakes: [wake('rollback', 'd-new', 2, 1)],
      });
  });

  it('after its deadline tells what nobody answered, if that is why', () => {
    const late = (over: object) => whole(worldOf('rolling-back', { deadline: NOW, ...over }), { kind: 'woken' }, rollback);
    const why = 'it failed; and it could not be undone: the rollback did not come to an end in the time that was stated for it';
    expect(late({ troubles: 2, trouble: 'us: no answer' })).toMatchObject({
      deployment: { outcome: { reason: { code: 'rollback-deadline', message: `${why}; the last answer was: us: no answer` } } },
    });
    // The second was saved by a version that did not keep what was answered.
    for (const untold of [{ troubles: 0, trouble: 'us: no answer' }, { troubles: 2 }])
      expect(late(untold)).toMatchObject({ deployment: { outcome: { reason: { message: why } } } });
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

describe('a way back', () => {
  const cancelled = (over: object, around: Partial<World> = {}) =>
    whole(worldOf('rolling-out', over, around), inputs['cancel-requested'], rollback)['deployment'] as { destination?: unknown };
  const five = revision(5, '5');

  it('is what others had put there and was adopted; else the newest verified; else what ran before', () => {
    const before = settled(five);
    expect(cancelled({ before, adopted: true }).destination).toEqual(five);
    expect(cancelled({ before }).destination).toEqual(ONE);
    const nothing = serving({ verified: [] });
    expect(cancelled({ before }, nothing).destination).toEqual(five);
    const itself = settled(TWO);
    expect(cancelled({ before: itself, adopted: true }).destination).toEqual(ONE);
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
    const after = whole(worldOf('rolling-out', {}, serving({ verified })), inputs['cancel-requested'], rollback);
    expect(after).toMatchObject({
      deployment: { destination: revision(8, 'b') },
      service: { verified: [entry(1, 'a', 'd-1'), entry(4, '4', 'd-4'), entry(8, 'b', 'd-8')] },
    });
    const rang = whole(worldOf('rolling-out', {}, serving({ verified })), inputs['alarm-changed'], rollback);
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
    const closed = whole(worldOf('rolling-out', {}, serving({ window, wakeAt: NOW })), inputs['cancel-requested'], rollback);
    expect(closed).toMatchObject({ service: { window: GONE, wakeAt: GONE } });
    const others = { ...window, deployment: 'd-old', revision: ONE, digest: digest('a') };
    const kept = whole(
      worldOf('rolling-out', {}, serving({ window: others, wakeAt: NOW })),
      inputs['cancel-requested'],
      rollback,
    );
    expect(kept['service']).toEqual({ lease: LEASE });
  });

  it('without one is told by the function that owns it', () => {
    const world = worldOf('rolling-out', {}, serving({ verified: [] }));
    const { before: _, ...rest } = world.deployment ?? deployment('rolling-out');
    expect(whole({ ...world, deployment: rest }, inputs['cancel-requested'], rollback)).toMatchObject({
      deployment: { state: 'rolling-back' },
      wakes: [wake('rollback', 'd-new', 2)],
    });
  });

  it('that was chosen is left when its image is gone, also where it ran before', () => {
    const before = settled(ONE);
    const gone: Input = { kind: 'looked', alarms: [], missing: { code: 'image-missing', message: 'gone' } };
    const world = worldOf('rolling-back', { adopted: true, before }, leased());
    expect(whole(world, gone, rollback)).toEqual({
      deployment: { adopted: false, before: GONE, destination: GONE, wakeNumber: 2 },
      service: { verified: [], lease: GONE },
      wakes: [wake('rollback', 'd-new', 2)],
    });
    const five_ = settled(five);
    expect(whole(worldOf('rolling-back', { before: five_ }, leased()), gone, rollback)).toEqual({
      deployment: { destination: five, wakeNumber: 2 },
      service: { verified: [] },
      effect: { kind: 'look-back' },
    });
    const { before: _, ...unknown } = deployment('rolling-back');
    expect(whole({ ...worldOf('rolling-back', {}, leased()), deployment: unknown }, gone, rollback)).toEqual({
      deployment: { destination: GONE, wakeNumber: 2 },
      service: { verified: [], lease: GONE },
      wakes: [wake('rollback', 'd-new', 2)],
    });
  });

  it('leaves what ran before as it was saved, where nothing speaks against it', () => {
    const known = { verified: [entry(1, 'a', 'd-old')], history: [ran(1, 'a', 'd-old', revision(0, '0'))] };
    const rang = whole(worldOf('rolling-out', {}, serving(known)), inputs['alarm-changed'], rollback);
    expect(rang).toMatchObject({ deployment: { state: 'rolling-back', destination: ONE } });
    expect(rang['deployment']).not.toHaveProperty('before');
  });
});

describe('late answers', () => {
  it.each(['looked', 'start-answered', 'restore-answered'] as const)('%s lets the lease go, and the owner looks', (kind) => {
    for (const state of ['rolling-out', 'verifying', 'baking', 'verifying-rollback'] as const) {
      expect(whole(worldOf(state, {}, leased()), inputs[kind], deploy)).toEqual({
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
