import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { invalid } from '../errors.ts';
import { invoke as run } from '../invoke.ts';
import { invokeLater } from '../invoke-later.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import { type LambdaStore, requireRunning, runnableOf } from '../store.ts';

/** Bytes of an event (developer guide, gettingstarted-limits). */
const LARGEST_EVENT = { RequestResponse: 6_291_456, Event: 1_048_576 } as const;

/** The answer's members are those of the API reference; `Payload` is text. The invocation has the request's own id. */
export const invoke: Action<LambdaStore> = async (store, input, { requestId }) => {
  onlyMembers(input, ['FunctionName', 'InvocationType', 'Payload', 'Qualifier', 'LogType']);
  if ((textOf(input, 'LogType') ?? 'None') !== 'None') throw invalid('LogType Tail is not supported by the local cloud');
  const reference = requiredText(input, 'FunctionName');
  const qualifier = textOf(input, 'Qualifier');
  const target = runnableOf(store, reference, qualifier);
  const { arn, version: ExecutedVersion } = target.configuration;
  requireRunning(target);
  const text = textOf(input, 'Payload') ?? '';
  const type = textOf(input, 'InvocationType') ?? 'RequestResponse';
  switch (type) {
    case 'DryRun':
      return { StatusCode: 204, ExecutedVersion, Payload: '' };
    case 'Event':
      invokeLater(store, arn, eventOf(text, LARGEST_EVENT.Event), requestId);
      return { StatusCode: 202, Payload: '' };
    case 'RequestResponse': {
      const { payload, failed } = await run(store, target, eventOf(text, LARGEST_EVENT.RequestResponse), requestId);
      return { StatusCode: 200, ExecutedVersion, Payload: payload, ...(failed ? { FunctionError: 'Unhandled' } : {}) };
    }
    default:
      throw invalid(
        `1 validation error detected: Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]`,
      );
  }
};

/** No payload is an empty object, as for Lambda. */
const eventOf = (text: string, largest: number): unknown => {
  if (text === '') return {};
  if (Buffer.byteLength(text) > largest)
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${largest} bytes for the InvokeFunction operation`,
      {
        status: 413,
      },
    );
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${error instanceof Error ? error.message : error}`,
    );
  }
};
