import { createHash } from 'node:crypto';
import type { Action } from '../../service.ts';
import type { StsStore } from '../store.ts';

export const getCallerIdentity: Action<StsStore> = (_store, _input, { caller }) => ({
  UserId: userIdOf(caller.arn),
  Account: caller.account,
  Arn: caller.arn,
});

/** `AIDA…` for a user; `AROA…:session` for a role (IAM user guide, reference_identifiers, unique identifiers). */
const userIdOf = (arn: string): string => {
  const [, kind, name = '', session] = /:(user|assumed-role)\/([^/]+)(?:\/(.+))?$/.exec(arn) ?? [];
  const id = createHash('sha256').update(name).digest('hex').slice(0, 17).toUpperCase();
  return kind === 'assumed-role' ? `AROA${id}:${session}` : `AIDA${id}`;
};
