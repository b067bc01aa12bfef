import { ecsStatements } from '../ecs/permissions.ts';
import type { Permissions, Statement, Where } from '../target.ts';
import { ALL_AT_ONCE, type Config } from './config.ts';

/** Service Authorization Reference, "AWS CodeDeploy": CreateDeployment reads its configuration, and registers its revision. */
export const codeDeployPermissions = (config: Config, where: Where): Permissions => {
  const { application, deploymentGroup, configuration } = config;
  const arn = (kind: string, name: string) => `arn:aws:codedeploy:${where.region}:${where.account}:${kind}:${name}`;
  const group = arn('deploymentgroup', `${application}/${deploymentGroup}`);
  const ecs = ecsStatements(config, where);
  const look: readonly Statement[] = [
    ...ecs.look,
    { actions: ['codedeploy:ListDeployments', 'codedeploy:BatchGetDeployments', 'codedeploy:GetDeployment'], resources: [group] },
  ];
  const shift: readonly Statement[] = [
    ...ecs.register,
    ...ecs.pass,
    { actions: ['codedeploy:CreateDeployment'], resources: [group] },
    { actions: ['codedeploy:RegisterApplicationRevision'], resources: [arn('application', application)] },
    {
      actions: ['codedeploy:GetDeploymentConfig'],
      resources: [...new Set([configuration ?? '*', ALL_AT_ONCE])].map((name) => arn('deploymentconfig', name)),
    },
  ];
  return {
    current: [...look, { actions: ['codedeploy:GetDeploymentGroup'], resources: [group] }],
    start: [...look, ...shift],
    observe: [...look, ...ecs.tasks],
    restore: [...look, ...shift, { actions: ['codedeploy:StopDeployment'], resources: [group] }],
  };
};
