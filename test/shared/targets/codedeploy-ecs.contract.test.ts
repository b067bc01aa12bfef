import { codeDeployEcs } from '../../../shared/targets/codedeploy-ecs.ts';
import { targetContract } from './contract.ts';
import { ecsStage } from './ecs-stage.ts';

const open = (base: 'service' | 'family') =>
  ecsStage({
    module: codeDeployEcs,
    config: { base, application: 'shop', deploymentGroup: 'api' },
    setting: { byCodeDeploy: {} },
    begins: 'CreateDeployment',
    missing: [
      ['application', 'nothing'],
      ['deploymentGroup', 'none'],
    ],
  });

targetContract(codeDeployEcs, () => open('service'), 4);

targetContract(codeDeployEcs, () => open('family'), 5);
