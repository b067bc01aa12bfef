import { type Here, type Input, type NeedsOf, need, textOf } from './need.ts';

const identity =
  (kind: string, member: string) =>
  (action: string) =>
  (input: Input, { place }: Here) => [
    need(`iam:${action}`, `arn:aws:iam::${place.account}:${kind}/${textOf(input, member) || '*'}`),
  ];

const onRole = identity('role', 'RoleName');
const onUser = identity('user', 'UserName');

/** Service Authorization Reference, "AWS Identity and Access Management". */
export const iamNeeds: NeedsOf = {
  AttachRolePolicy: onRole('AttachRolePolicy'),
  AttachUserPolicy: onUser('AttachUserPolicy'),
  CreateAccessKey: onUser('CreateAccessKey'),
  CreatePolicy: (input, { place }) => [
    need('iam:CreatePolicy', `arn:aws:iam::${place.account}:policy/${textOf(input, 'PolicyName') || '*'}`),
  ],
  CreateRole: onRole('CreateRole'),
  CreateUser: onUser('CreateUser'),
  DeleteRolePolicy: onRole('DeleteRolePolicy'),
  GetRole: onRole('GetRole'),
  GetRolePolicy: onRole('GetRolePolicy'),
  PutRolePolicy: onRole('PutRolePolicy'),
  PutUserPolicy: onUser('PutUserPolicy'),
};

/** AWS STS: who one is may be asked by anybody; AssumeRole is judged with the role's trust, in its action. */
export const stsNeeds: NeedsOf = {
  AssumeRole: () => [],
  GetCallerIdentity: () => [],
};
