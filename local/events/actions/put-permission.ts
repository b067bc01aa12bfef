import { AwsError } from '../../errors.ts';
import { PolicyError } from '../../iam/conditions.ts';
import { readPolicy } from '../../iam/policy.ts';
import type { Action } from '../../service.ts';
import { invalid, onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { busOf } from '../store.ts';

/** User Guide, "EventBridge quotas". */
const LONGEST_POLICY = 10_240;

/** A whole policy; single statements (`Action`, `Principal`, `StatementId`) are refused by name. */
export const putPermission: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['EventBusName', 'Policy'], 'PutPermission');
  const bus = busOf(store, input['EventBusName']);
  const text = String(input['Policy'] ?? '');
  if (text.length > LONGEST_POLICY)
    throw new AwsError(
      'PolicyLengthExceededException',
      `The event bus policy is too long, it can have ${LONGEST_POLICY} characters.`,
    );
  try {
    readPolicy(text, 'resource');
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw invalid(`Parameter Policy is not valid. Reason: ${error.message}`);
  }
  bus.policy = JSON.parse(text);
  return undefined;
};
