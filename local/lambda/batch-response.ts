/**
 * The ids of the messages that a function's answer says have failed, for a mapping with ReportBatchItemFailures: nothing, `{}`, an
 * empty or null list mean that none has; an answer of another form, an item without `itemIdentifier`, or one that is not in the batch,
 * that all have (developer guide, services-sqs-errorhandling, "Success and failure conditions").
 */
export const failedMessages = (payload: string, ids: ReadonlySet<string>): ReadonlySet<string> => {
  const answer: unknown = JSON.parse(payload);
  if (answer === null || answer === '') return NONE;
  if (typeof answer !== 'object' || Array.isArray(answer)) return ids;
  const items = 'batchItemFailures' in answer ? answer.batchItemFailures : null;
  if (items === null) return NONE;
  if (!Array.isArray(items)) return ids;
  const failed = items.map(identifier);
  return failed.every((id): id is string => id !== undefined && ids.has(id)) ? new Set(failed) : ids;
};

const NONE: ReadonlySet<string> = new Set();

const identifier = (item: unknown): string | undefined => {
  if (typeof item !== 'object' || item === null || !('itemIdentifier' in item)) return undefined;
  return typeof item.itemIdentifier === 'string' ? item.itemIdentifier : undefined;
};
