import { secondsNow } from '../../ecs/identifiers.ts';
import { text } from '../../ecs/lookup.ts';
import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { uuid } from '../../wire/uuid.ts';
import { onlyKnown } from '../lookup.ts';
import type { CodeDeployStore } from '../model.ts';

/** For the compute platform ECS alone. */
export const createApplication: Action<CodeDeployStore> = (store, input) => {
  onlyKnown(input, ['applicationName', 'computePlatform', 'tags'], 'CreateApplication');
  const name = text(input, 'applicationName');
  if (name === undefined) throw new AwsError('ApplicationNameRequiredException', 'Application name is required');
  const platform = text(input, 'computePlatform') ?? 'Server';
  if (platform !== 'ECS')
    throw new AwsError(
      'InvalidComputePlatformException',
      `the local cloud does not know the compute platform ${platform}, only ECS`,
    );
  if (store.applications.has(name))
    throw new AwsError('ApplicationAlreadyExistsException', `An application with name ${name} already exists`);
  const application = { id: uuid(store.random), name, createdAt: secondsNow(store) };
  store.applications.set(name, application);
  return { applicationId: application.id };
};
