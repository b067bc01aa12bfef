import { invalid } from './store.ts';

type Input = Readonly<Record<string, unknown>>;

const REQUIRED = ['MetricName', 'Namespace', 'Period', 'EvaluationPeriods', 'ComparisonOperator', 'Threshold'];

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  ComparisonOperator: [
    'GreaterThanOrEqualToThreshold',
    'GreaterThanThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
    'LessThanLowerOrGreaterThanUpperThreshold',
    'LessThanLowerThreshold',
    'GreaterThanUpperThreshold',
  ],
  Statistic: ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'],
  TreatMissingData: ['breaching', 'notBreaching', 'ignore', 'missing'],
};

const WEEK_SECONDS = 604_800;
const DAY_SECONDS = 86_400;

/** What an alarm says of its metric (API reference, PutMetricAlarm). */
export const checkMetric = (input: Input): void => {
  const missing = REQUIRED.find((member) => input[member] === undefined);
  if (missing !== undefined) throw invalid(`The parameter ${missing} is required.`);
  for (const [member, choices] of Object.entries(CHOICES)) checkChoice(input, member, choices);
  if ((input['Statistic'] === undefined) === (input['ExtendedStatistic'] === undefined))
    throw invalid('Exactly one of Statistic and ExtendedStatistic must be given.');
  if (((input['Dimensions'] ?? []) as readonly unknown[]).length > 30) throw invalid('An alarm has at most 30 dimensions.');
  if (String(input['AlarmDescription'] ?? '').length > 1024) throw invalid('AlarmDescription has at most 1024 characters.');
  checkPeriods(Number(input['Period']), Number(input['EvaluationPeriods']), input['DatapointsToAlarm']);
};

const checkChoice = (input: Input, member: string, choices: readonly string[]): void => {
  if (input[member] === undefined || choices.includes(String(input[member]))) return;
  const path = member.charAt(0).toLowerCase() + member.slice(1);
  throw invalid(
    `1 validation error detected: Value '${String(input[member])}' at '${path}' failed to satisfy constraint: Member must satisfy enum value set: [${choices.join(', ')}]`,
  );
};

/** Seconds: 10, 20, 30 or minutes; an evaluation of a week at most, of a day where periods are shorter than an hour. */
const checkPeriods = (period: number, count: number, needed: unknown): void => {
  if (![10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0))
    throw invalid('Period must be 10, 20, 30 or a multiple of 60.');
  if (count < 1) throw invalid('EvaluationPeriods must be at least 1.');
  const longest = period < 3600 ? DAY_SECONDS : WEEK_SECONDS;
  if (period * count > longest) throw invalid(`Metrics cannot be checked across more than ${longest / DAY_SECONDS} day(s).`);
  if (needed !== undefined && (Number(needed) < 1 || Number(needed) > count))
    throw invalid('DatapointsToAlarm must be between 1 and EvaluationPeriods.');
};
