import { AwsError } from '../errors.ts';
import { batchEntryIdsNotDistinct, emptyBatchRequest, invalidBatchEntryId, missingParameter, tooManyEntries } from './errors.ts';

interface Entry {
  readonly Id: string | undefined;
}

/** The rules that all batches share; `entryName` is the API model's name of an entry. */
export const checkEntries = (entries: readonly Entry[], entryName: string): void => {
  if (entries.length === 0) throw emptyBatchRequest(entryName);
  if (entries.length > 10) throw tooManyEntries(entries.length);
  const ids = new Set<string>();
  entries.forEach(({ Id }, index) => {
    if (Id === undefined) throw missingParameter(`${entryName}.${index + 1}.Id`);
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(Id)) throw invalidBatchEntryId();
    if (ids.has(Id)) throw batchEntryIdsNotDistinct(Id);
    ids.add(Id);
  });
};

/** Runs the entries one by one, in order; an error of one is its own answer and leaves the others alone. */
export const runEntries = <E extends Entry>(entries: readonly E[], run: (entry: E) => object) => {
  const successful: object[] = [];
  const failed: object[] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: entry.Id, SenderFault: true, Code: error.queryCode, Message: error.message });
    }
  }
  return {
    ...(successful.length === 0 ? {} : { Successful: successful }),
    ...(failed.length === 0 ? {} : { Failed: failed }),
  };
};
