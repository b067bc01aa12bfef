import type { Action } from '../../service.ts';
import { groupOf, onlyKnown } from '../lookup.ts';
import type { CodeDeployStore } from '../model.ts';

/** The newest first. */
export const listDeployments: Action<CodeDeployStore> = (store, input) => {
  onlyKnown(
    input,
    ['applicationName', 'deploymentGroupName', 'includeOnlyStatuses', 'createTimeRange', 'nextToken'],
    'ListDeployments',
  );
  const group = groupOf(store, input);
  const statuses = (input['includeOnlyStatuses'] ?? []) as readonly string[];
  const { start = 0, end = Number.POSITIVE_INFINITY } = (input['createTimeRange'] ?? {}) as { start?: number; end?: number };
  const found = [...store.deployments.values()].filter(
    ({ application, group: name, status, createdAt }) =>
      application === group.application &&
      name === group.name &&
      (statuses.length === 0 || statuses.includes(status)) &&
      createdAt >= start &&
      createdAt <= end,
  );
  const newest = found.reverse();
  const from = Number(input['nextToken'] ?? 0);
  const page = newest.slice(from, from + 100);
  return {
    deployments: page.map(({ id }) => id),
    ...(newest.length > from + 100 ? { nextToken: String(from + 100) } : {}),
  };
};
