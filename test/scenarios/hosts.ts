import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { ListCommandsCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type HostImage, type VirtualHost, virtualHost } from '../../local/hosts/virtual-host.ts';
import imageFile from '../../local/images.json' with { type: 'json' };
import { startPipeline } from './pipeline.ts';
import { catalogueWith } from './promoting.ts';

/** As `systems.md` has it: one host, its script where it always was. */
export const NAME = 'shop-prod';
const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

interface Changes {
  readonly hosts?: number;
  readonly target?: Readonly<Record<string, unknown>>;
  readonly service?: Readonly<Record<string, unknown>>;
}

/** What the labels of the project's example images make of a container on a host. */
const behaviourOf = (labels: Readonly<Record<string, string>>): HostImage => {
  const fails = labels['switchyard.local.fails-after-seconds'];
  return {
    healthy: labels['switchyard.local.health'] === undefined,
    exits: labels['switchyard.local.exit-code'] !== undefined,
    ...(fails === undefined ? {} : { failsAfterSeconds: Number(fails) }),
  };
};

const labelsOf = (tag: string): Readonly<Record<string, string>> => {
  const found = imageFile.prod.find(({ tags }) => tags.includes(tag));
  return found !== undefined && 'labels' in found && found.labels !== undefined ? { ...found.labels } : {};
};

/** The pipeline with a service on hosts, which run `initial`. */
export const startHosts = async ({ hosts: count = 1, target = {}, service = {} }: Changes = {}) => {
  const images = new Map<string, HostImage>();
  const ids = Array.from({ length: count }, (_, index) => `mi-${String(index + 1).padStart(17, '0')}`);
  const machines: VirtualHost[] = [];
  const catalogue = catalogueWith((source) => {
    delete source['promotions'];
    const { prod } = source['environments'] as { prod: { services: Record<string, unknown> } };
    prod.services = {
      [NAME]: {
        repository: 'prod',
        target: { kind: 'compose-host', instances: ids, ...target },
        health: { url: '${env:SHOP_URL}/health', attempts: 3 },
        ...service,
      },
    };
  });
  const pipeline = await startPipeline({
    catalogue,
    services: [NAME],
    hosts: (clock, network) => {
      machines.push(
        ...ids.map((id) => virtualHost({ ...{ clock, id, name: id, tags: { Name: 'web' } }, image: (name) => images.get(name) })),
      );
      const [first] = machines;
      network.serve('hosts', NAME, first?.app);
      return machines;
    },
  });
  const ecr = new ECRClient(pipeline.access);
  const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName: 'prod' }));
  const references = new Map<string, string>();
  for (const { imageDigest = '', imageTags = [] } of imageDetails)
    for (const tag of imageTags) {
      references.set(tag, `${REGISTRY}/prod@${imageDigest}`);
      images.set(`${REGISTRY}/prod@${imageDigest}`, behaviourOf(labelsOf(tag)));
    }
  const reference = (tag: string): string => references.get(tag) ?? '';
  for (const machine of machines) machine.install(reference('initial'));
  const cloudwatch = new CloudWatchClient(pipeline.access);
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: 'errors', Namespace: 'shop', MetricName: 'errors', Statistic: 'Sum', Period: 60, Threshold: 1 },
      ...{ EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanThreshold' },
    }),
  );
  await pipeline.setAlarm('errors', 'OK');
  const ssm = new SSMClient(pipeline.access);
  const run = (words: string) =>
    ssm.send(
      new SendCommandCommand({
        DocumentName: 'AWS-RunShellScript',
        InstanceIds: ids,
        Parameters: { commands: [`/opt/staging/blue_green_deploy.sh ${words}`] },
      }),
    );
  return {
    ...pipeline,
    machines,
    reference,
    run,
    ssm,
    /** The tag of what each host serves, asked at its front. */
    serves: async (): Promise<readonly string[]> =>
      Promise.all(
        machines.map(async ({ app }) => {
          const { image = '' } = JSON.parse((await app({ method: 'GET', path: '/' })).body || '{}');
          return [...references].find(([, name]) => name === image)?.[0] ?? '';
        }),
      ),
    commands: async () => {
      const { Commands = [] } = await ssm.send(new ListCommandsCommand({}));
      return Commands.filter(({ Comment }) => Comment !== undefined && !/ look( \S+)?$/.test(Comment));
    },
    deploy: (tag: string, more: object = {}) => pipeline.deploy('prod', `prod:${tag}`, NAME, more),
  };
};
