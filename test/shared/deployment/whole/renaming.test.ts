import { describe, expect, it } from 'vitest';
import type { Input } from '../../../../shared/deployment/input.ts';
import { digest, NOW, revision, rollback, worldOf } from '../builders.ts';
import { entry, leased, ONE, settled, wake } from './parts.ts';
import { GONE, whole } from './whole.ts';

const called = (to: ReturnType<typeof revision>): Input => ({
  kind: 'restore-answered',
  answer: { did: 'called', rollout: { revision: to, id: 'ecs-svc/3', startedAt: NOW } },
});

describe('a revision that is brought back', () => {
  const verified = [entry(1, 'a', 'd-old')];

  it('is as verified as it was where it had to be registered once more', () => {
    expect(whole(worldOf('rolling-back', {}, leased({ verified })), called(revision(7, 'a')), rollback)).toMatchObject({
      deployment: { state: 'verifying-rollback', destination: revision(7, 'a') },
      service: { verified: [{ revision: revision(7, 'a'), digest: digest('a') }] },
    });
  });

  it('that ran before and was not verified is not verified by having run on', () => {
    const before = settled(revision(5, 'a'));
    const nothing: Input = {
      kind: 'restore-answered',
      answer: { did: 'nothing', settled: true, rollout: { revision: before.revision, id: 'ecs-svc/0', startedAt: NOW } },
    };
    for (const there of [before, settled(revision(5, 'c'))]) {
      const world = worldOf('rolling-back', { before: there, destination: ONE }, leased({ verified }));
      const ran: Input = {
        ...nothing,
        answer: { ...nothing.answer, rollout: { revision: there.revision, id: '', startedAt: NOW } },
      } as Input;
      const decision = whole(world, ran, rollback);
      expect(decision).toMatchObject({ deployment: { state: 'verifying-rollback', destination: there.revision } });
      expect(decision['service']).toEqual({ lease: GONE });
    }
  });

  it('while something came to speak against it is left for the destination that there is now', () => {
    const now = [entry(0, 'z', 'd-0')];
    const world = worldOf('rolling-back', { destination: revision(0, 'z') }, leased({ verified: now }));
    expect(whole(world, called(ONE), rollback)).toMatchObject({
      deployment: { restores: 1, restore: { revision: ONE } },
      service: { lease: GONE },
      events: [{ type: 'RollbackStarted', destination: ONE }],
      wakes: [wake('rollback', 'd-new', 2)],
    });
    const again = worldOf(
      'rolling-back',
      { destination: revision(0, 'z'), restores: 1, restore: { revision: ONE, id: 'ecs-svc/3', startedAt: NOW } },
      leased({ verified: now }),
    );
    expect(whole(again, called(revision(0, 'z')), rollback)).toMatchObject({
      deployment: { state: 'verifying-rollback', restores: 2, restore: { revision: revision(0, 'z') } },
    });
    expect(whole(again, called(revision(0, 'z')), rollback)).not.toHaveProperty('events');
  });
});
