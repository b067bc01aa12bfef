import { CodeDeployClient, CreateDeploymentCommand } from '@aws-sdk/client-codedeploy';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  type Service,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type BenchService, benchService } from './cloud/services.ts';
import type { Measurement } from './measurement.ts';
import { startVirtual, type Virtual } from './virtual/pipeline.ts';
import { createTally } from './virtual/tally.ts';

/** Requests under way at a time, and milliseconds until as many follow. */
const CONNECTIONS = 50;
const BETWEEN = 500;
/** Virtual seconds that anything may take. */
const MOST = 3000;

interface Variant {
  readonly name: string;
  readonly target: Readonly<Record<string, unknown>>;
  readonly hasTestTraffic?: boolean;
}

const SHIFTS = { kind: 'ecs-blue-green', bakeMinutes: 0 };
const CODEDEPLOY = { kind: 'codedeploy-ecs', application: 'bench' };

const VARIANTS: readonly Variant[] = [
  { name: 'ecs-rolling', target: {} },
  { name: 'ecs-blue-green, BLUE_GREEN', target: { ...SHIFTS, strategy: 'BLUE_GREEN' } },
  {
    name: 'ecs-blue-green, BLUE_GREEN, a pause with test traffic',
    target: { ...SHIFTS, strategy: 'BLUE_GREEN', pause: { stage: 'POST_TEST_TRAFFIC_SHIFT', minutes: 30 } },
    hasTestTraffic: true,
  },
  { name: 'ecs-blue-green, CANARY 10 %, 1 min', target: { ...SHIFTS, strategy: 'CANARY', stepPercent: 10, stepMinutes: 1 } },
  { name: 'ecs-blue-green, LINEAR 25 %, 1 min', target: { ...SHIFTS, strategy: 'LINEAR', stepPercent: 25, stepMinutes: 1 } },
  { name: 'codedeploy-ecs, ECSAllAtOnce', target: { ...CODEDEPLOY, configuration: 'CodeDeployDefault.ECSAllAtOnce' } },
  {
    name: 'codedeploy-ecs, ECSLinear10PercentEvery1Minutes',
    target: { ...CODEDEPLOY, configuration: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes' },
  },
];

const serviceOf = ({ target, hasTestTraffic = false }: Variant, index: number): BenchService => {
  const own = benchService(index + 1, {});
  const group = target['kind'] === 'codedeploy-ecs' ? { application: own.name, deploymentGroup: own.name } : {};
  return { ...own, target: { ...target, ...group }, hasTestTraffic };
};

/** Seconds from the beginning of a change. */
interface Change {
  /** Until every answer is the new image's. */
  readonly traffic: number;
  /** Until the target has settled, or the verdict was told. */
  readonly end: number;
  readonly requests: number;
  readonly failed: number;
}

/** Requests all the while, until `over` answers the end. */
const underLoad = async (
  { clock, fetch }: Virtual,
  { name, cluster }: BenchService,
  digest: string,
  over: () => Promise<boolean>,
): Promise<Change> => {
  const began = clock.now();
  const seconds = () => (clock.now() - began) / 1000;
  let traffic: number | undefined;
  let requests = 0;
  let failed = 0;
  for (let turn = 0; seconds() < MOST; turn += 1) {
    const answers = await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        const response = await fetch(`http://${name}.${cluster}.test/`).catch(() => undefined);
        return response?.status === 200 ? ((await response.json()) as { readonly image: string }).image : undefined;
      }),
    );
    requests += answers.length;
    failed += answers.filter((image) => image === undefined).length;
    if (answers.some((image) => image !== digest)) traffic = undefined;
    else traffic ??= seconds();
    if (traffic !== undefined && turn % 5 === 0 && (await over())) return { traffic, end: seconds(), requests, failed };
    await clock.advance(BETWEEN);
  }
  throw new Error(`the change of ${name} did not end within ${MOST} s`);
};

const describe = async (ecs: ECSClient, { name, cluster }: BenchService): Promise<Service> => {
  const { services: [found] = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [name] }));
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found;
};

/** What serves as a task definition's image. */
const digestOf = async (pipeline: Virtual, ecs: ECSClient, service: BenchService): Promise<string> => {
  const response = await pipeline.fetch(`http://${service.name}.${service.cluster}.test/`);
  if (response.status !== 200) throw new Error(`${service.name} does not serve: ${(await describe(ecs, service)).status}`);
  return ((await response.json()) as { readonly image: string }).image;
};

const isSettled = async (ecs: ECSClient, service: BenchService): Promise<boolean> => {
  const { deploymentController, taskSets = [], deployments = [] } = await describe(ecs, service);
  if (deploymentController?.type === 'CODE_DEPLOY') return taskSets.length === 1;
  const { serviceDeployments: [newest] = [] } = await ecs.send(
    new ListServiceDeploymentsCommand({ cluster: service.cluster, service: service.name }),
  );
  return deployments.length === 1 && newest?.status === 'SUCCESSFUL';
};

/** The same change by hand, from `from` to the image `to`: the target's own time. */
const byHand = async (
  pipeline: Virtual,
  ecs: ECSClient,
  service: BenchService,
  image: string,
  digest: string,
): Promise<Change> => {
  const found = await describe(ecs, service);
  const runs = found.taskSets?.find(({ status }) => status === 'PRIMARY')?.taskDefinition ?? found.taskDefinition;
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: runs }));
  const { family, networkMode, cpu, memory, containerDefinitions = [], requiresCompatibilities } = taskDefinition ?? {};
  const registered = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode,
      cpu,
      memory,
      requiresCompatibilities,
      containerDefinitions: containerDefinitions.map((one) => ({ ...one, image })),
    }),
  );
  const arn = registered.taskDefinition?.taskDefinitionArn ?? '';
  if (found.deploymentController?.type === 'CODE_DEPLOY') await shift(pipeline, service, found, arn);
  else {
    const deploymentConfiguration = { ...found.deploymentConfiguration };
    if (deploymentConfiguration.strategy !== 'ROLLING') deploymentConfiguration.lifecycleHooks = [];
    const { cluster, name } = service;
    await ecs.send(new UpdateServiceCommand({ cluster, service: name, taskDefinition: arn, deploymentConfiguration }));
  }
  return underLoad(pipeline, service, digest, () => isSettled(ecs, service));
};

const shift = async (
  { access }: Virtual,
  { name, target }: BenchService,
  found: Service,
  TaskDefinition: string,
): Promise<void> => {
  const [{ containerName: ContainerName, containerPort: ContainerPort } = {}] = found.loadBalancers ?? [];
  const Properties = { TaskDefinition, LoadBalancerInfo: { ContainerName, ContainerPort } };
  const content = JSON.stringify({ version: 0, Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties } }] });
  await new CodeDeployClient(access).send(
    new CreateDeploymentCommand({
      applicationName: name,
      deploymentGroupName: name,
      deploymentConfigName: String(target?.['configuration']),
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
    }),
  );
};

/** By the pipeline, to its verdict. */
const deployed = async (pipeline: Virtual, service: BenchService, image: string, digest: string): Promise<Change> => {
  const Detail = JSON.stringify({ environment: service.environment, service: service.name, image });
  await pipeline.events.send(
    new PutEventsCommand({
      Entries: [{ EventBusName: 'switchyard', Source: 'bench', DetailType: 'DeployRequested', Detail }],
    }),
  );
  return underLoad(pipeline, service, digest, async () => {
    const [verdict] = await pipeline.receive();
    if (verdict !== undefined && verdict.type !== 'DeploymentSucceeded')
      throw new Error(`the deployment of ${service.name} ended as ${verdict.type}`);
    return verdict !== undefined;
  });
};

/** Each target and strategy: what it adds to the target's own time, its calls, and whether anybody notices. */
export const targets: Measurement = {
  name: 'targets',
  about: 'a deployment by each target and strategy, under load',
  async run(say) {
    const services = VARIANTS.map(serviceOf);
    const tally = createTally();
    const pipeline = await startVirtual(services, tally);
    const ecs = new ECSClient(pipeline.access);
    const rows: (readonly (string | number)[])[] = [];
    let [all, lost] = [0, 0];
    try {
      for (const [index, { name }] of VARIANTS.entries()) {
        const service = services[index];
        if (service === undefined) continue;
        say(name);
        const registry = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/${service.environment}`;
        await pipeline.deploy([service], () => `${service.environment}:other`);
        const other = await digestOf(pipeline, ecs, service);
        await pipeline.deploy([service], () => `${service.environment}:good`);
        const good = await digestOf(pipeline, ecs, service);
        const own = await byHand(pipeline, ecs, service, `${registry}@${other}`, other);
        tally.take();
        const ours = await deployed(pipeline, service, `${service.environment}:good`, good);
        const { calls } = tally.take();
        const asked = calls.filter(({ action, function: by }) => /^(?:ecs|codedeploy):/.test(action) && by !== 'sweep').length;
        all += own.requests + ours.requests;
        lost += own.failed + ours.failed;
        rows.push([
          name,
          own.traffic,
          ours.traffic,
          ours.traffic - own.traffic,
          own.end,
          ours.end,
          ours.end - own.end,
          asked,
          ours.failed,
        ]);
        await pipeline.clock.advance(4_000_000);
        await pipeline.receive();
      }
    } finally {
      await pipeline.stop();
    }
    return {
      tables: [
        {
          columns: [
            { title: 'target' },
            { title: 'all traffic moved, by hand (s)', decimals: 1 },
            { title: 'by Switchyard (s)', decimals: 1 },
            { title: 'more', decimals: 1 },
            { title: 'settled, by hand (s)', decimals: 1 },
            { title: 'verdict (s)', decimals: 1 },
            { title: 'more', decimals: 1 },
            { title: 'calls to the target' },
            { title: 'failed requests' },
          ],
          rows,
        },
      ],
      notes: [`${lost} of ${all.toLocaleString('en')} requests failed, those of the changes by hand among them.`],
    };
  },
};
