import type { Asker, Authorizer } from '../iam/authorizer.ts';
import { need } from '../iam/needs/need.ts';
import type { IamStore, Role } from '../iam/store.ts';

/** STS has no state of its own. */
export interface StsStore {
  readonly iam: IamStore;
  readonly authorizer: Authorizer;
}

/**
 * Whether somebody may take on a role: its trust has to name the caller itself, or the caller's account; in the second case the
 * caller's own policies have to allow it too (IAM User Guide, "Policy evaluation logic", roles of the same account).
 */
export const mayAssume = ({ authorizer }: StsStore, asker: Asker, role: Role): boolean => {
  const asked = need('sts:AssumeRole', role.arn);
  const trusted = authorizer.trust(asker, role);
  if (trusted === undefined) return false;
  return trusted === 'itself' || authorizer.judge(asker, asked).allowed;
};
