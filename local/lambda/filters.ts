import { AwsError } from '../errors.ts';
import { compilePattern } from '../events/pattern/match.ts';
import { invalid } from './errors.ts';

/** One record of the batch's event, as the function would get it. */
type QueueRecord = Readonly<Record<string, unknown>> & { readonly body: string };

/**
 * Whether a message is for the function: one of the patterns fits its record, the body as JSON where it is JSON; without patterns, all
 * are. Throws `InvalidParameterValueException` for what is no pattern.
 * Developer Guide, "Using event filtering with an Amazon SQS event source".
 */
export const compileFilters = (patterns: readonly string[]): ((record: QueueRecord) => boolean) => {
  const matchers = patterns.map(compileFilter);
  return (record) => matchers.length === 0 || matchers.some((fits) => fits({ ...record, body: parsed(record.body) }));
};

const compileFilter = (pattern: string) => {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalid('Invalid filter pattern definition.');
  }
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};
