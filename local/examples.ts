import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CodeDeployClient, CreateApplicationCommand, CreateDeploymentGroupCommand } from '@aws-sdk/client-codedeploy';
import { ECRClient, SetRepositoryPolicyCommand } from '@aws-sdk/client-ecr';
import {
  ClusterNotFoundException,
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { CatalogueService, Catalogue as Whole } from '../shared/catalogue/catalogue.ts';
import type { Settings } from '../shared/deployment/settings.ts';
import { testListener } from './ecs/tasks.ts';
import { createFunction, functionListener, isFunctionThere } from './example-functions.ts';
import { clusterAt } from './network/network-at.ts';
import { arnAt, HOME, type Place, placeIn } from './place.ts';
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

/** A service where it is, of several places or one. */
interface Example extends Pick<Settings, 'target' | 'health' | 'smoke'> {
  readonly service: CatalogueService;
  readonly place: Place;
}

const spotsOf = ({ services }: Catalogue): readonly Example[] =>
  services.flatMap((service): readonly Example[] => {
    const { sites } = service.settings;
    if (sites === undefined) return [{ ...service.settings, service, place: HOME }];
    return sites.map((site) => ({ ...site, service, place: site }));
  });

/** What ECS runs, and functions, are made here; hosts and modules are there, or not, before the cloud is. */
const examplesOf = (catalogue: Catalogue): readonly Example[] =>
  spotsOf(catalogue).filter(({ target }) => target['cluster'] !== undefined || target.kind === 'lambda');

/** The same cloud, by the administrator of that account, in that region. */
export const accessTo = (access: Access, { account, region }: Place): Access => ({
  ...access,
  region,
  ...(account === HOME.account ? {} : { credentials: { accessKeyId: account, secretAccessKey: 'local' } }),
});

/** Whether the service is there already. */
const isThere = async (access: Access, { place, target }: Example): Promise<boolean> => {
  if (target.kind === 'lambda') return isFunctionThere(accessTo(access, place), target);
  const input = { cluster: member(target, 'cluster'), services: [member(target, 'service')] };
  const ecs = new ECSClient(accessTo(access, place));
  const { services: known = [] } = await ecs.send(new DescribeServicesCommand(input)).catch(noCluster);
  return known.length > 0;
};

const noCluster = (error: unknown): { services: [] } => {
  if (error instanceof ClusterNotFoundException) return { services: [] };
  throw error;
};

/**
 * What a team has before it moves to the pipeline: clusters, services that run something, alarms, in every account and region. By AWS's API, as a
 * team would. What is there from before is left alone; answers the services that were made.
 */
export const createExamples = async (access: Access, catalogue: Catalogue): Promise<Catalogue> => {
  const examples = examplesOf(catalogue);
  const known = await Promise.all(examples.map((example) => isThere(access, example)));
  const made = examples.filter((_, index) => known[index] === false);
  const fresh = made.filter(({ target }) => target.kind !== 'lambda');
  for (const { service, place, target } of made)
    if (target.kind === 'lambda')
      await createFunction(accessTo(access, place), target, `${service.registry}/${repositoryOf(service)}:initial`);
  for (const { place, target } of fresh)
    await new ECSClient(accessTo(access, place)).send(new CreateClusterCommand({ clusterName: member(target, 'cluster') }));
  await admitPulls(access, fresh);
  await Promise.all(fresh.map((example) => createService(access, example)));
  for (const example of fresh) if (example.target.kind === 'codedeploy-ecs') await createGroup(access, example);
  const services = [...new Set(made.map(({ service }) => service))];
  for (const service of services)
    for (const arn of service.settings.alarms) {
      const cloudwatch = new CloudWatchClient(accessTo(access, placeIn(arn, HOME)));
      await cloudwatch.send(new PutMetricAlarmCommand(alarmOf(arn, service)));
    }
  return { services };
};

const PULLS = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

const policyOf = (Statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement });

/**
 * Another account pulls what a repository's policy lets it pull, in an execution role that may (Amazon ECR User Guide, "Private repository
 * policies"). Within the account nothing more is asked.
 */
const admitPulls = async (access: Access, examples: readonly Example[]): Promise<void> => {
  const others = examples.filter(({ place }) => place.account !== HOME.account);
  const ecr = new ECRClient(access);
  for (const repositoryName of new Set(others.map(({ service }) => repositoryOf(service)))) {
    const accounts = new Set(
      others.filter(({ service }) => repositoryOf(service) === repositoryName).map(({ place }) => place.account),
    );
    const AWS = [...accounts].map((account) => `arn:aws:iam::${account}:root`);
    const policyText = policyOf({ Effect: 'Allow', Principal: { AWS }, Action: PULLS });
    await ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
  }
  const roles = new Map(others.map(({ place, target }) => [`${place.account} ${member(target, 'cluster')}`, { place, target }]));
  for (const { place, target } of roles.values()) {
    const iam = new IAMClient(accessTo(access, place));
    const RoleName = `${member(target, 'cluster')}-execution`;
    const trust = policyOf({ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' });
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    const PolicyDocument = policyOf({ Effect: 'Allow', Action: [...PULLS, 'ecr:GetAuthorizationToken'], Resource: '*' });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'pulls', PolicyDocument }));
  }
};

/** Where the front of a host is, as a listener of the network. */
export const HOSTS = 'hosts';

const REFERENCE = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/;

/**
 * What the catalogue's references to the environment stand for here: the address of the service's listener, or of the one for test traffic.
 * Of a smoke test of its own name too.
 */
export const addressesOf = async (network: Pick<Network, 'address'>, catalogue: Catalogue): Promise<Record<string, string>> => {
  const addresses: Record<string, string> = {};
  for (const { place, target, health, smoke } of spotsOf(catalogue)) {
    const [group, service] =
      target.kind === 'lambda'
        ? functionListener(target)
        : ([String(target['cluster'] ?? HOSTS), String(target['service'])] as const);
    const cluster = clusterAt(place, group);
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
const shiftsTraffic = (family: string, place: Place) => {
  const rule = (id: string) =>
    arnAt(place, 'elasticloadbalancing', `listener-rule/app/${family.slice(0, 32)}/50dc6c495c0c9188/f2f7dc8efc522ab2/${id}`);
  return {
    alternateTargetGroupArn: arnAt(place, 'elasticloadbalancing', `targetgroup/${family.slice(0, 32)}/fedcba9876543210`),
    productionListenerRule: rule('9683b2d02a6cabee'),
    testListenerRule: rule('0467ef3c8400ae65'),
    roleArn: `arn:aws:iam::${place.account}:role/${family}-shifts-traffic`,
  };
};

const createService = async (access: Access, { service, place, target }: Example): Promise<void> => {
  const ecs = new ECSClient(accessTo(access, place));
  const family = familyOf(service);
  const cluster = member(target, 'cluster');
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      executionRoleArn: `arn:aws:iam::${place.account}:role/${cluster}-execution`,
      taskRoleArn: `arn:aws:iam::${place.account}:role/${cluster}-task`,
      containerDefinitions: [
        {
          name: member(target, 'container'),
          image: `${service.registry}/${repositoryOf(service)}:initial`,
          essential: true,
          portMappings: [{ containerPort: 8080 }],
          environment: [{ name: 'LOG_LEVEL', value: 'info' }],
          logConfiguration: {
            logDriver: 'awslogs',
            options: { 'awslogs-group': `/ecs/${family}`, 'awslogs-region': place.region },
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
          targetGroupArn: arnAt(place, 'elasticloadbalancing', `targetgroup/${family.slice(0, 32)}/0123456789abcdef`),
          containerName: member(target, 'container'),
          containerPort: 8080,
          ...(target.kind === 'ecs-rolling' ? {} : { advancedConfiguration: shiftsTraffic(family, place) }),
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
const createGroup = async (access: Access, { place, target }: Example): Promise<void> => {
  const codedeploy = new CodeDeployClient(accessTo(access, place));
  const applicationName = member(target, 'application');
  const deploymentGroupName = member(target, 'deploymentGroup');
  const service = member(target, 'service');
  const { productionListenerRule, testListenerRule } = shiftsTraffic(service, place);
  await codedeploy.send(new CreateApplicationCommand({ applicationName, computePlatform: 'ECS' }));
  await codedeploy.send(
    new CreateDeploymentGroupCommand({
      applicationName,
      deploymentGroupName,
      serviceRoleArn: `arn:aws:iam::${place.account}:role/${applicationName}-codedeploy`,
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

/** Asks for the first deployment of every example service: the first verified revision is earned. `asked`: what the requests say beside. */
export const deployExamples = async (access: Access, bus: string, { services }: Catalogue, asked: object = {}): Promise<void> => {
  const events = new EventBridgeClient(access);
  for (const service of services) {
    const detail = { ...asked, environment: service.environment, image: `${repositoryOf(service)}:good`, service: service.name };
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
