import { type Input, text } from '../ecs/lookup.ts';
import { AwsError, refuseOthers } from '../errors.ts';
import { arnAt } from '../place.ts';
import type { Application, CodeDeployStore, Deployment, Group } from './model.ts';

export const onlyKnown = refuseOthers('InvalidInputException');

export const arnOf = ({ place }: CodeDeployStore, kind: 'application' | 'deploymentgroup', name: string): string =>
  arnAt(place, 'codedeploy', `${kind}:${name}`);

export const applicationOf = (store: CodeDeployStore, input: Input): Application => {
  const name = text(input, 'applicationName');
  if (name === undefined) throw new AwsError('ApplicationNameRequiredException', 'Application name is required');
  const found = store.applications.get(name);
  if (found === undefined) throw new AwsError('ApplicationDoesNotExistException', `No application found for name: ${name}`);
  return found;
};

export const groupOf = (store: CodeDeployStore, input: Input, member = 'deploymentGroupName'): Group => {
  const application = applicationOf(store, input);
  const name = text(input, member);
  if (name === undefined) throw new AwsError('DeploymentGroupNameRequiredException', 'Deployment group name is required');
  const found = store.groups.get(`${application.name}/${name}`);
  if (found === undefined)
    throw new AwsError('DeploymentGroupDoesNotExistException', `No Deployment Group found for name: ${name}`);
  return found;
};

export const deploymentOf = (store: CodeDeployStore, id: string | undefined): Deployment => {
  if (id === undefined) throw new AwsError('DeploymentIdRequiredException', 'The deployment ID is required');
  const found = store.deployments.get(id);
  if (found === undefined) throw new AwsError('DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
  return found;
};
