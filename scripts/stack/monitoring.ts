import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import type { MetricName } from '../../shared/metrics/metrics.ts';
import { dashboardsFor, environmentsOf, logicalId } from './dashboards.ts';
import { deadLettersIn, queuesIn } from './queues.ts';
import { notifiersIn } from './subscribers.ts';

interface Watched {
  readonly says: string;
  readonly Namespace: unknown;
  readonly MetricName: string;
  readonly Dimensions?: readonly object[];
  readonly Statistic: 'Sum' | 'Maximum';
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator?: string;
  readonly TreatMissingData?: string;
}

/** No actions: what it rings for is heard on the default bus, as `CloudWatch Alarm State Change`, by whoever subscribes. */
const alarm = (name: string, { says, ...watched }: Watched) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: { 'Fn::Sub': `\${Bus}-${name}` },
    AlarmDescription: says,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    ...watched,
  },
});

/** SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS". */
const ofQueue = (queue: string) => ({
  Namespace: 'AWS/SQS',
  Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
});

const own = (MetricName: MetricName, environment?: string) => ({
  Namespace: { Ref: 'Bus' },
  MetricName,
  ...(environment === undefined ? {} : { Dimensions: [{ Name: 'environment', Value: environment }] }),
});

const deadLettersAlarm = (queue: string) =>
  alarm(`dead-letters-${queue}`, {
    ...ofQueue(queue),
    says: 'Messages that could not be handled. Look at them, and send them back or drop them: switchyard redrive',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Statistic: 'Maximum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 0,
  });

/** A message of a queue comes back for up to half an hour before it is a dead letter. */
const OLDEST_SECONDS = 1800;

const oldestAlarm = (queue: string) =>
  alarm(`oldest-message-${queue}`, {
    ...ofQueue(queue),
    says: 'A message has waited for longer than any is retried: its function is throttled, or does not run',
    MetricName: 'ApproximateAgeOfOldestMessage',
    Statistic: 'Maximum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: OLDEST_SECONDS,
  });

/** The figure has the time of the verdict, and is written when that is heard: so many minutes later it still rings. */
const LATE_MINUTES = 30;

const failedRollback = (environment: string) =>
  alarm(`failed-rollback-${environment}`, {
    ...own('FailedRollbacks', environment),
    says: `A way back failed in ${environment}: what runs there was not verified. The verdict names it`,
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: LATE_MINUTES,
    DatapointsToAlarm: 1,
    Threshold: 0,
  });

const OVERDUE = alarm('overdue-deployment', {
  ...own('OverdueDeployments'),
  says: 'A deployment has no verdict though its stated time has passed: the functions do not run, or may not',
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 0,
});

const SWEEP = alarm('sweep-not-running', {
  ...own('Sweeps'),
  says: 'The sweep has not run for five minutes: what messages have lost is not found',
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'LessThanThreshold',
  TreatMissingData: 'breaching',
});

const alarmsFor = (catalogue: Catalogue): Readonly<Record<string, object>> => {
  return {
    ...Object.fromEntries(deadLettersIn(catalogue).map((queue) => [`${queue}Alarm`, deadLettersAlarm(queue)])),
    ...Object.fromEntries(queuesIn(catalogue).map((queue) => [`${queue}AgeAlarm`, oldestAlarm(queue)])),
    ...Object.fromEntries(
      environmentsOf(catalogue).map((name) => [logicalId('FailedRollbackAlarm', name), failedRollback(name)]),
    ),
    OverdueAlarm: OVERDUE,
    SweepAlarm: SWEEP,
  };
};

/** The names of the functions, after the installation's. */
const functionsOf = (catalogue: Catalogue): readonly string[] => [
  ...['route', 'deploy', 'verify', 'rollback', 'promote', 'sweep'],
  ...notifiersIn(catalogue).map(({ name }) => name),
];

/** CloudWatch Logs User Guide, "CloudWatch Logs Insights language query syntax". */
const QUERIES = {
  DeploymentQuery: [
    'one deployment',
    'fields @timestamp, level, message, reason, function | filter deployment like /d-/ | sort @timestamp asc',
  ],
  TroubleQuery: [
    'errors and warnings',
    "fields @timestamp, function, message, error, reason | filter level in ['error', 'warn'] | sort @timestamp desc",
  ],
  RefusalQuery: [
    'requests that were refused',
    "fields @timestamp, code, reason, deployment | filter message = 'rejected a request' | sort @timestamp desc",
  ],
  VerdictQuery: [
    'verdicts by service',
    'filter ispresent(Deployments) | stats sum(Deployments) by environment, service, verdict',
  ],
} as const;

const queriesFor = (catalogue: Catalogue): Readonly<Record<string, object>> => {
  const LogGroupNames = functionsOf(catalogue).map((name) => ({ 'Fn::Sub': `/aws/lambda/\${Bus}-${name}` }));
  return Object.fromEntries(
    Object.entries(QUERIES).map(([id, [name, QueryString]]) => [
      id,
      { Type: 'AWS::Logs::QueryDefinition', Properties: { Name: { 'Fn::Sub': `\${Bus}/${name}` }, QueryString, LogGroupNames } },
    ]),
  );
};

/** One trace a second, and one in twenty of the others. Every member is required (X-Ray API reference, SamplingRule). */
const SAMPLING = {
  Type: 'AWS::XRay::SamplingRule',
  Properties: {
    SamplingRule: {
      RuleName: { 'Fn::Sub': '${Bus}' },
      Priority: 1000,
      ReservoirSize: 1,
      FixedRate: 0.05,
      ServiceName: { 'Fn::Sub': '${Bus}-*' },
      ServiceType: '*',
      Host: '*',
      HTTPMethod: '*',
      URLPath: '*',
      ResourceARN: '*',
      Version: 1,
    },
  },
};

/** What people look at, and what rings (S2.5, S4.8, S5.7). */
export const monitoringFor = (catalogue: Catalogue): { readonly Resources: Readonly<Record<string, object>> } => ({
  Resources: { ...dashboardsFor(catalogue), ...alarmsFor(catalogue), ...queriesFor(catalogue), Sampling: SAMPLING },
});
