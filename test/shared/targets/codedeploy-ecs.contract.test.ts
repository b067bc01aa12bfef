import { CreateDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { codeDeployEcs } from '../../../shared/targets/codedeploy-ecs.ts';
import { targetContract } from './contract.ts';
import { ecsStage } from './ecs-stage.ts';

const open = (base: 'service' | 'family') =>
  ecsStage({
    module: codeDeployEcs,
    config: { base, application: 'shop', deploymentGroup: 'api' },
    setting: { byCodeDeploy: {} },
    bring: ({ codedeploy }, TaskDefinition) => {
      const Properties = { TaskDefinition, LoadBalancerInfo: { ContainerName: 'api', ContainerPort: 8080 } };
      const content = JSON.stringify({ version: 0, Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties } }] });
      const revision = { revisionType: 'AppSpecContent', appSpecContent: { content } } as const;
      return codedeploy.send(new CreateDeploymentCommand({ applicationName: 'shop', deploymentGroupName: 'api', revision }));
    },
    begins: 'CreateDeployment',
    missing: [
      ['application', 'nothing'],
      ['deploymentGroup', 'none'],
    ],
  });

targetContract(codeDeployEcs, () => open('service'), 4);

targetContract(codeDeployEcs, () => open('family'), 5);
