import { lambda } from '../../../shared/targets/lambda.ts';
import { targetContract } from './contract.ts';
import { lambdaStage } from './lambda-stage.ts';
import { zipFunctionOf } from './zip-stage.ts';

// The code is put in and published before an alias is moved, or the start is answered: nothing of it is left to be looked at.
targetContract(lambda, () => lambdaStage('live'), 10, { start: true, restore: true });

targetContract(lambda, () => lambdaStage(undefined), 6, { start: true });

// Of an archive its manifest is read each time, and the archive once.
targetContract(lambda, () => lambdaStage('live', zipFunctionOf), 11, { start: true, restore: true });

// What no version has any more is published before the way back is answered.
targetContract(lambda, () => lambdaStage(undefined, zipFunctionOf), 10, { start: true, restore: true });
