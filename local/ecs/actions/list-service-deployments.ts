import type { Action } from '../../service.ts';
import { recordAnswer } from '../answers.ts';
import { onlyKnown, serviceOf, texts } from '../lookup.ts';
import type { EcsStore } from '../model.ts';

export const listServiceDeployments: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['cluster', 'service', 'status', 'maxResults'], 'ListServiceDeployments');
  const { records } = serviceOf(store, input);
  const statuses = texts(input, 'status');
  const found = records
    .filter(({ status }) => statuses.length === 0 || statuses.includes(status))
    .slice(0, Number(input['maxResults'] ?? 20));
  return {
    serviceDeployments: found.map((record) => {
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
