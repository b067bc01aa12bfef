import type { Action } from '../../service.ts';
import { definitionAnswer } from '../answers.ts';
import { definitionOf, onlyKnown, text, texts } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

export const describeTaskDefinition: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['taskDefinition', 'include'], 'DescribeTaskDefinition');
  const definition = definitionOf(store, text(input, 'taskDefinition') ?? '');
  return {
    taskDefinition: definitionAnswer(definition),
    ...(texts(input, 'include').includes('TAGS') ? { tags: definition.tags } : {}),
  };
};
