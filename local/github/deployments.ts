import type { RepositoryCall } from './action.ts';
import type { Deployment } from './model.ts';
import { notFound } from './refusal.ts';

export const requiredDeployment = ({
  repository,
  parameters: [id],
}: Pick<RepositoryCall, 'repository' | 'parameters'>): Deployment => {
  const found = repository.deployments.find((deployment) => deployment.id === Number(id));
  if (found === undefined) throw notFound();
  return found;
};
