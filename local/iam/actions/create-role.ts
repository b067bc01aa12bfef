import type { Action } from '../../service.ts';
import { roleAnswer } from '../answers.ts';
import { nameIn, onlyKnown, pathIn, required } from '../members.ts';
import { createRole as create, type IamStore } from '../store.ts';

/** Description and tags are for people: nothing reads them, so they are refused. */
export const createRole: Action<IamStore> = (store, input) => {
  onlyKnown(input, ['RoleName', 'Path', 'AssumeRolePolicyDocument', 'MaxSessionDuration'], 'CreateRole');
  const role = create(store, {
    name: nameIn(input, 'RoleName'),
    path: pathIn(input),
    trust: required(input, 'AssumeRolePolicyDocument'),
    ...(input['MaxSessionDuration'] === undefined ? {} : { longestSession: Number(input['MaxSessionDuration']) }),
  });
  return { Role: roleAnswer(role) };
};
