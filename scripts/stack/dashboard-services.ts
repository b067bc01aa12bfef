import type { CatalogueService } from '../../shared/catalogue/catalogue.ts';
import { consoleOf } from '../../shared/dashboard.ts';
import { logGroupOf, logGroupUrl } from '../../shared/log-group.ts';
import { HERE } from './rules.ts';

type Target = CatalogueService['settings']['target'];

/** One figure, with its title and where it is kept, as a dashboard has it. */
export interface Graph {
  readonly title: string;
  readonly region: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Where a service is deployed: once, or in each of its sites. */
interface Spot {
  readonly region: string;
  readonly target: Target;
}

const spotsOf = ({ settings: { target, sites } }: CatalogueService): readonly Spot[] =>
  sites ?? [{ region: HERE.region, target }];

const nameOf = (target: Target, key: string): string | undefined => {
  const name = target[key];
  return typeof name === 'string' ? name : undefined;
};

/**
 * Amazon ECS Developer Guide, "Amazon ECS CloudWatch metrics": both in percent, by cluster and service; the samples that a service sends in a
 * minute are as many as its running tasks.
 */
const ofEcs = (region: string, cluster: string, service: string): readonly Graph[] => {
  const of = ['ClusterName', cluster, 'ServiceName', service];
  const used = ['CPUUtilization', 'MemoryUtilization'].map((name) => ['AWS/ECS', name, ...of]);
  const yAxis = { left: { min: 0, max: 100 } };
  return [
    { title: `${service}: CPU and memory`, region, properties: { stat: 'Average', period: 60, yAxis, metrics: used } },
    {
      title: `${service}: running tasks`,
      region,
      properties: { stat: 'SampleCount', period: 60, metrics: [['AWS/ECS', 'CPUUtilization', ...of]] },
    },
  ];
};

/** AWS Lambda Developer Guide, "Types of metrics for Lambda functions": counts, and durations in milliseconds, by function. */
const ofFunction = (region: string, name: string): readonly Graph[] => {
  const metric = (of: string) => ['AWS/Lambda', of, 'FunctionName', name];
  const counts = ['Invocations', 'Errors', 'Throttles', 'ConcurrentExecutions'] as const;
  const metrics = counts.map((of) => [...metric(of), ...(of === 'ConcurrentExecutions' ? [{ stat: 'Maximum' }] : [])]);
  return [
    { title: `${name}: invocations and errors`, region, properties: { stat: 'Sum', period: 60, metrics } },
    { title: `${name}: duration`, region, properties: { stat: 'p95', period: 60, metrics: [metric('Duration')] } },
  ];
};

/** What CloudWatch has of a service, where it has something by itself (S5.7). */
export const graphsOf = (service: CatalogueService): readonly Graph[] =>
  spotsOf(service).flatMap(({ region, target }) => {
    const [cluster, name, lambda] = ['cluster', 'service', 'function'].map((key) => nameOf(target, key));
    if (cluster !== undefined && name !== undefined) return ofEcs(region, cluster, name);
    return lambda === undefined ? [] : ofFunction(region, lambda);
  });

/** Whom what is done to a kind of thing is recorded under (AWS CloudTrail User Guide, `eventSource` of a record); ECS's for all others. */
const SOURCES: Readonly<Record<string, string>> = { lambda: 'lambda', 'compose-host': 'ssm', terraform: 'codebuild' };

const trailOf = (region: string, { kind }: Target): string =>
  `https://${consoleOf(region)}/cloudtrailv2/home?region=${region}#/events?EventSource=${SOURCES[kind] ?? 'ecs'}.amazonaws.com`;

const pageOf = (region: string, target: Target): string | undefined => {
  const [cluster, service, lambda] = ['cluster', 'service', 'function'].map((key) => nameOf(target, key));
  const host = `https://${consoleOf(region)}`;
  if (cluster !== undefined) return `${host}/ecs/v2/clusters/${cluster}/services/${service}?region=${region}`;
  return lambda === undefined ? undefined : `${host}/lambda/home?region=${region}#/functions/${lambda}`;
};

/** A line for each place of a service: its page, its logs and what CloudTrail has of it. */
export const linksOf = (service: CatalogueService): readonly string[] =>
  spotsOf(service).map(({ region, target }) => {
    const group = logGroupOf(service, target);
    const page = pageOf(region, target);
    const links = [
      ...(page === undefined ? [] : [`[service](${page})`]),
      ...(group === undefined ? [] : [`[logs](${logGroupUrl(region, group)})`]),
      `[CloudTrail](${trailOf(region, target)})`,
    ];
    return `- **${nameOf(target, 'service') ?? service.name}** ${links.join(' · ')}`;
  });
