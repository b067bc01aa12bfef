import {
  type AutoRollbackConfiguration,
  type AutoRollbackEvent,
  CreateDeploymentCommand,
  GetDeploymentCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { digestOf, localService, REPOSITORY } from '../../shared/targets/local-ecs.ts';

type Local = Awaited<ReturnType<typeof localService>>;

const GROUP = { applicationName: 'shop', deploymentGroupName: 'api' };

const on = (...events: readonly AutoRollbackEvent[]): AutoRollbackConfiguration => ({ enabled: true, events: [...events] });

const OFF: AutoRollbackConfiguration = { enabled: false };

const WATCHED = { enabled: true, alarms: [{ name: 'errors' }] };

/** A group, with these members beside what every group has. */
const withGroup = (byCodeDeploy: Readonly<Record<string, unknown>>): Promise<Local> => localService({ byCodeDeploy });

const deploy = async (
  { ecs, codedeploy }: Local,
  autoRollbackConfiguration?: AutoRollbackConfiguration,
): Promise<string | undefined> => {
  const containerDefinitions = [{ name: 'api', image: `${REPOSITORY}:good`, portMappings: [{ containerPort: 8080 }] }];
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand({ family: 'api', containerDefinitions }));
  const Properties = {
    TaskDefinition: taskDefinition?.taskDefinitionArn,
    LoadBalancerInfo: { ContainerName: 'api', ContainerPort: 8080 },
  };
  const content = JSON.stringify({ version: 0, Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties } }] });
  const { deploymentId } = await codedeploy.send(
    new CreateDeploymentCommand({
      ...GROUP,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
      deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
      autoRollbackConfiguration,
    }),
  );
  return deploymentId;
};

/** Which image answers ten requests in a row. */
const served = async ({ fetch }: Local): Promise<readonly string[]> => {
  const tags = new Set<string>();
  for (let count = 0; count < 10; count += 1) {
    const { image } = (await (await fetch('http://api.c.test/')).json()) as { image: string };
    tags.add(image === digestOf('good') ? 'good' : 'initial');
  }
  return [...tags];
};

const stopped = async ({ codedeploy }: Local, deploymentId: string | undefined) =>
  (await codedeploy.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo;

// User Guide, "Redeploy and roll back a deployment with CodeDeploy": "You can configure a deployment group or deployment to
// automatically roll back when a deployment fails or when a monitoring threshold you specify is met".
describe('an alarm of the group', () => {
  it('stops the deployment, and all traffic goes back', async () => {
    const local = await withGroup({ alarmConfiguration: WATCHED });
    const id = await deploy(local);
    await local.clock.advance(30_000);
    expect(await served(local)).toEqual(['initial', 'good']);
    local.setAlarm('errors', 'ALARM');
    await local.clock.advance(10_000);
    expect(await stopped(local, id)).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE' } });
    await local.clock.advance(600_000);
    expect(await served(local)).toEqual(['initial']);
  });

  // What AWS leaves of a deployment that an alarm stops without rolling it back is nowhere said.
  it.each([
    ['at which nothing is rolled back', OFF],
    ['at which other things are rolled back', on('DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST')],
  ])('%s is refused, by name', async (_, autoRollbackConfiguration) => {
    const made = withGroup({ alarmConfiguration: WATCHED, autoRollbackConfiguration });
    await expect(made).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: expect.stringContaining('DEPLOYMENT_STOP_ON_ALARM'),
    });
  });

  it('that is not enabled needs no rollback', async () => {
    const local = await withGroup({ alarmConfiguration: { ...WATCHED, enabled: false }, autoRollbackConfiguration: OFF });
    await deploy(local);
    await local.clock.advance(30_000);
    local.setAlarm('errors', 'ALARM');
    await local.clock.advance(600_000);
    expect(await served(local)).toEqual(['good']);
  });
});

const stop = ({ codedeploy }: Local, deploymentId: string | undefined) =>
  codedeploy.send(new StopDeploymentCommand({ deploymentId }));

// The same page: "When you create a new deployment, you can also choose to override the automatic rollback configuration that
// were specified for the deployment group."
describe("a deployment's own configuration of rollbacks", () => {
  it("rolls back at a person's stop where the group does not", async () => {
    const local = await withGroup({ autoRollbackConfiguration: OFF });
    const id = await deploy(local, on('DEPLOYMENT_STOP_ON_REQUEST'));
    await local.clock.advance(30_000);
    await stop(local, id);
    await local.clock.advance(600_000);
    expect(await served(local)).toEqual(['initial']);
  });

  // A stop without its rollback is refused here.
  it.each([
    ['nothing', OFF],
    ['other things', on('DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM')],
  ])("does not roll back at a person's stop where it names %s", async (_, own) => {
    const local = await withGroup({});
    const id = await deploy(local, own);
    await local.clock.advance(30_000);
    await expect(stop(local, id)).rejects.toMatchObject({ name: 'InvalidInputException' });
    expect(await stopped(local, id)).toMatchObject({ status: 'InProgress' });
  });

  it('is refused, by name, where it takes the rollback away from an alarm of the group', async () => {
    const local = await withGroup({ alarmConfiguration: WATCHED });
    await expect(deploy(local, on('DEPLOYMENT_STOP_ON_REQUEST'))).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: expect.stringContaining('DEPLOYMENT_STOP_ON_ALARM'),
    });
    await local.clock.advance(600_000);
    expect(await served(local)).toEqual(['initial']);
  });
});

// API reference, CreateDeployment and CreateDeploymentGroup, InvalidAutoRollbackConfigException: "automatic rollback is enabled,
// but an invalid triggering event type or no event types were listed".
describe.each([
  ['without events', on()],
  ['with an event that there is not', on('DEPLOYMENT_STOP_ON_SUNDAY' as AutoRollbackEvent)],
])('an enabled rollback %s is refused', (_, configuration) => {
  it('of a group', async () => {
    const made = withGroup({ autoRollbackConfiguration: configuration });
    await expect(made).rejects.toMatchObject({ name: 'InvalidAutoRollbackConfigException' });
  });

  it('of a deployment', async () => {
    const made = deploy(await withGroup({}), configuration);
    await expect(made).rejects.toMatchObject({ name: 'InvalidAutoRollbackConfigException' });
  });
});
