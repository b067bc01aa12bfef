import { ecsBlueGreen } from '../../../shared/targets/ecs-blue-green.ts';
import { targetContract } from './contract.ts';
import { ecsStage } from './ecs-stage.ts';

const open = (base: 'service' | 'family') =>
  ecsStage({ module: ecsBlueGreen, config: { base }, setting: { shifts: { strategy: 'BLUE_GREEN' } }, begins: 'UpdateService' });

targetContract(ecsBlueGreen, () => open('service'), 4);

targetContract(ecsBlueGreen, () => open('family'), 5);
