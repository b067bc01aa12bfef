import { alarmArn } from '../../cloudwatch/store.ts';
import {
  booleanProperty,
  generatedName,
  listProperty,
  type NewResource,
  numberProperty,
  placeOf,
  type ResourceType,
  textProperty,
} from '../resource-type.ts';
import { StackError } from '../stack-error.ts';

const NUMBERS = ['DatapointsToAlarm', 'EvaluationPeriods', 'Period', 'Threshold'] as const;
const SAME = [
  'AlarmDescription',
  'ComparisonOperator',
  'Dimensions',
  'EvaluateLowSampleCountPercentile',
  'ExtendedStatistic',
  'MetricName',
  'Metrics',
  'Namespace',
  'Statistic',
  'Tags',
  'ThresholdMetricId',
  'TreatMissingData',
  'Unit',
] as const;
const ACTIONS = ['AlarmActions', 'InsufficientDataActions', 'OKActions'] as const;

/** An alarm without actions: what it would tell, it tells as an event. */
export const awsCloudwatchAlarm: ResourceType = {
  type: 'AWS::CloudWatch::Alarm',
  properties: [...NUMBERS, ...SAME, ...ACTIONS, 'ActionsEnabled', 'AlarmName'],
  async create(resource, { call, place }) {
    const acting = ACTIONS.find((property) => listProperty(resource, property).length > 0);
    if (acting !== undefined) throw new StackError(`${placeOf(resource, acting)} must be empty on the local cloud`);
    const AlarmName = textProperty(resource, 'AlarmName') ?? generatedName(resource);
    await call('cloudwatch', 'PutMetricAlarm', { AlarmName, ...alarmInput(resource) });
    return { ref: AlarmName, attributes: { Arn: alarmArn(place, AlarmName) } };
  },
};

const alarmInput = (resource: NewResource) => {
  const { properties } = resource;
  const given = <Name extends string>(names: readonly Name[]) => names.filter((name) => properties[name] !== undefined);
  const actionsEnabled = booleanProperty(resource, 'ActionsEnabled');
  return {
    ...Object.fromEntries(given(SAME).map((name) => [name, properties[name]])),
    ...Object.fromEntries(given(NUMBERS).map((name) => [name, numberProperty(resource, name)])),
    ...(actionsEnabled === undefined ? {} : { ActionsEnabled: actionsEnabled }),
  };
};
