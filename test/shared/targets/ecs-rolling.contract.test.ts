import { ecsRolling } from '../../../shared/targets/ecs-rolling.ts';
import { targetContract } from './contract.ts';
import { ecsStage } from './ecs-stage.ts';

const open = (base: 'service' | 'family') => ecsStage({ module: ecsRolling, config: { base }, begins: 'UpdateService' });

targetContract(ecsRolling, () => open('service'), 2);

targetContract(ecsRolling, () => open('family'), 3);
