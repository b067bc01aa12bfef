import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CodeDeployClient, CreateApplicationCommand, CreateDeploymentGroupCommand } from '@aws-sdk/client-codedeploy';
import {
  ClusterNotFoundException,
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { CatalogueService, Catalogue as Whole } from '../shared/catalogue/catalogue.ts';
import { testListener } from './ecs/tasks.ts';
import type { Network } from './ports.ts';

type Catalogue = Pick<Whole, 'services'>;

/** SDK configuration: where the local cloud is. */
export type Access = Readonly<Record<string, unknown>>;

/** Example repositories: S1 has one for each environment, S5 one for each service and environment. */
export const repositoryOf = ({ name, environment }: CatalogueService): string =>
  name.startsWith('conflicto-') ? `conflicto-backend-${environment}` : environment;

const member = (target: CatalogueService['settings']['target'], name: string): string => {
  const value = target[name];
  const first = Array.isArray(value) ? value[0] : value;
  if (typeof first !== 'string') throw new Error(`the example target has no ${name}`);
  return first;
};

/** S5.1: family `conflicto-backend-<env>`; elsewhere the service's name. */
const familyOf = (service: CatalogueService): string =>
  service.name.startsWith('conflicto-') ? `conflicto-backend-${service.environment}` : service.name;

/** Which of the services are not there yet. */
const missing = async (ecs: ECSClient, { services }: Catalogue): Promise<Catalogue> => {
  const found = await Promise.all(
    services.map(async ({ settings: { target } }) => {
      const input = { cluster: member(target, 'cluster'), services: [member(target, 'service')] };
      const { services: known = [] } = await ecs.send(new DescribeServicesCommand(input)).catch(noCluster);
      return known.length > 0;
    }),
  );
  return { services: services.filter((_, index) => found[index] === false) };
};

const noCluster = (error: unknown): { services: [] } => {
  if (error instanceof ClusterNotFoundException) return { services: [] };
  throw error;
};

/**
 * What a team has before it moves to the pipeline: clusters, services that run something, alarms. By AWS's API, as a team would.
 * What is there from before is left alone; answers what was made.
 */
export const createExamples = async (access: Access, catalogue: Catalogue): Promise<Catalogue> => {
  const ecs = new ECSClient(access);
  const cloudwatch = new CloudWatchClient(access);
  const fresh = await missing(ecs, catalogue);
  const { services } = fresh;
  for (const cluster of new Set(services.map(({ settings }) => member(settings.target, 'cluster')))) {
    await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  }
  await Promise.all(services.map((service) => createService(ecs, service)));
  const codedeploy = new CodeDeployClient(access);
  for (const service of services) if (service.settings.target.kind === 'codedeploy-ecs') await createGroup(codedeploy, service);
  for (const service of services) {
    for (const arn of service.settings.alarms) await cloudwatch.send(new PutMetricAlarmCommand(alarmOf(arn, service)));
  }
  return fresh;
};

const REFERENCE = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/;

/**
 * What the catalogue's references to the environment stand for here: the address of the service's listener, or of the one for test traffic.
 * Of a smoke test of its own name too.
 */
export const addressesOf = async (
  network: Pick<Network, 'address'>,
  { services }: Catalogue,
): Promise<Record<string, string>> => {
  const addresses: Record<string, string> = {};
  for (const { settings } of services) {
    const { target, health, smoke } = settings;
    const cluster = String(target['cluster']);
    const service = String(target['service']);
    const requests = (smoke?.tests ?? []).filter((test) => 'url' in test);
    const refer = async (texts: readonly (string | undefined)[], listener: string): Promise<void> => {
      for (const text of texts) {
        const [, name] = REFERENCE.exec(text ?? '') ?? [];
        if (name !== undefined) addresses[name] = await network.address(cluster, listener);
      }
    };
    await refer([health?.url, ...requests.map(({ url }) => url)], service);
    await refer([health?.testUrl, ...requests.map(({ testUrl }) => testUrl)], testListener(service));
  }
  return addresses;
};

/** A service that shifts traffic has two target groups, a rule for each kind of traffic, and a role in which ECS changes them. */
const shiftsTraffic = (family: string) => {
  const rule = (id: string) =>
    `arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/${family.slice(0, 32)}/50dc6c495c0c9188/f2f7dc8efc522ab2/${id}`;
  return {
    alternateTargetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${family.slice(0, 32)}/fedcba9876543210`,
    productionListenerRule: rule('9683b2d02a6cabee'),
    testListenerRule: rule('0467ef3c8400ae65'),
    roleArn: `arn:aws:iam::123456789012:role/${family}-shifts-traffic`,
  };
};

const createService = async (ecs: ECSClient, service: CatalogueService): Promise<void> => {
  const { target } = service.settings;
  const family = familyOf(service);
  const cluster = member(target, 'cluster');
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      executionRoleArn: `arn:aws:iam::123456789012:role/${cluster}-execution`,
      taskRoleArn: `arn:aws:iam::123456789012:role/${cluster}-task`,
      containerDefinitions: [
        {
          name: member(target, 'container'),
          image: `${service.registry}/${repositoryOf(service)}:initial`,
          essential: true,
          portMappings: [{ containerPort: 8080 }],
          environment: [{ name: 'LOG_LEVEL', value: 'info' }],
          logConfiguration: {
            logDriver: 'awslogs',
            options: { 'awslogs-group': `/ecs/${family}`, 'awslogs-region': 'eu-west-1' },
          },
        },
      ],
    }),
  );
  await ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName: member(target, 'service'),
      taskDefinition: family,
      desiredCount: 1,
      launchType: 'FARGATE',
      ...(target.kind === 'codedeploy-ecs' ? { deploymentController: { type: 'CODE_DEPLOY' } } : {}),
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d4e5f60718'], securityGroups: ['sg-0a1b2c3d4e5f60718'] },
      },
      loadBalancers: [
        {
          targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${family.slice(0, 32)}/0123456789abcdef`,
          containerName: member(target, 'container'),
          containerPort: 8080,
          ...(target.kind === 'ecs-rolling' ? {} : { advancedConfiguration: shiftsTraffic(family) }),
        },
      ],
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
    }),
  );
};

/** What Terraform, or a person, makes once: the application, and the deployment group of the service (S2.3). */
const createGroup = async (codedeploy: CodeDeployClient, { settings: { target } }: CatalogueService): Promise<void> => {
  const applicationName = member(target, 'application');
  const deploymentGroupName = member(target, 'deploymentGroup');
  const service = member(target, 'service');
  const { productionListenerRule, testListenerRule } = shiftsTraffic(service);
  await codedeploy.send(new CreateApplicationCommand({ applicationName, computePlatform: 'ECS' }));
  await codedeploy.send(
    new CreateDeploymentGroupCommand({
      applicationName,
      deploymentGroupName,
      serviceRoleArn: `arn:aws:iam::123456789012:role/${applicationName}-codedeploy`,
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ecsServices: [{ clusterName: member(target, 'cluster'), serviceName: service }],
      loadBalancerInfo: {
        targetGroupPairInfoList: [
          {
            targetGroups: [{ name: `${service}-blue` }, { name: `${service}-green` }],
            prodTrafficRoute: { listenerArns: [productionListenerRule] },
            testTrafficRoute: { listenerArns: [testListenerRule] },
          },
        ],
      },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' },
        terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 5 },
      },
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
    }),
  );
};

const alarmOf = (arn: string, { name }: CatalogueService) => ({
  AlarmName: arn.slice(arn.lastIndexOf(':') + 1),
  AlarmDescription: `${name} answers with errors`,
  Namespace: 'AWS/ApplicationELB',
  MetricName: 'HTTPCode_Target_5XX_Count',
  Dimensions: [{ Name: 'TargetGroup', Value: `targetgroup/${name.slice(0, 32)}/0123456789abcdef` }],
  Statistic: 'Sum' as const,
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold' as const,
});

/** Asks for the first deployment of every example service: the first verified revision is earned. */
export const deployExamples = async (access: Access, bus: string, { services }: Catalogue): Promise<void> => {
  const events = new EventBridgeClient(access);
  for (const service of services) {
    const detail = { environment: service.environment, image: `${repositoryOf(service)}:good`, service: service.name };
    const { Entries = [] } = await events.send(
      new PutEventsCommand({
        Entries: [{ EventBusName: bus, Source: 'examples', DetailType: 'DeployRequested', Detail: JSON.stringify(detail) }],
      }),
    );
    const [entry] = Entries;
    if (entry?.ErrorCode !== undefined)
      throw new Error(`the request for ${service.name} was refused: ${entry.ErrorCode} ${entry.ErrorMessage}`);
  }
};
