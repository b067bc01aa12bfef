import {
  type AutoRollbackEvent,
  CreateDeploymentCommand,
  GetDeploymentCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} from '@aws-sdk/client-codedeploy';
import { RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { digestOf, localService, REPOSITORY } from '../../shared/targets/local-ecs.ts';

type Local = Awaited<ReturnType<typeof localService>>;

/** Functions answer, and what they answer does not count. */
const withFunctions = (byCodeDeploy: Readonly<Record<string, unknown>> = {}): Promise<Local> =>
  localService({ byCodeDeploy, answer: { statusCode: 200 } });

const deploy = async (
  { ecs, codedeploy, clock }: Local,
  Hooks: readonly unknown[],
  events: readonly AutoRollbackEvent[] = ['DEPLOYMENT_FAILURE'],
) => {
  const containerDefinitions = [{ name: 'api', image: `${REPOSITORY}:good`, portMappings: [{ containerPort: 8080 }] }];
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand({ family: 'api', containerDefinitions }));
  const LoadBalancerInfo = { ContainerName: 'api', ContainerPort: 8080 };
  const Properties = { TaskDefinition: taskDefinition?.taskDefinitionArn, LoadBalancerInfo };
  const content = JSON.stringify({
    version: 0,
    Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties } }],
    Hooks,
  });
  const { deploymentId = '' } = await codedeploy.send(
    new CreateDeploymentCommand({
      applicationName: 'shop',
      deploymentGroupName: 'api',
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
      autoRollbackConfiguration: { enabled: true, events: [...events] },
    }),
  );
  await clock.advance(30_000);
  return deploymentId;
};

const say = ({ codedeploy }: Local, deploymentId: string, lifecycleEventHookExecutionId: string | undefined, status: string) =>
  codedeploy.send(
    new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId,
      lifecycleEventHookExecutionId,
      status: status as 'Succeeded',
    }),
  );

const infoOf = async ({ codedeploy }: Local, deploymentId: string) =>
  (await codedeploy.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo;

const hookOf = ({ asked }: Local, number = 0): string | undefined =>
  (asked[number]?.payload as { readonly LifecycleEventHookExecutionId?: string } | undefined)?.LifecycleEventHookExecutionId;

const served = async ({ fetch }: Local): Promise<string> => {
  const { image } = (await (await fetch('http://api.c.test/')).json()) as { image: string };
  return image === digestOf('good') ? 'good' : 'initial';
};

// User Guide, "AppSpec 'hooks' section for an Amazon ECS deployment"
describe('hooks of a deployment of CodeDeploy', () => {
  it('are asked one after the other, and traffic waits for what they say', async () => {
    const local = await withFunctions();
    const id = await deploy(local, [{ AfterInstall: 'one' }, { BeforeAllowTraffic: 'two' }, { AfterAllowTraffic: 'three' }]);
    const names = () => local.asked.map(({ arn }) => arn.slice(arn.lastIndexOf(':') + 1));
    expect(names()).toEqual(['one']);
    expect(local.asked[0]?.payload).toMatchObject({ DeploymentId: id, LifecycleEventHookExecutionId: expect.any(String) });
    await say(local, id, hookOf(local, 0), 'Succeeded');
    await local.clock.advance(10_000);
    expect([names(), await served(local)]).toEqual([['one', 'two'], 'initial']);
    await say(local, id, hookOf(local, 1), 'Succeeded');
    await local.clock.advance(10_000);
    expect([names(), await served(local)]).toEqual([['one', 'two', 'three'], 'good']);
    expect(await infoOf(local, id)).toMatchObject({ status: 'InProgress' });
    await say(local, id, hookOf(local, 2), 'Succeeded');
    await local.clock.advance(10_000);
    expect(await infoOf(local, id)).toMatchObject({ status: 'Succeeded' });
  });

  it('that say no, or nothing for an hour, fail it, and CodeDeploy goes back', async () => {
    for (const isSaid of [true, false]) {
      const local = await withFunctions();
      const id = await deploy(local, [{ AfterAllowTraffic: 'one' }]);
      expect(await served(local)).toBe('good');
      if (isSaid) await say(local, id, hookOf(local), 'Failed');
      else {
        await local.clock.advance(3_500_000);
        expect(await infoOf(local, id)).toMatchObject({ status: 'InProgress' });
        await local.clock.advance(100_000);
      }
      expect(await infoOf(local, id)).toMatchObject({
        status: 'Failed',
        errorInformation: { code: 'HOOK_EXECUTION_FAILURE' },
        rollbackInfo: { rollbackDeploymentId: expect.any(String) },
      });
      await local.clock.advance(30_000);
      expect(await served(local)).toBe('initial');
    }
  });

  it('are answered once, with a word that there is, under the id that they were given', async () => {
    const local = await withFunctions();
    const id = await deploy(local, [{ AfterInstall: 'one' }]);
    await expect(say(local, id, hookOf(local), 'Skipped')).rejects.toMatchObject({
      name: 'InvalidLifecycleEventHookExecutionStatusException',
    });
    await expect(say(local, id, 'another', 'Succeeded')).rejects.toMatchObject({
      name: 'InvalidLifecycleEventHookExecutionIdException',
    });
    await expect(say(local, 'd-NOTTHERE1', hookOf(local), 'Succeeded')).rejects.toMatchObject({
      name: 'DeploymentDoesNotExistException',
    });
    await say(local, id, hookOf(local), 'Succeeded');
    await expect(say(local, id, hookOf(local), 'Succeeded')).rejects.toMatchObject({
      name: 'LifecycleEventAlreadyCompletedException',
    });
  });

  it.each([
    ['an event that there is not', [{ BeforeEverything: 'one' }]],
    ['two events in one', [{ AfterInstall: 'one', BeforeInstall: 'two' }]],
    ['no function', [{ AfterInstall: '' }]],
    ['no event', ['AfterInstall']],
  ])('with %s are refused', async (_, hooks) => {
    await expect(deploy(await withFunctions(), hooks)).rejects.toMatchObject({ name: 'InvalidRevisionException' });
  });

  it('without a rollback at a failure are refused: what they leave, AWS does not say', async () => {
    await expect(deploy(await withFunctions(), [{ AfterInstall: 'one' }], ['DEPLOYMENT_STOP_ON_REQUEST'])).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: expect.stringContaining('add DEPLOYMENT_FAILURE'),
    });
  });
});
