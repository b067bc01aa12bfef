import type { Asker, Authorizer } from '../iam/authorizer.ts';
import { need } from '../iam/needs/need.ts';
import type { IamStore, Role } from '../iam/store.ts';

/** STS has no state of its own. */
export interface StsStore {
  /** IAM of an account; `undefined`: there is no such account. */
  readonly iamIn: (account: string) => IamStore | undefined;
  readonly authorizer: Authorizer;
}

/**
 * Whether somebody may take on a role: its trust has to name the caller itself, or the caller's account; in the second case, and always
 * where the role is another account's, the caller's own policies have to allow it too (IAM User Guide, "Policy evaluation logic", roles of
 * the same account; "Cross-account policy evaluation logic").
 */
export const mayAssume = ({ authorizer }: StsStore, asker: Asker, { account }: IamStore, role: Role, region: string): boolean => {
  const trusted = authorizer.trust(asker, role, region);
  if (trusted === undefined) return false;
  const isCrossing = asker.principal.account !== account;
  return (trusted === 'itself' && !isCrossing) || authorizer.judge(asker, need('sts:AssumeRole', role.arn), region).allowed;
};
