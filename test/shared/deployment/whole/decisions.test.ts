import { describe, expect, it } from 'vitest';
import { changesNothing, type Decision, NO_CHANGE } from '../../../../shared/deployment/decision.ts';
import { isActive, isTerminal, isUnderWay, ownerOf } from '../../../../shared/deployment/owner.ts';
import { ACTIVE_STATES, type State, TERMINAL_STATES } from '../../../../shared/deployment/types.ts';
import { verdictDraft } from '../../../../shared/deployment/verdicts.ts';
import { deployment, lane, NOW, service } from '../builders.ts';

describe('a decision', () => {
  it.each([
    ['a deployment', { deployment: deployment('queued') }],
    ['a service', { service: service() }],
    ['a lane', { lane: lane() }],
    ['another deployment', { others: [deployment('queued')] }],
  ] as const)('with %s changes something', (_, part) => {
    expect(changesNothing({ ...NO_CHANGE, ...part } as Decision)).toBe(false);
  });

  it('with nothing but what is to be performed changes nothing', () => {
    expect(changesNothing({ ...NO_CHANGE, effect: { kind: 'look' } })).toBe(true);
    expect(NO_CHANGE).toEqual({ others: [], events: [], wakes: [] });
  });

  it('has no verdict to tell without an outcome', () => {
    expect(() => verdictDraft(deployment('queued', { id: 'd-1' }), 1, NOW)).toThrow(
      'deployment d-1 is queued without an outcome',
    );
  });
});

describe('owners', () => {
  const STATES: Readonly<
    Record<State, readonly [deploy: string, rollback: string, active: boolean, terminal: boolean, underWay: boolean]>
  > = {
    queued: ['deploy', 'rollback', false, false, false],
    starting: ['deploy', 'rollback', true, false, true],
    widening: ['deploy', 'rollback', true, false, true],
    'rolling-out': ['verify', 'verify', true, false, true],
    verifying: ['verify', 'verify', true, false, true],
    baking: ['verify', 'verify', true, false, true],
    'rolling-back': ['rollback', 'rollback', true, false, false],
    'verifying-rollback': ['verify', 'verify', true, false, false],
    succeeded: ['verify', 'verify', false, true, false],
    'rolled-back': ['verify', 'verify', false, true, false],
    failed: ['verify', 'verify', false, true, false],
    rejected: ['verify', 'verify', false, true, false],
    superseded: ['verify', 'verify', false, true, false],
    expired: ['verify', 'verify', false, true, false],
    cancelled: ['verify', 'verify', false, true, false],
  };

  it.each(Object.entries(STATES))('%s', (name, [forDeploy, forRollback, active, terminal, underWay]) => {
    const state = name as State;
    expect([ownerOf({ state, kind: 'deploy' }), ownerOf({ state, kind: 'rollback' })]).toEqual([forDeploy, forRollback]);
    expect([isActive(state), isTerminal(state)]).toEqual([active, terminal]);
    expect(isUnderWay(deployment(state))).toBe(underWay);
    expect(isUnderWay(deployment(state, { kind: 'rollback' }))).toBe(false);
  });

  it('are of every state there is', () => {
    expect(Object.keys(STATES)).toEqual(['queued', ...ACTIVE_STATES, ...TERMINAL_STATES]);
  });
});
