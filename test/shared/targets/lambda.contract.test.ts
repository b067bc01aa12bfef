import { lambda } from '../../../shared/targets/lambda.ts';
import { targetContract } from './contract.ts';
import { lambdaStage } from './lambda-stage.ts';

// The code is put in and published before an alias is moved, or the start is answered: nothing of it is left to be looked at.
targetContract(lambda, () => lambdaStage('live'), 10, { start: true, restore: true });

targetContract(lambda, () => lambdaStage(undefined), 6, { start: true });
