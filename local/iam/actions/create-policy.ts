import type { Action } from '../../service.ts';
import { nameIn, onlyKnown, pathIn, required } from '../members.ts';
import { createPolicy as create, type IamStore } from '../store.ts';

export const createPolicy: Action<IamStore> = (store, input) => {
  onlyKnown(input, ['PolicyName', 'Path', 'PolicyDocument'], 'CreatePolicy');
  const name = nameIn(input, 'PolicyName', 128);
  const path = pathIn(input);
  const arn = create(store, name, path, required(input, 'PolicyDocument'));
  return { Policy: { PolicyName: name, Arn: arn, Path: path, DefaultVersionId: 'v1', IsAttachable: true } };
};
