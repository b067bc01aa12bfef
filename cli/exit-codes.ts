import type { TerminalState } from '../shared/deployment/types.ts';

/** How the command line ends; `docs/cli.md` has this table, and a test compares them. */
export const EXIT = {
  succeeded: {
    code: 0,
    means: 'done; with --wait: the deployment, the promotion, or the rollback that was asked for, succeeded',
  },
  error: { code: 1, means: 'AWS could not be reached, or answered with an error' },
  usage: { code: 2, means: 'the command line, or the catalogue, is not right; nothing was asked for' },
  'rolled-back': { code: 3, means: 'the deployment was rolled back' },
  failed: { code: 4, means: 'it failed, and what runs is told' },
  rejected: { code: 5, means: 'the request was refused' },
  superseded: { code: 6, means: 'a newer request of the same service came first' },
  expired: { code: 7, means: 'it was too old, or waited too long' },
  cancelled: { code: 8, means: 'somebody cancelled it' },
  'gave-up': { code: 9, means: 'no end within --timeout; the deployment goes on' },
  denied: { code: 10, means: 'AWS refused: the credentials may not do it' },
  interrupted: { code: 130, means: 'ended by Ctrl-C; the deployment goes on' },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly means: string }>>;

export type Exit = keyof typeof EXIT;

/** The end of what was asked for: to be rolled back is what a rollback is for. */
export const exitOf = (kind: 'deploy' | 'rollback', state: TerminalState): Exit =>
  kind === 'rollback' && state === 'rolled-back' ? 'succeeded' : state;
