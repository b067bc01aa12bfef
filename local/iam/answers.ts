import type { Identity, Role } from './store.ts';

const identity = ({ path, id, arn, createdAt }: Identity) => ({ Path: path, Arn: arn, CreateDate: createdAt / 1000, id });

/** Documents are URL-encoded in IAM's answers (API reference, GetRole). */
export const roleAnswer = (role: Role) => {
  const { id, ...rest } = identity(role);
  return {
    ...rest,
    RoleName: role.name,
    RoleId: id,
    AssumeRolePolicyDocument: encodeURIComponent(role.trust.text),
    MaxSessionDuration: role.longestSession,
  };
};

export const userAnswer = (user: Identity) => {
  const { id, ...rest } = identity(user);
  return { ...rest, UserName: user.name, UserId: id };
};
