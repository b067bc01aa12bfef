import { invalid } from './errors.ts';
import type { MappingChange } from './event-source-mapping.ts';
import { booleanOf, integerOf, onlyMembers, textsOf } from './members.ts';

type Input = Readonly<Record<string, unknown>>;

/** The members that CreateEventSourceMapping and UpdateEventSourceMapping share, as far as the local Lambda has them. */
export const MAPPING_MEMBERS = [
  'Enabled',
  'BatchSize',
  'FilterCriteria',
  'MaximumBatchingWindowInSeconds',
  'FunctionResponseTypes',
  'ScalingConfig',
] as const;

export const readMapping = (input: Input): MappingChange => ({
  enabled: booleanOf(input, 'Enabled'),
  batchSize: integerOf(input, 'BatchSize'),
  batchingWindow: integerOf(input, 'MaximumBatchingWindowInSeconds'),
  functionResponseTypes: textsOf(input, 'FunctionResponseTypes'),
  maximumConcurrency: concurrencyOf(input['ScalingConfig']),
  filters: filtersOf(input['FilterCriteria']),
});

const concurrencyOf = (scaling: unknown): number | undefined => {
  if (scaling === undefined) return undefined;
  const input = structure('ScalingConfig', scaling);
  onlyMembers(input, ['MaximumConcurrency']);
  return integerOf(input, 'MaximumConcurrency');
};

const filtersOf = (criteria: unknown): readonly string[] | undefined => {
  if (criteria === undefined) return undefined;
  const { Filters: filters = [] } = structure('FilterCriteria', criteria);
  if (!Array.isArray(filters)) throw invalid('FilterCriteria.Filters must be a list');
  return filters.map((filter) => String(structure('FilterCriteria.Filters', filter)['Pattern'] ?? ''));
};

const structure = (name: string, value: unknown): Input => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Input;
  throw invalid(`${name} must be a structure`);
};
