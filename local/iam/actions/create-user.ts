import type { Action } from '../../service.ts';
import { userAnswer } from '../answers.ts';
import { nameIn, onlyKnown, pathIn } from '../members.ts';
import { createUser as create, type IamStore } from '../store.ts';

export const createUser: Action<IamStore> = (store, input) => {
  onlyKnown(input, ['UserName', 'Path'], 'CreateUser');
  return { User: userAnswer(create(store, nameIn(input, 'UserName'), pathIn(input))) };
};
