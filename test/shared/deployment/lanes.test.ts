import { describe, expect, it } from 'vitest';
import { claim, join, leave, position } from '../../../shared/deployment/lanes.ts';
import { lane, NOW, waiter } from './builders.ts';

describe('a lane', () => {
  it('orders waiters by the time of their events, not by their arrival', () => {
    const late = join(join(lane({ holder: waiter('d-0') }), waiter('d-2', NOW + 2000)), waiter('d-1', NOW + 1000));
    expect(late.waiting.map(({ id }) => id)).toEqual(['d-1', 'd-2']);
  });

  it('keeps the order of arrival within one second, which is all that EventBridge tells', () => {
    const both = join(join(lane({ holder: waiter('d-0') }), waiter('d-9')), waiter('d-1'));
    expect(both.waiting.map(({ id }) => id)).toEqual(['d-9', 'd-1']);
  });

  it('takes nobody twice', () => {
    const once = join(lane(), waiter('d-1'));
    expect(join(once, waiter('d-1'))).toBe(once);
    expect(join(lane({ holder: waiter('d-1') }), waiter('d-1')).waiting).toEqual([]);
  });

  it('makes the next waiter its holder, and owes it a look, in the step in which the holder leaves', () => {
    const after = leave(lane({ holder: waiter('d-0'), waiting: [waiter('d-1'), waiter('d-2')] }), 'd-0', NOW);
    expect(after).toMatchObject({ holder: { id: 'd-1' }, wakeAt: NOW });
    expect(after.waiting.map(({ id }) => id)).toEqual(['d-2']);
  });

  it('keeps its holder when a waiter leaves', () => {
    const after = leave(lane({ holder: waiter('d-0'), waiting: [waiter('d-1')] }), 'd-1', NOW);
    expect(after).toMatchObject({ holder: { id: 'd-0' }, waiting: [] });
  });

  it('still owes its holder a look when a waiter leaves', () => {
    const owing = lane({ holder: waiter('d-0'), waiting: [waiter('d-1')], wakeAt: NOW });
    expect(leave(owing, 'd-1', NOW + 1)).toEqual({ ...owing, waiting: [] });
  });

  it('of nobody goes to the next when the first of its line leaves', () => {
    const free = lane({ waiting: [waiter('d-1'), waiter('d-2')] });
    expect(leave(free, 'd-1', NOW)).toEqual(lane({ holder: waiter('d-2'), wakeAt: NOW, wakeNumber: 1 }));
  });

  it('owes nothing when nobody waits', () => {
    expect(claim(lane({ wakeAt: NOW }), NOW)).not.toHaveProperty('wakeAt');
    expect(leave(lane({ holder: waiter('d-0') }), 'd-0', NOW)).not.toHaveProperty('holder');
  });

  it('tells how many are before a waiter', () => {
    const busy = lane({ holder: waiter('d-0'), waiting: [waiter('d-1'), waiter('d-2')] });
    expect(['d-0', 'd-1', 'd-2', 'd-3'].map((id) => position(busy, id))).toEqual([0, 1, 2, -1]);
  });
});
