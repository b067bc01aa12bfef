import { AwsError } from '../errors.ts';

/**
 * SQS's errors. `code` is what the JSON protocol's `__type` tells (the recordings' QueryErrorCode), `queryCode` what the Query
 * protocol and the header x-amzn-query-error tell. Statuses are those of the service's API model.
 */
const modelled = (code: string, message: string, queryCode = `AWS.SimpleQueueService.${code}`, status = 400): AwsError =>
  new AwsError(code, message, { queryCode, status });

/** Not in the API model, but what SQS answers to nearly every bad value. */
export const invalidParameterValue = (message: string): AwsError =>
  new AwsError('InvalidParameterValueException', message, { queryCode: 'InvalidParameterValue' });

/** The common form of the above. */
export const invalidValue = (parameter: string, value: unknown, reason: string): AwsError =>
  invalidParameterValue(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);

export const missingParameter = (parameter: string): AwsError =>
  new AwsError('MissingRequiredParameterException', `The request must contain the parameter ${parameter}.`, {
    queryCode: 'MissingParameter',
  });

/** A member whose JSON type is wrong: the request never reaches SQS's own checks. */
export const serializationError = (message: string): AwsError => new AwsError('SerializationException', message);

/** A parameter that belongs to the other type of queue. */
export const notForThisQueueType = (parameter: string, value: unknown): AwsError =>
  invalidValue(parameter, value, 'The request include parameter that is not valid for this queue type.');

export const queueDoesNotExist = (): AwsError =>
  new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', {
    queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
    queryMessage: 'The specified queue does not exist for this wsdl version.',
  });

export const queueNameExists = (attribute: string): AwsError =>
  modelled(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    'QueueAlreadyExists',
  );

export const queueDeletedRecently = (): AwsError =>
  modelled(
    'QueueDeletedRecently',
    'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
  );

export const purgeQueueInProgress = (name: string): AwsError =>
  modelled(
    'PurgeQueueInProgress',
    `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`,
    'AWS.SimpleQueueService.PurgeQueueInProgress',
    403,
  );

export const invalidAttributeName = (message: string): AwsError =>
  modelled('InvalidAttributeName', message, 'InvalidAttributeName');

export const unknownAttribute = (name: string): AwsError => invalidAttributeName(`Unknown Attribute ${name}.`);

export const invalidAttributeValue = (name: string, reason?: string): AwsError =>
  modelled(
    'InvalidAttributeValue',
    `Invalid value for the parameter ${name}.${reason === undefined ? '' : ` Reason: ${reason}`}`,
    'InvalidAttributeValue',
  );

/** API reference, AddPermission: "returns this error if the maximum number of permissions for the queue is reached". */
export const overLimit = (what: string): AwsError => modelled('OverLimit', `The policy has ${what}.`, 'OverLimit', 403);

export const invalidMessageContents = (message: string): AwsError =>
  modelled('InvalidMessageContents', message, 'InvalidMessageContents');

export const receiptHandleIsInvalid = (handle: string): AwsError =>
  modelled(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
    'ReceiptHandleIsInvalid',
    404,
  );

export const emptyBatchRequest = (entry: string): AwsError =>
  modelled('EmptyBatchRequest', `There should be at least one ${entry} in the request.`);

export const tooManyEntries = (count: number): AwsError =>
  modelled('TooManyEntriesInBatchRequest', `Maximum number of entries per request are 10. You have sent ${count}.`);

export const invalidBatchEntryId = (): AwsError =>
  modelled(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
  );

export const batchEntryIdsNotDistinct = (id: string): AwsError => modelled('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);

export const batchRequestTooLong = (limit: number, bytes: number): AwsError =>
  modelled('BatchRequestTooLong', `Batch requests cannot be longer than ${limit} bytes. You have sent ${bytes} bytes.`);

export const resourceNotFound = (message: string): AwsError =>
  modelled('ResourceNotFoundException', message, 'ResourceNotFoundException', 404);
