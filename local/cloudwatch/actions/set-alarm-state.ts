import { AwsError } from '../../errors.ts';
import type { AlarmState } from '../../ports.ts';
import type { Action } from '../../service.ts';
import { type CloudWatchStore, changeState, invalid, onlyKnown } from '../store.ts';

const VALUES: readonly string[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

const LONGEST_REASON = 1023;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** On AWS the next evaluation of the metric undoes it; here there are no metrics, and it stays. */
export const setAlarmState: Action<CloudWatchStore> = (store, input) => {
  onlyKnown(input, ['AlarmName', 'StateValue', 'StateReason', 'StateReasonData'], 'SetAlarmState');
  const { StateValue: value, StateReason: reason, StateReasonData: data } = input;
  if (!VALUES.includes(String(value))) {
    throw invalid(
      `1 validation error detected: Value '${String(value)}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]`,
    );
  }
  if (typeof reason !== 'string')
    throw invalid(
      "1 validation error detected: Value null at 'stateReason' failed to satisfy constraint: Member must not be null",
    );
  if (reason.length > LONGEST_REASON)
    throw invalid(
      `1 validation error detected: Value at 'stateReason' failed to satisfy constraint: Member must have length less than or equal to ${LONGEST_REASON}`,
    );
  if (data !== undefined && !isJson(String(data)))
    throw new AwsError('InvalidFormatFault', 'StateReasonData was not syntactically valid JSON');
  const alarm = store.alarms.get(String(input['AlarmName'] ?? ''));
  if (alarm === undefined) throw new AwsError('ResourceNotFound', '', { status: 404 });
  changeState(store, alarm, {
    value: value as AlarmState,
    reason,
    ...(data === undefined ? {} : { reasonData: String(data) }),
    at: store.clock.now(),
  });
  return undefined;
};
