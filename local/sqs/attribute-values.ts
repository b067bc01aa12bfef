import { PolicyError } from '../iam/conditions.ts';
import { readPolicy } from '../iam/policy.ts';
import { invalidAttributeName, invalidAttributeValue, unknownAttribute } from './errors.ts';
import { statementsIn } from './permissions.ts';
import { tooMany } from './policy-quotas.ts';
import type { Queue } from './queue.ts';
import { checkRedriveAllowPolicy, checkRedrivePolicy } from './redrive-policy.ts';
import type { SqsStore } from './store.ts';

/** The smallest, the largest and the value without a setting. */
export const NUMBERS: Readonly<Record<string, readonly [number, number, number]>> = {
  DelaySeconds: [0, 900, 0],
  MaximumMessageSize: [1024, 1_048_576, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600, 345_600],
  ReceiveMessageWaitTimeSeconds: [0, 20, 0],
  VisibilityTimeout: [0, 43_200, 30],
};

const numberWithin = (name: string, value: string, [min, max]: readonly [number, number, ...number[]]): string => {
  if (!/^\d+$/.test(value) || Number(value) < min || Number(value) > max) throw invalidAttributeValue(name);
  return String(Number(value));
};

const choice = (name: string, value: string, choices: readonly string[]): string => {
  const found = choices.find((one) => one === value);
  if (found === undefined) throw invalidAttributeValue(name);
  return found;
};

const boolean = (name: string, value: string): string => choice(name, value.toLowerCase(), ['true', 'false']);

/** "The maximum size of a policy is 8,192 bytes" (Developer Guide, "Custom policy limitations"). */
const LONGEST_POLICY = 8192;

/** Whom it admits is judged with each call. */
const policyText = (value: string): string => {
  if (Buffer.byteLength(value) > LONGEST_POLICY) throw invalidAttributeValue('Policy');
  try {
    readPolicy(value, 'resource');
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw invalidAttributeValue('Policy');
  }
  const exceeded = tooMany(statementsIn(value));
  if (exceeded !== undefined) throw invalidAttributeValue('Policy', `It has ${exceeded}.`);
  return value;
};

/** An attribute of FIFO queues alone: SQS says so of the newer two, and does not know the older two. */
const forFifo = (name: string, fifo: boolean): void => {
  if (fifo) return;
  if (name === 'FifoQueue' || name === 'ContentBasedDeduplication') throw unknownAttribute(name);
  throw invalidAttributeName(`You can specify the ${name} only when FifoQueue is set to true.`);
};

export type Owner = Pick<Queue, 'arn' | 'fifo'>;

/** A value in AWS's spelling; `''` takes the attribute away. */
export const settled = (store: SqsStore, name: string, value: string, owner: Owner): string => {
  const limits = NUMBERS[name];
  if (limits !== undefined) return numberWithin(name, value, limits);
  switch (name) {
    case 'FifoQueue':
      forFifo(name, owner.fifo);
      if (boolean(name, value) === 'false') throw invalidAttributeValue(name, 'Modifying queue type is not supported.');
      return 'true';
    case 'ContentBasedDeduplication':
      forFifo(name, owner.fifo);
      return boolean(name, value);
    case 'DeduplicationScope':
      forFifo(name, owner.fifo);
      return choice(name, value, ['queue', 'messageGroup']);
    case 'FifoThroughputLimit':
      forFifo(name, owner.fifo);
      return choice(name, value, ['perQueue', 'perMessageGroupId']);
    case 'SqsManagedSseEnabled':
      return boolean(name, value);
    case 'KmsMasterKeyId':
      return value;
    case 'KmsDataKeyReusePeriodSeconds':
      return numberWithin(name, value, [60, 86_400]);
    case 'Policy':
      return value === '' ? '' : policyText(value);
    case 'RedrivePolicy':
      if (value !== '') checkRedrivePolicy(store, value, owner);
      return value;
    case 'RedriveAllowPolicy':
      if (value !== '') checkRedriveAllowPolicy(value);
      return value;
    default:
      throw unknownAttribute(name);
  }
};
