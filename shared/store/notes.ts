import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Connection, read, unchangedSince } from './connection.ts';
import { toItem } from './items.ts';
import { noteKey } from './keys.ts';

/** What is kept, and how often it was written; 0: not yet. */
export interface Kept<T> {
  readonly note: T | undefined;
  readonly version: number;
}

/** What one notifier keeps of each deployment and promotion: an item beside theirs, which nobody else reads or writes. */
export interface Notes<T> {
  read(id: string): Promise<Kept<T>>;
  /** Answers whether the version was still the one that was read; if not, nothing was written. */
  write(id: string, note: T, version: number): Promise<boolean>;
}

/** `notifier`: its function's name after the installation's, `notify-slack`. */
export const createNotes = <T extends object>(connection: Connection, notifier: string): Notes<T> => ({
  async read(id) {
    const item = await read<{ readonly note: T; readonly version: number }>(connection, noteKey(notifier, id));
    return { note: item?.note, version: item?.version ?? 0 };
  },
  async write(id, note, version) {
    const Item = toItem(noteKey(notifier, id), { note, version: version + 1 });
    try {
      await connection.client.send(new PutItemCommand({ TableName: connection.TableName, Item, ...unchangedSince(version) }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  },
});
