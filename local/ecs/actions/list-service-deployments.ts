import type { Action } from '../../service.ts';
import { recordAnswer } from '../answers.ts';
import { onlyKnown, serviceOf, texts } from '../lookup.ts';
import type { EcsStore } from '../model.ts';
import { pageOf } from '../pages.ts';

export const listServiceDeployments: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['cluster', 'service', 'status', 'createdAt', 'maxResults', 'nextToken'], 'ListServiceDeployments');
  const { records: all, controller } = serviceOf(store, input);
  // Of CodeDeploy's services there are none: it has deployments of its own.
  const records = controller === 'CODE_DEPLOY' ? [] : all;
  const statuses = texts(input, 'status');
  const { after, before } = (input['createdAt'] ?? {}) as { readonly after?: number; readonly before?: number };
  const found = records
    .filter(({ status }) => statuses.length === 0 || statuses.includes(status))
    .filter(({ createdAt }) => (after === undefined || createdAt > after) && (before === undefined || createdAt < before));
  const { page, token } = pageOf(found, ({ arn }) => arn, input, { usual: 20 });
  return {
    ...token,
    serviceDeployments: page.map((record) => {
      const {
        serviceDeploymentArn,
        serviceArn,
        clusterArn,
        createdAt,
        startedAt,
        finishedAt,
        status,
        statusReason,
        targetServiceRevision,
      } = {
        finishedAt: undefined,
        statusReason: undefined,
        ...recordAnswer(store, record),
      };
      return {
        serviceDeploymentArn,
        serviceArn,
        clusterArn,
        createdAt,
        startedAt,
        status,
        targetServiceRevisionArn: targetServiceRevision.arn,
        ...(finishedAt === undefined ? {} : { finishedAt }),
        ...(statusReason === undefined ? {} : { statusReason }),
      };
    }),
  };
};
