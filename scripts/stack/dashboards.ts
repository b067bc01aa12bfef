import type { Catalogue, CatalogueService } from '../../shared/catalogue/catalogue.ts';
import { consoleOf, dashboardName } from '../../shared/dashboard.ts';
import type { MetricName } from '../../shared/metrics/metrics.ts';
import { HERE } from './rules.ts';

/** In columns of a grid of 24. */
const WIDTH = 12;
const HEIGHT = 6;

interface Widget {
  readonly type: 'metric' | 'text';
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

const metric = (title: string, region: string, properties: Readonly<Record<string, unknown>>): Widget => ({
  type: 'metric',
  width: WIDTH,
  height: HEIGHT,
  properties: { title, region, view: 'timeSeries', ...properties },
});

/** Of an environment: what `measure` counts, in the namespace of the installation. */
const figures = (title: string, environment: string, names: readonly MetricName[], stat: string): Widget =>
  metric(title, HERE.region, { stat, period: 3600, metrics: names.map((name) => ['${Bus}', name, 'environment', environment]) });

const verdicts = (environment: string): Widget => {
  const search = `SEARCH('{\${Bus},environment,service,verdict} MetricName="Deployments" environment="${environment}"', 'Sum', 3600)`;
  return metric('Verdicts', HERE.region, { stacked: true, metrics: [[{ expression: search, id: 'verdicts' }]] });
};

/** Where a service is: its cluster, and its name there. */
interface Spot {
  readonly region: string;
  readonly cluster: string;
  readonly service: string;
}

const spotOf = (target: Readonly<Record<string, unknown>>, region: string): readonly Spot[] => {
  const { cluster, service } = target;
  return typeof cluster === 'string' && typeof service === 'string' ? [{ region, cluster, service }] : [];
};

const spotsOf = ({ settings: { target, sites } }: CatalogueService): readonly Spot[] =>
  sites === undefined ? spotOf({ ...target }, HERE.region) : sites.flatMap((site) => spotOf({ ...site.target }, site.region));

/**
 * Amazon ECS Developer Guide, "Amazon ECS CloudWatch metrics": both in percent, by cluster and service; the samples that a service sends in a
 * minute are as many as its running tasks.
 */
const serviceWidgets = ({ region, cluster, service }: Spot): readonly Widget[] => {
  const of = ['ClusterName', cluster, 'ServiceName', service];
  const used = ['CPUUtilization', 'MemoryUtilization'].map((name) => ['AWS/ECS', name, ...of]);
  return [
    metric(`${service}: CPU and memory`, region, {
      stat: 'Average',
      period: 60,
      yAxis: { left: { min: 0, max: 100 } },
      metrics: used,
    }),
    metric(`${service}: running tasks`, region, {
      stat: 'SampleCount',
      period: 60,
      metrics: [['AWS/ECS', 'CPUUtilization', ...of]],
    }),
  ];
};

/** The console's own encoding of a log group's name. */
const encodedGroup = (name: string): string => encodeURIComponent(encodeURIComponent(name)).replaceAll('%', '$');

const linksOf = (service: CatalogueService): readonly string[] =>
  spotsOf(service).map(({ region, cluster, service: name }) => {
    const host = region === HERE.region ? `${region}.console.aws.amazon.com` : consoleOf(region);
    const address = (path: string) => `https://${host}/${path}`;
    const group = service.logGroup;
    const logs =
      group === undefined
        ? []
        : [`[logs](${address(`cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${encodedGroup(group)}`)})`];
    const trail = `[CloudTrail](${address(`cloudtrailv2/home?region=${region}#/events?EventSource=ecs.amazonaws.com`)})`;
    const own = `[service](${address(`ecs/v2/clusters/${cluster}/services/${name}?region=${region}`)})`;
    return `- **${name}** ${[own, ...logs, trail].join(' · ')}`;
  });

const widgetsOf = (environment: string, services: readonly CatalogueService[]): readonly Widget[] => {
  const links = services.flatMap(linksOf);
  const markdown = [`# ${environment}`, ...links].join('\n');
  return [
    { type: 'text', width: 24, height: Math.min(20, 2 + links.length), properties: { markdown } },
    verdicts(environment),
    figures('Changes, and those that failed', environment, ['Changes', 'ChangeFailures', 'Rollbacks', 'FailedRollbacks'], 'Sum'),
    figures(
      'Duration, wait, lead time, time to restore',
      environment,
      ['Duration', 'QueueWait', 'LeadTime', 'TimeToRestore'],
      'Average',
    ),
    figures('Lag of the verdict', environment, ['VerdictLag'], 'p95'),
    figures('Health-check retries', environment, ['HealthCheckRetries'], 'Sum'),
    metric('Overdue deployments, sweeps', HERE.region, {
      stat: 'Maximum',
      period: 300,
      metrics: [
        ['${Bus}', 'OverdueDeployments' satisfies MetricName],
        ['${Bus}', 'Sweeps' satisfies MetricName, { stat: 'Sum' }],
      ],
    }),
    ...services.flatMap(spotsOf).flatMap(serviceWidgets),
  ];
};

/** Letters and digits alone; what else is in the environment's name stands there by its number. */
export const logicalId = (prefix: string, environment: string): string =>
  `${prefix}${environment.replace(/[^A-Za-z0-9]/g, (letter) => `x${letter.charCodeAt(0).toString(16)}`)}`;

export const environmentsOf = ({ services }: Catalogue): readonly string[] => [
  ...new Set(services.map(({ environment }) => environment)),
];

/** A dashboard for each environment (S2.5, S5.7). */
export const dashboardsFor = (catalogue: Catalogue): Readonly<Record<string, object>> =>
  Object.fromEntries(
    environmentsOf(catalogue).map((environment) => {
      const services = catalogue.services.filter((service) => service.environment === environment);
      const Properties = {
        DashboardName: { 'Fn::Sub': dashboardName('${Bus}', environment) },
        DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets: widgetsOf(environment, services) }) },
      };
      return [logicalId('Dashboard', environment), { Type: 'AWS::CloudWatch::Dashboard', Properties }];
    }),
  );
