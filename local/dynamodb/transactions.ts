import { AwsError } from '../errors.ts';
import type { Item } from './attribute-value.ts';
import { validationError } from './errors.ts';

/** Why one operation of a transaction did not happen; `None`: it would have. */
interface Reason {
  readonly Code: 'None' | 'ConditionalCheckFailed' | 'ValidationError';
  readonly Message?: string;
  readonly Item?: Item;
}

const NO_REASON: Reason = { Code: 'None' };

/** The reason an operation's refusal gives, or the error itself again if it is not one of an operation. */
const reasonOf = (error: unknown): Reason => {
  if (!(error instanceof AwsError)) throw error;
  if (error.code === 'ConditionalCheckFailedException') {
    return { Code: 'ConditionalCheckFailed', Message: error.message, ...(error.details as { readonly Item?: Item }) };
  }
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
  throw error;
};

/** Reasons stand in the order of the operations, one each. */
export const cancelled = (reasons: readonly Reason[]): AwsError => {
  const codes = reasons.map((reason) => reason.Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { details: { CancellationReasons: reasons } },
  );
};

/** What each operation comes to, or the transaction's cancellation if one of them is refused. */
export const settleAll = <Operation, Result>(
  operations: readonly Operation[],
  settle: (operation: Operation) => Result,
): readonly Result[] => {
  const results: Result[] = [];
  const reasons = operations.map((operation): Reason => {
    try {
      results.push(settle(operation));
      return NO_REASON;
    } catch (error) {
      return reasonOf(error);
    }
  });
  if (reasons.some((reason) => reason.Code !== 'None')) throw cancelled(reasons);
  return results;
};

export const repeatedOperation = () => validationError('Transaction request cannot include multiple operations on one item');

/** 4 MB of items (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html). */
export const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
export const MAX_TRANSACTION_ITEMS = 100;
