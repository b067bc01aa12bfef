import type { Action } from '../../service.ts';
import type { StsStore } from '../store.ts';

/** `AIDA…` for a user; `AROA…:session` for a role (IAM User Guide, reference_identifiers, unique identifiers). */
export const getCallerIdentity: Action<StsStore> = ({ authorizer }, _, { caller }) => ({
  UserId: authorizer.askerOf(caller.accessKeyId).keys['aws:userid'],
  Account: caller.account,
  Arn: caller.arn,
});
