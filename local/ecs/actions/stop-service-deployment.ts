import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { invalid, onlyKnown, serviceOfRecord, text } from '../lookup.ts';
import type { EcsStore } from '../model.ts';
import { stopAndRollBack } from '../scheduler.ts';

/** `ROLLBACK` only, as AWS documents it. */
export const stopServiceDeployment: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['serviceDeploymentArn', 'stopType'], 'StopServiceDeployment');
  const stopType = text(input, 'stopType') ?? 'ROLLBACK';
  if (stopType !== 'ROLLBACK') throw invalid(`the local cloud does not know the stop type ${stopType}, only ROLLBACK.`);
  const arn = text(input, 'serviceDeploymentArn') ?? '';
  const service = serviceOfRecord(store, arn);
  const deployment = service.deployments.find(({ record }) => record.arn === arn);
  if (deployment === undefined || deployment.rolloutState !== 'IN_PROGRESS')
    throw new AwsError('ConflictException', 'The service deployment is not in progress.');
  stopAndRollBack(store, service, deployment);
  return { serviceDeploymentArn: arn };
};
