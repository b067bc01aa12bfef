import { isSame, type Place, placeIn } from '../place.ts';
import { placeholdersOf, RESERVED } from './input.ts';
import { invalid, onlyKnown, tooLong } from './known.ts';
import type { Target } from './model.ts';

const KNOWN = [
  'Id',
  'Arn',
  'RoleArn',
  'Input',
  'InputPath',
  'InputTransformer',
  'SqsParameters',
  'RetryPolicy',
  'DeadLetterConfig',
];

/** The lists of PutTargets and RemoveTargets hold 1 to 100 entries (API reference). */
export const checkCount = (list: readonly unknown[], name: string): void => {
  if (list.length >= 1 && list.length <= 100) return;
  const bound = list.length === 0 ? 'greater than or equal to 1' : 'less than or equal to 100';
  throw invalid(`1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must have length ${bound}`);
};

/** What AWS checks of a target before it takes it, and what this cloud does not know. */
export const checkTarget = (target: Target, index: number, place: Place): void => {
  onlyKnown(target as unknown as Readonly<Record<string, unknown>>, KNOWN, 'a target');
  const path = `targets.${index + 1}.member`;
  if (target.Id.length > 64) throw tooLong(`${path}.id`, target.Id, 64);
  if (!/^[.\-_A-Za-z0-9]+$/.test(target.Id))
    throw invalid(
      `1 validation error detected: Value '${target.Id}' at '${path}.id' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
    );
  checkArn(target);
  checkPlace(target, place);
  checkInput(target, path);
  checkRetries(target, path);
};

/** A bus's name, from its name or ARN. */
export const busNameIn = (nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('event-bus/') + 'event-bus/'.length) : nameOrArn;

/**
 * What is of another account or region: event buses alone, and those in a role ("you use IAM roles on the sender event bus", User Guide,
 * "Sending and receiving events between AWS accounts"; "Using cross-Region buses as targets works the same way", AWS Compute Blog,
 * "Introducing cross-Region event routing"). AWS takes queues and functions of another account too.
 */
const checkPlace = ({ Id, Arn, RoleArn, DeadLetterConfig }: Target, place: Place): void => {
  const dead = DeadLetterConfig?.Arn;
  if (dead !== undefined && placeIn(dead, place).region !== place.region)
    throw invalid(`Parameter DeadLetterConfig.Arn of target ${Id} is not valid. Reason: it has to be in the rule's region.`);
  if (dead !== undefined && !isSame(placeIn(dead, place), place))
    throw invalid(`the local cloud does not know dead-letter queues of another account, as ${dead} is.`);
  if (isSame(placeIn(Arn, place), place)) return;
  if (!Arn.startsWith('arn:aws:events:'))
    throw invalid(`the local cloud does not know targets of another account or region like ${Arn}, only event buses.`);
  if (RoleArn === undefined) throw invalid(`RoleArn is required for target ${Arn}.`);
};

const checkArn = ({ Id, Arn, SqsParameters, DeadLetterConfig }: Target): void => {
  const [, , service, , , resource = ''] = Arn.split(':');
  const known = service === 'sqs' || service === 'lambda' || (service === 'events' && resource.startsWith('event-bus/'));
  if (!known) throw invalid(`the local cloud does not know targets like ${Arn}, only queues, functions and event buses.`);
  const fifo = service === 'sqs' && Arn.endsWith('.fifo');
  if (fifo && SqsParameters?.MessageGroupId === undefined)
    throw invalid(`Parameter(s) SqsParameters must be specified for target: ${Id}.`);
  const dead = DeadLetterConfig?.Arn;
  if (dead !== undefined && (!dead.startsWith('arn:aws:sqs:') || dead.endsWith('.fifo')))
    throw invalid(`Parameter DeadLetterConfig.Arn of target ${Id} is not valid. Reason: it has to be a standard SQS queue.`);
};

const checkInput = ({ Id, Input, InputPath, InputTransformer }: Target, path: string): void => {
  if ([Input, InputPath, InputTransformer].filter((input) => input !== undefined).length > 1)
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  if ((Input?.length ?? 0) > 8192) throw tooLong(`${path}.input`, Input, 8192);
  if (Input !== undefined && !isJson(Input)) throw invalid(`JSON syntax error in input for target ${Id}.`);
  if ((InputPath?.length ?? 0) > 256) throw tooLong(`${path}.inputPath`, InputPath, 256);
  if (InputPath !== undefined && !InputPath.startsWith('$')) throw invalid(`Invalid InputPath for target ${Id}.`);
  if (InputTransformer === undefined) return;
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  const names = Object.keys(InputPathsMap);
  if (names.length > 100) throw tooLong(`${path}.inputTransformer.inputPathsMap`, names.length, 100);
  if (InputTemplate.length > 8192) throw tooLong(`${path}.inputTransformer.inputTemplate`, InputTemplate, 8192);
  const reserved = names.find((name) => name.startsWith('AWS') || RESERVED.includes(name));
  if (reserved !== undefined) throw invalid(`InputPathsMap for target ${Id} contains the reserved name ${reserved}.`);
  const unknown = placeholdersOf(InputTemplate).find((name) => !names.includes(name) && !RESERVED.includes(name));
  if (unknown !== undefined) throw invalid(`InputTemplate for target ${Id} contains invalid placeholder ${unknown}.`);
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const checkRetries = ({ RetryPolicy: { MaximumRetryAttempts, MaximumEventAgeInSeconds } = {} }: Target, path: string): void => {
  checkRange(`${path}.retryPolicy.maximumRetryAttempts`, MaximumRetryAttempts, 0, 185);
  checkRange(`${path}.retryPolicy.maximumEventAgeInSeconds`, MaximumEventAgeInSeconds, 60, 86_400);
};

const checkRange = (path: string, value: number | undefined, least: number, most: number): void => {
  if (value === undefined || (value >= least && value <= most)) return;
  throw invalid(
    `1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: Member must have value ${
      value < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`
    }`,
  );
};
