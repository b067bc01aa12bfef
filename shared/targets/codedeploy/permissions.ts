import { ecsPermissions } from '../ecs/permissions.ts';
import type { Where } from '../module.ts';
import type { Permissions, Statement } from '../target.ts';
import { ALL_AT_ONCE, type Config } from './config.ts';

const ECS_READS = ['ecs:DescribeServices', 'ecs:DescribeTaskDefinition'];
const ECS_REGISTERS = ['ecs:RegisterTaskDefinition', 'ecs:TagResource', 'iam:PassRole'];

/** Service Authorization Reference, "AWS CodeDeploy": CreateDeployment reads its configuration, and registers its revision. */
export const codeDeployPermissions = (config: Config, where: Where): Permissions => {
  const { application, deploymentGroup, configuration } = config;
  const arn = (kind: string, name: string) => `arn:aws:codedeploy:${where.region}:${where.account}:${kind}:${name}`;
  const group = arn('deploymentgroup', `${application}/${deploymentGroup}`);
  const own = ecsPermissions(config, where);
  const of = (statements: readonly Statement[], actions: readonly string[]) =>
    statements.filter((statement) => statement.actions.every((action) => actions.includes(action)));
  const look: readonly Statement[] = [
    ...of(own.current, ECS_READS),
    { actions: ['codedeploy:ListDeployments', 'codedeploy:BatchGetDeployments', 'codedeploy:GetDeployment'], resources: [group] },
  ];
  const shift: readonly Statement[] = [
    ...of(own.start, ECS_REGISTERS),
    { actions: ['codedeploy:CreateDeployment'], resources: [group] },
    { actions: ['codedeploy:RegisterApplicationRevision'], resources: [arn('application', application)] },
    {
      actions: ['codedeploy:GetDeploymentConfig'],
      resources: [...new Set([configuration ?? '*', ALL_AT_ONCE])].map((name) => arn('deploymentconfig', name)),
    },
  ];
  return {
    current: look,
    start: [...look, ...shift],
    observe: [...look, ...of(own.observe, ['ecs:ListTasks', 'ecs:DescribeTasks'])],
    restore: [...look, ...shift, { actions: ['codedeploy:StopDeployment'], resources: [group] }],
  };
};
