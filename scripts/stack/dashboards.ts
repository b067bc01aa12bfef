import type { Catalogue, CatalogueService } from '../../shared/catalogue/catalogue.ts';
import { dashboardName } from '../../shared/dashboard.ts';
import type { MetricName } from '../../shared/metrics/metrics.ts';
import { graphsOf, linksOf } from './dashboard-services.ts';
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

/** Of an environment, a line for each service and value of one more dimension (CloudWatch User Guide, "Search expression syntax"). */
const searched = (
  title: string,
  environment: string,
  name: MetricName,
  by: 'verdict' | 'phase',
  stat: 'Sum' | 'Average',
): Widget => {
  const search = `SEARCH('{\${Bus},environment,service,${by}} MetricName="${name}" environment="${environment}"', '${stat}', 3600)`;
  return metric(title, HERE.region, { stacked: true, metrics: [[{ expression: search, id: `${by}s` }]] });
};

const widgetsOf = (environment: string, services: readonly CatalogueService[]): readonly Widget[] => {
  const links = services.flatMap(linksOf);
  const markdown = [`# ${environment}`, ...links].join('\n');
  return [
    { type: 'text', width: 24, height: Math.min(20, 2 + links.length), properties: { markdown } },
    searched('Verdicts', environment, 'Deployments', 'verdict', 'Sum'),
    figures('Changes, and those that failed', environment, ['Changes', 'ChangeFailures', 'Rollbacks', 'FailedRollbacks'], 'Sum'),
    figures(
      'Duration, wait, lead time, time to restore',
      environment,
      ['Duration', 'QueueWait', 'LeadTime', 'TimeToRestore'],
      'Average',
    ),
    searched('Duration by phase', environment, 'PhaseDuration', 'phase', 'Average'),
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
    ...services.flatMap(graphsOf).map(({ title, region, properties }) => metric(title, region, properties)),
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
