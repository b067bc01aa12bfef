import type { AuditRecord } from '../store/reader.ts';

/** Seconds in each state on the way, from the record of its steps. A state that was come back to is counted together. */
export const phasesOf = (audit: readonly Pick<AuditRecord, 'at' | 'from' | 'to'>[]): ReadonlyMap<string, number> => {
  const seconds = new Map<string, number>();
  const steps = audit.toSorted((a, b) => a.at - b.at);
  for (const [index, { to, at }] of steps.entries()) {
    const next = steps[index + 1];
    if (next !== undefined) seconds.set(to, (seconds.get(to) ?? 0) + (next.at - at) / 1000);
  }
  return seconds;
};

/** Waiting for its turn. */
const WAITING = ['queued'];

export const waitOf = (phases: ReadonlyMap<string, number>): number =>
  WAITING.reduce((sum, state) => sum + (phases.get(state) ?? 0), 0);

const BACK = ['rolling-back', 'verifying-rollback'];

/** On the way back; a rollback of its own is on it from its start. */
export const wayBackOf = (phases: ReadonlyMap<string, number>, kind: 'deploy' | 'rollback'): number =>
  [...(kind === 'rollback' ? ['starting'] : []), ...BACK].reduce((sum, state) => sum + (phases.get(state) ?? 0), 0);
