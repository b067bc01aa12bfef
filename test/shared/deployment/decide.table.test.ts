import { describe, expect, it } from 'vitest';
import { decide } from '../../../shared/deployment/decide.ts';
import type { InputKind, Moment } from '../../../shared/deployment/input.ts';
import { ownerOf } from '../../../shared/deployment/owner.ts';
import { ACTIVE_STATES, type State, TERMINAL_STATES, WAITING_STATES } from '../../../shared/deployment/types.ts';
import { inputs, moment, service, worldOf } from './builders.ts';

/**
 * Every state × every input, worked by hand from sections 4 to 7 of the design: the state after it, or `-` for "no change".
 * `look` and the like in brackets: the call or observation that is owed after the commit. The world is the usual one of
 * `builders.ts`: the state's owner decides, holding the lease where the state is one that calls.
 */
const KINDS = [
  'deploy-requested',
  'rollback-requested',
  'cancel-requested',
  'woken',
  'looked',
  'start-answered',
  'observed',
  'checked',
  'tried',
  'restore-answered',
  'alarm-changed',
  'task-stopped',
  'rollout-told',
  'erred',
] as const satisfies readonly InputKind[];

const late = ['-', '-', '!', '-', '-', '-', '-', '-', '-', '-', '-', '-', '-', '-'];

// biome-ignore format: one row is one state
const TABLE: Readonly<Record<State | 'new', readonly string[]>> = {
  //                      deploy-req.           rollback-req.      cancel-req.              woken                  looked                      start-answ.     observed           checked        tried          restore-answ.          alarm                       stopped           told                erred
  new:                  ['starting [look]',     'starting [look]', '-',                     '-',                   '-',                        '-',            '-',               '-',           '-',           '-',                   '-',                        '-',              '-',                '-'],
  queued:               ['-',                   '-',               'cancelled',             'starting [look]',     '-',                        '-',            '-',               '-',           '-',           '-',                   '-',                        '-',              '-',                'queued'],
  starting:             ['-',                   '-',               'rolling-back',          'starting [look]',     'starting [start]',         'rolling-out',  '-',               '-',           '-',           '-',                   '-',                        '-',              '-',                'starting'],
  widening:             ['-',                   '-',               'rolling-back',          'widening [look]',     'widening [start]',         'rolling-out',  '-',               '-',           '-',           '-',                   'rolling-back',             'rolling-back',   '-',                'widening'],
  'rolling-out':        ['-',                   '-',               'rolling-back',          '- [observe]',         '-',                        '-',            'verifying [check]', '-',         'rolling-out', '-',                   'rolling-back',             'rolling-out',    'verifying [check]', 'rolling-out'],
  verifying:            ['-',                   '-',               'rolling-back',          '- [check]',           '-',                        '-',            '-',               'succeeded',   '-',           '-',                   'rolling-back',             'rolling-back',   '-',                'verifying'],
  baking:               ['-',                   '-',               'rolling-back',          '- [check]',           '-',                        '-',            '-',               'succeeded',   '-',           '-',                   'rolling-back',             'rolling-back',   '-',                'baking'],
  'rolling-back':       ['-',                   '-',               '!',                     'rolling-back [look-back]', '- [restore]',         'rolling-back', '-',               '-',           '-',           'verifying-rollback',  '-',                        '-',              'rolling-back',     'rolling-back'],
  'verifying-rollback': ['-',                   '-',               '!',                     '- [check]',           '-',                        '-',            '-',               'rolled-back', '-',           '-',                   '-',                        '-',              '- [check]',        'verifying-rollback'],
  succeeded: late, 'rolled-back': late, failed: late, rejected: late, superseded: late, expired: late, cancelled: late,
};

const CALLING: readonly (State | 'new')[] = ['starting', 'widening', 'rolling-back'];

const answer = (state: State | 'new', kind: InputKind): string => {
  const world = worldOf(
    state,
    {},
    CALLING.includes(state) ? { service: service({ active: 'd-new', lease: { by: 'me', until: moment().now + 60_000 } }) } : {},
  );
  const owner: Moment['function'] =
    state === 'new' ? (kind === 'rollback-requested' ? 'rollback' : 'deploy') : ownerOf({ state, kind: 'deploy' });
  const decision = decide(world, inputs[kind], moment({ function: owner }));
  const effect = decision.effect === undefined ? '' : ` [${decision.effect.kind}]`;
  if (decision.events.some(({ type }) => type === 'CancelRejected')) return '!';
  return `${decision.deployment?.state ?? '-'}${effect}`;
};

describe('the table of every state and every input', () => {
  const states: readonly (State | 'new')[] = ['new', ...WAITING_STATES, ...ACTIVE_STATES, ...TERMINAL_STATES];

  it('has a cell for each', () => {
    expect(Object.keys(TABLE).sort()).toEqual([...states].sort());
    expect(Object.values(TABLE).flat()).toHaveLength(16 * 14);
    expect([...KINDS].sort()).toEqual(Object.keys(inputs).sort());
  });

  for (const state of states) {
    for (const [column, kind] of KINDS.entries()) {
      const expected = TABLE[state][column];
      it(`${state} × ${kind}: ${expected}`, () => {
        expect(answer(state, kind)).toBe(expected);
      });
    }
  }
});
