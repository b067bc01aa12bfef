import { AwsError } from '../errors.ts';
import type { Item } from './attribute-value.ts';

export const validationError = (message: string): AwsError => new AwsError('ValidationException', message);

/** A member whose JSON type is wrong: the request never reaches DynamoDB's own checks. */
export const serializationError = (message: string): AwsError => new AwsError('SerializationException', message);

/** What AWS has and the local cloud has not is refused by its name. */
export const unsupported = (name: string): AwsError =>
  validationError(`The parameter '${name}' is not supported by the local cloud`);

export const invalidParameter = (message: string): AwsError =>
  validationError(`One or more parameter values were invalid: ${message}`);

/** Actions on items say no more than this. */
export const resourceNotFound = (): AwsError => new AwsError('ResourceNotFoundException', 'Requested resource not found');

/** Actions on tables name the table. */
export const tableNotFound = (name: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);

const CONDITION_FAILED = 'The conditional request failed';

/** `item`: what refused the write, if ReturnValuesOnConditionCheckFailure asked for it. */
export const conditionalCheckFailed = (item: Item | undefined): AwsError =>
  new AwsError('ConditionalCheckFailedException', CONDITION_FAILED, item === undefined ? {} : { details: { Item: item } });
