import type { CodeDeployStore } from './model.ts';

/** What is kept: names alone refer to what ECS keeps. */
type Saved = Pick<CodeDeployStore, 'applications' | 'groups' | 'deployments'>;

export const saveCodeDeploy = ({ applications, groups, deployments }: CodeDeployStore): Saved => ({
  applications,
  groups,
  deployments,
});

export const loadCodeDeploy = (store: CodeDeployStore, { applications, groups, deployments }: Saved): void => {
  for (const [name, application] of applications) store.applications.set(name, application);
  for (const [name, group] of groups) store.groups.set(name, group);
  for (const [id, deployment] of deployments) store.deployments.set(id, deployment);
};
