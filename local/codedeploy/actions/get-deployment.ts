import { text } from '../../ecs/lookup.ts';
import type { Action } from '../../service.ts';
import { deploymentAnswer } from '../answers.ts';
import { deploymentOf, onlyKnown } from '../lookup.ts';
import type { CodeDeployStore } from '../model.ts';

export const getDeployment: Action<CodeDeployStore> = (store, input) => {
  onlyKnown(input, ['deploymentId'], 'GetDeployment');
  return { deploymentInfo: deploymentAnswer(deploymentOf(store, text(input, 'deploymentId'))) };
};
