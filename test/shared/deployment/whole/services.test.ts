import { describe, expect, it } from 'vitest';
import type { Input } from '../../../../shared/deployment/input.ts';
import { deploy, digest, inputs, NOW, revision, rollback, service, verify, worldOf } from '../builders.ts';
import { checked, entry, LEASE, leased, ONE, serving, settled, TWO, WELL } from './parts.ts';
import { whole } from './whole.ts';

describe('a service', () => {
  const many = Array.from({ length: 20 }, (_, index) => ({ at: index, deployment: `h-${index}`, underWay: false }));
  const entries = Array.from({ length: 20 }, (_, index) => ({
    revision: revision(index + 10, 'c'),
    digest: digest('c'),
    deployment: `v-${index}`,
    at: index,
  }));

  it('remembers twenty stretches and twenty verified revisions', () => {
    const world = worldOf('baking', {}, serving({ history: many, verified: entries }));
    const after = whole(world, checked({ observation: { phase: 'completed', desired: 2 } }), verify)['service'] as {
      history: readonly object[];
      verified: readonly object[];
    };
    expect(after.history).toHaveLength(20);
    expect(after.history[0]).toEqual(many[1]);
    expect(after.verified).toHaveLength(20);
    expect(after.verified[0]).toEqual(entries[1]);
  });

  it('lists a revision that is verified again once, as the newest', () => {
    const known = { revision: TWO, digest: digest('b'), deployment: 'd-2', at: NOW - 5 };
    const world = worldOf('baking', {}, serving({ verified: [known, ...service().verified] }));
    expect(whole(world, checked({ observation: { phase: 'completed', desired: 2 } }), verify)).toMatchObject({
      service: { verified: [...service().verified, { revision: TWO, deployment: 'd-new' }] },
    });
  });

  it('keeps what has the image of a deployment that is left, be a revision of that made or not', () => {
    const known = entry(6, 'b', 'd-6');
    for (const state of ['starting', 'rolling-out'] as const) {
      const world = worldOf(state, {}, serving({ verified: [...service().verified, known] }));
      expect(whole(world, inputs['cancel-requested'], rollback)['service']).toEqual({ lease: LEASE });
    }
  });

  it('knows what is verified among several', () => {
    const verified = [...service().verified, entry(6, 'e', 'd-6')];
    const theirs: Input = {
      kind: 'looked',
      current: { current: settled(ONE) },
      alarms: [],
      health: WELL,
    };
    expect(whole(worldOf('starting', {}, leased({ verified })), theirs, deploy)).toMatchObject({
      effect: { kind: 'start' },
    });
    expect(whole(worldOf('starting', {}, leased({ verified })), theirs, deploy)['deployment']).not.toHaveProperty('adopted');
  });

  it('says of what runs by hand what it knows: its revision', () => {
    const { digest: _, ...nameless } = revision(9, 'c');
    const look: Input = { kind: 'observed', observation: { phase: 'taken-over', running: nameless, message: 'theirs' } };
    expect(whole(worldOf('rolling-out'), look, verify)).toMatchObject({
      service: { history: [...service().history, { at: NOW, revision: nameless.id, underWay: false }] },
    });
  });
});
