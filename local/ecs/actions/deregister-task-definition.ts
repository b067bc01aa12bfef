import type { Action } from '../../service.ts';
import { definitionAnswer } from '../answers.ts';
import { secondsNow } from '../identifiers.ts';
import { client, definitionOf, onlyKnown, text } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

export const deregisterTaskDefinition: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['taskDefinition'], 'DeregisterTaskDefinition');
  const name = text(input, 'taskDefinition') ?? '';
  if (!/:[0-9]+$/.test(name)) throw client('Task definition must have a revision.');
  const definition = definitionOf(store, name);
  definition.status = 'INACTIVE';
  definition.deregisteredAt = secondsNow(store);
  return { taskDefinition: definitionAnswer(definition) };
};
