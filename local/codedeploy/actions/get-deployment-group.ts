import type { Action } from '../../service.ts';
import { groupOf, onlyKnown } from '../lookup.ts';
import type { CodeDeployStore } from '../model.ts';

export const getDeploymentGroup: Action<CodeDeployStore> = (store, input) => {
  onlyKnown(input, ['applicationName', 'deploymentGroupName'], 'GetDeploymentGroup');
  const { id, application, name, body } = groupOf(store, input);
  return {
    deploymentGroupInfo: {
      applicationName: application,
      deploymentGroupId: id,
      deploymentGroupName: name,
      computePlatform: 'ECS',
      ...body,
    },
  };
};
