import { describe, expect, it } from 'vitest';
import { monitoringFor } from '../../scripts/stack/monitoring.ts';
import { HERE } from '../../scripts/stack/rules.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { readCatalogue } from '../../shared/catalogue/load.ts';
import { resolveCatalogue } from '../../shared/catalogue/resolve.ts';
import { dashboardUrl } from '../../shared/dashboard.ts';
import { emit, type Figure } from '../../shared/metrics/emit.ts';
import { METRICS } from '../../shared/metrics/metrics.ts';
import { functions, named, ofType, packaged, type Template } from './template.ts';

const template = packaged();

interface Alarm {
  readonly Namespace: unknown;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Statistic: 'Sum' | 'Maximum';
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly TreatMissingData: 'breaching' | 'notBreaching';
}

const alarmsIn = (all: Template): ReadonlyMap<string, Alarm> =>
  new Map(ofType(all, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]) => [id, Properties as unknown as Alarm]));

const alarms = alarmsIn(template);

const alarmNamed = (id: string): Alarm => {
  const found = alarms.get(id);
  if (found === undefined) throw new Error(`there is no alarm ${id}`);
  return found;
};

const isOwn = ({ Namespace }: Alarm): boolean => JSON.stringify(Namespace) === '{"Ref":"Bus"}';

/** What an alarm of ours watches that nobody emits, by name and dimensions. */
const notEmitted = (all: ReadonlyMap<string, Alarm>): readonly string[] =>
  [...all].flatMap(([id, alarm]) => {
    const dimensions = (alarm.Dimensions ?? []).map(({ Name }) => Name).join();
    const metric = Object.entries(METRICS).find(([name]) => name === alarm.MetricName)?.[1];
    const sets = metric === undefined ? [] : metric.dimensions.map((set) => set.join());
    const isEmitted = metric !== undefined && sets.some((set) => set === dimensions);
    return !isOwn(alarm) || isEmitted ? [] : [`${id}: nobody emits ${alarm.MetricName} by "${dimensions}"`];
  });

/** Values in the periods before now, as CloudWatch makes them of the log's lines; `undefined`: no data. */
type Periods = readonly (number | undefined)[];

const periodsOf = ({ MetricName, Statistic }: Alarm, minutes: readonly (readonly Figure[])[]): Periods =>
  minutes.map((figures) => {
    const lines: string[] = [];
    emit({ namespace: 'switchyard', write: (line) => void lines.push(line) }, figures, 0);
    const values = lines.map((line) => JSON.parse(line)[MetricName]).filter((value) => typeof value === 'number');
    if (values.length === 0) return undefined;
    return Statistic === 'Sum' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
  });

/** CloudWatch User Guide, "Evaluating an alarm": so many of the periods have to breach, all where it does not say; missing data as the alarm says. */
const rings = (alarm: Alarm, periods: Periods): boolean => {
  const { ComparisonOperator, Threshold, TreatMissingData, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = alarm;
  const breaches = (value: number | undefined): boolean => {
    if (value === undefined) return TreatMissingData === 'breaching';
    return ComparisonOperator === 'LessThanThreshold' ? value < Threshold : value > Threshold;
  };
  const range = Array.from({ length: EvaluationPeriods }, (_, index) => periods.at(index - EvaluationPeriods));
  return range.filter(breaches).length >= DatapointsToAlarm;
};

const figure = (name: Figure['name'], value: number): Figure => ({ name, value, of: { environment: 'prod', service: 'api' } });

describe('the alarms', () => {
  it('of our own metrics watch what is emitted, with its dimensions', () => {
    expect(notEmitted(alarms)).toEqual([]);
    const own = [...alarms].filter(([, alarm]) => isOwn(alarm)).map(([id]) => id);
    expect(own.sort()).toEqual([
      'FailedRollbackAlarmdev',
      'FailedRollbackAlarmpreprod',
      'FailedRollbackAlarmprod',
      'FailedRollbackAlarmstaging',
      'OverdueAlarm',
      'SweepAlarm',
    ]);
    const wrong = new Map([['X', { ...alarmNamed('OverdueAlarm'), MetricName: 'Overdue' }]]);
    expect(notEmitted(wrong)).toEqual(['X: nobody emits Overdue by ""']);
    const other = new Map([['X', { ...alarmNamed('OverdueAlarm'), Dimensions: [{ Name: 'environment', Value: 'prod' }] }]]);
    expect(notEmitted(other)).toEqual(['X: nobody emits OverdueDeployments by "environment"']);
  });

  it('watch the dead letters of every queue, and the age of every other', () => {
    const watched = (metric: string) =>
      [...alarms.values()]
        .filter(({ MetricName }) => MetricName === metric)
        .map(({ Dimensions }) => named(Dimensions?.[0]?.Value as string));
    const queues = ofType(template, 'AWS::SQS::Queue').map(([id]) => id);
    const isDead = (id: string) => id.endsWith('DeadLetters');
    expect(watched('ApproximateNumberOfMessagesVisible').sort()).toEqual(queues.filter(isDead).sort());
    expect(watched('ApproximateAgeOfOldestMessage').sort()).toEqual(queues.filter((id) => !isDead(id)).sort());
  });

  it('ring at one dead letter, and at a message that has waited for more than half an hour', () => {
    const dead = alarmNamed('DeployDeadLettersAlarm');
    expect([rings(dead, [1]), rings(dead, [0]), rings(dead, [undefined])]).toEqual([true, false, false]);
    const age = alarmNamed('DeployQueueAgeAlarm');
    expect([rings(age, [1801]), rings(age, [1800]), rings(age, [undefined])]).toEqual([true, false, false]);
  });

  it('ring at a rollback that failed, by the lines of the log', () => {
    const alarm = alarmNamed('FailedRollbackAlarmprod');
    expect(alarm.Dimensions).toEqual([{ Name: 'environment', Value: 'prod' }]);
    const minute = (failed: number) => periodsOf(alarm, [[figure('Deployments', 1), figure('FailedRollbacks', failed)]]);
    expect([rings(alarm, minute(1)), rings(alarm, minute(0)), rings(alarm, [undefined])]).toEqual([true, false, false]);
    // the time is the verdict's: a message that came back for a while brings it late
    const late = (minutes: number) => [...minute(1), ...Array.from({ length: minutes }, () => undefined)];
    expect([rings(alarm, late(20)), rings(alarm, late(60))]).toEqual([true, false]);
  });

  it('ring at a deployment that is overdue for two minutes', () => {
    const alarm = alarmNamed('OverdueAlarm');
    const minutes = (...counts: readonly number[]) =>
      periodsOf(
        alarm,
        counts.map((count) => [figure('OverdueDeployments', count)]),
      );
    expect([rings(alarm, minutes(0, 1, 1)), rings(alarm, minutes(1, 1, 0)), rings(alarm, minutes(0, 1))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('ring when no sweep has ended in five minutes', () => {
    const alarm = alarmNamed('SweepAlarm');
    expect([alarm.Period, rings(alarm, [undefined])]).toEqual([300, true]);
    expect(rings(alarm, periodsOf(alarm, [[figure('Sweeps', 1)]]))).toBe(false);
  });
});

const bodyOf = (all: Readonly<Record<string, object>>, id: string) => {
  const { Properties } = all[id] as {
    Properties: { DashboardName: { 'Fn::Sub': string }; DashboardBody: { 'Fn::Sub': string } };
  };
  return {
    name: Properties.DashboardName['Fn::Sub'],
    text: Properties.DashboardBody['Fn::Sub'],
    ...JSON.parse(Properties.DashboardBody['Fn::Sub']),
  };
};

const resolved = (text: string): Catalogue => {
  const read = readCatalogue(text);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return resolveCatalogue(read.source, HERE);
};

/** S5's names (systems.md, S5.1 and S5.7). */
const CONFLICTO = `
environments:
  prod:
    registry: 123456789012.dkr.ecr.us-west-2.amazonaws.com
    services:
      conflicto-backend-service-prod:
        logGroup: /ecs/conflicto-backend-prod
        target: { kind: ecs-rolling, cluster: conflicto-prod, container: conflicto-backend, passRoles: [] }
`;

const FUNCTION = `
environments:
  dev:
    registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com
    services:
      orders:
        target: { kind: lambda, function: orders-dev }
`;

const HOST = `
environments:
  staging:
    registry: public.ecr.aws/acme
    services:
      web:
        logGroup: /hosts/web
        target: { kind: compose-host, instances: [i-0123456789abcdef0] }
`;

/** Dimensions, metric, environment and statistic of each search expression. */
const searched = (text: string): readonly string[] =>
  [...text.matchAll(/SEARCH\('\{\$\{Bus\},([\w,]+)\} MetricName=\\"(\w+)\\" environment=\\"(\w+)\\"', '(\w+)', \d+\)/g)].map(
    ([, dimensions, name, environment, stat]) => `${dimensions} ${name} ${environment} ${stat}`,
  );

describe('the dashboards', () => {
  it('are one for each environment, under the name that links use', () => {
    expect(
      ofType(template, 'AWS::CloudWatch::Dashboard')
        .map(([id]) => id)
        .sort(),
    ).toEqual(['Dashboarddev', 'Dashboardpreprod', 'Dashboardprod', 'Dashboardstaging']);
    const dotted = monitoringFor(resolved(CONFLICTO.replace('  prod:', '  eu.prod:'))).Resources;
    expect(bodyOf(dotted, 'Dashboardeux2eprod').name).toBe('${Bus}-eu__prod');
    expect(dashboardUrl('eu-west-1', 'switchyard', 'eu.prod')).toBe(
      'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/switchyard-eu__prod',
    );
  });

  const { text, widgets } = bodyOf(monitoringFor(resolved(CONFLICTO)).Resources, 'Dashboardprod');
  const shown: readonly (readonly unknown[])[] = widgets.flatMap(
    ({ properties }: { properties: { metrics?: unknown[][] } }) => properties.metrics ?? [],
  );

  it("show the service's CPU, memory and task count (S5.7)", () => {
    const of = ['ClusterName', 'conflicto-prod', 'ServiceName', 'conflicto-backend-service-prod'];
    expect(shown).toContainEqual(['AWS/ECS', 'CPUUtilization', ...of]);
    expect(shown).toContainEqual(['AWS/ECS', 'MemoryUtilization', ...of]);
    expect(widgets.filter(({ properties }: { properties: { stat?: string } }) => properties.stat === 'SampleCount')).toHaveLength(
      1,
    );
  });

  it('link to its logs and to CloudTrail (S5.7)', () => {
    expect(text).toContain('#logsV2:log-groups/log-group/$252Fecs$252Fconflicto-backend-prod)');
    expect(text).toContain('cloudtrailv2/home?region=${AWS::Region}#/events?EventSource=ecs.amazonaws.com)');
  });

  it("show every figure of the pipeline's that is kept by environment (S4.8), and none that nobody emits", () => {
    const own = new Set(shown.filter(([namespace]) => namespace === '${Bus}').map(([, name]) => name));
    const emitted = Object.entries(METRICS).filter(([, { dimensions }]) =>
      dimensions.some((set) => ['', 'environment'].includes(set.join())),
    );
    expect([...own, 'Deployments'].sort()).toEqual(emitted.map(([name]) => name).sort());
    expect(searched(text)).toEqual([
      'environment,service,verdict Deployments prod Sum',
      'environment,service,phase PhaseDuration prod Average',
    ]);
    for (const [dimensions = '', name = ''] of searched(text).map((search) => search.split(' ')))
      expect(METRICS[name as keyof typeof METRICS].dimensions.map((set) => set.join())).toContain(dimensions);
  });

  it("show a function's invocations, errors and duration, and link to its page, its logs and CloudTrail (S4)", () => {
    const { text: body, widgets: all } = bodyOf(monitoringFor(resolved(FUNCTION)).Resources, 'Dashboarddev');
    const metrics = all.flatMap(({ properties }: { properties: { metrics?: unknown[][] } }) => properties.metrics ?? []);
    for (const name of ['Invocations', 'Errors', 'Duration'])
      expect(metrics).toContainEqual(['AWS/Lambda', name, 'FunctionName', 'orders-dev']);
    expect(body).toContain('/lambda/home?region=${AWS::Region}#/functions/orders-dev)');
    expect(body).toContain('#logsV2:log-groups/log-group/$252Faws$252Flambda$252Forders-dev)');
    expect(body).toContain('#/events?EventSource=lambda.amazonaws.com)');
  });

  it('link a service on a host to its logs, where the catalogue names them, and to what CloudTrail has of the commands', () => {
    const { text: body } = bodyOf(monitoringFor(resolved(HOST)).Resources, 'Dashboardstaging');
    expect(body).toContain('**web** [logs](');
    expect(body).toContain('#/events?EventSource=ssm.amazonaws.com)');
  });
});

/** The functions that are not traced, or whose role may not send what Lambda traces. */
const untraced = (all: Template): readonly string[] =>
  functions(all).flatMap(([id, { Properties }]) => {
    const role = all.Resources[named(Properties['Role'])]?.Properties;
    const isAllowed = JSON.stringify(role?.['Policies'] ?? '').includes('"xray:PutTraceSegments","xray:PutTelemetryRecords"');
    return Properties['TracingConfig']?.Mode === 'Active' && isAllowed ? [] : [id];
  });

describe('traces and queries', () => {
  it('are there for every function', () => {
    expect(untraced(template)).toEqual([]);
    const copy: Template = structuredClone(template);
    delete copy.Resources['SweepLambdaFunction']?.Properties['TracingConfig'];
    expect(untraced(copy)).toEqual(['SweepLambdaFunction']);
    const names = functions(template).length;
    for (const [, { Properties }] of ofType(template, 'AWS::Logs::QueryDefinition'))
      expect(Properties['LogGroupNames']).toHaveLength(names);
    expect(ofType(template, 'AWS::XRay::SamplingRule')).toHaveLength(1);
  });
});
