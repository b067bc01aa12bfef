import type { SQSRecord } from 'aws-lambda';

/** A record that was not attempted, because an earlier one of its group failed. */
export class SkippedRecordError extends Error {
  override readonly name = 'SkippedRecordError';
}

type Outcome = PromiseSettledResult<unknown>;

const skipped = (after: string): Outcome => ({
  status: 'rejected',
  reason: new SkippedRecordError(`skipped after ${after} failed`),
});

const attempt = async (record: SQSRecord, handle: (record: SQSRecord) => Promise<unknown>): Promise<Outcome> => {
  try {
    return { status: 'fulfilled', value: await handle(record) };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
};

/** Indices of the records, group by group; a record of a standard queue is a group of its own. */
const groupsOf = (records: readonly SQSRecord[]): readonly (readonly number[])[] => {
  const groups = new Map<string | number, number[]>();
  for (const [index, { attributes }] of records.entries()) {
    const key = attributes.MessageGroupId ?? index;
    groups.set(key, [...(groups.get(key) ?? []), index]);
  }
  return [...groups.values()];
};

/**
 * Handles a batch that may hold several message groups: each group in its order, and after a group's first failure the
 * rest of that group is handed back untouched, while other groups go on. The results are in the order of the records, as
 * `@middy/sqs-partial-batch-failure` wants them.
 */
export const inGroups = async (
  records: readonly SQSRecord[],
  handle: (record: SQSRecord) => Promise<unknown>,
): Promise<Outcome[]> => {
  const results: Outcome[] = [];
  const handleGroup = async (group: readonly number[]) => {
    let failed: string | undefined;
    for (const index of group) {
      const record = records[index];
      if (record === undefined) continue;
      const result = failed === undefined ? await attempt(record, handle) : skipped(failed);
      if (result.status === 'rejected') failed ??= record.messageId;
      results[index] = result;
    }
  };
  await Promise.all(groupsOf(records).map(handleGroup));
  return results;
};
