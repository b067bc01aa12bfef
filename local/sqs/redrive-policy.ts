import { invalidAttributeValue, invalidValue } from './errors.ts';
import { findQueue } from './lookup.ts';
import type { Queue } from './queue.ts';
import type { SqsStore } from './store.ts';

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

type JsonMap = Readonly<Record<string, unknown>>;

export const parseMap = (json: string): JsonMap | undefined => {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap) : undefined;
  } catch {
    return undefined;
  }
};

const refusal = (json: string, reason: string) => invalidValue('RedrivePolicy', json, reason);

const checkTarget = (json: string, arn: string, fifo: boolean): void => {
  const parts = arn.split(':');
  if (parts.length !== 6 || parts[0] !== 'arn') throw refusal(json, 'Invalid value for deadLetterTargetArn.');
  if (parts[2] !== 'sqs') throw refusal(json, 'Only SQS queues are valid resources for deadLetterTargetArn.');
  if (arn.endsWith('.fifo') !== fifo) throw refusal(json, 'Dead-letter queue must be same type of queue as the source..');
};

const readRedrivePolicy = (json: string, fifo: boolean): RedrivePolicy => {
  const policy = parseMap(json);
  if (policy === undefined) throw invalidAttributeValue('RedrivePolicy', 'Redrive policy is not a valid JSON map.');
  for (const member of ['maxReceiveCount', 'deadLetterTargetArn']) {
    if (policy[member] === undefined) throw refusal(json, `Redrive policy does not contain mandatory attribute: ${member}.`);
  }
  if (Object.keys(policy).length > 2) {
    throw refusal(json, 'Only following attributes are supported: [maxReceiveCount, deadLetterTargetArn].');
  }
  const count = Number(policy['maxReceiveCount']);
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    const reason = `Invalid value for maxReceiveCount: ${policy['maxReceiveCount']}, valid values are from 1 to 1000 both inclusive.`;
    throw refusal(json, reason);
  }
  const deadLetterTargetArn = String(policy['deadLetterTargetArn']);
  checkTarget(json, deadLetterTargetArn, fifo);
  return { deadLetterTargetArn, maxReceiveCount: count };
};

/** Whether the dead-letter queue's RedriveAllowPolicy lets this source use it; without one, all may. */
const admits = (target: Queue, sourceArn: string): boolean => {
  const policy = parseMap(target.attributes.get('RedriveAllowPolicy') ?? '{}') ?? {};
  const { redrivePermission: permission = 'allowAll', sourceQueueArns: arns } = policy;
  if (permission === 'byQueue') return Array.isArray(arns) && arns.includes(sourceArn);
  return permission === 'allowAll';
};

/** RedrivePolicy as somebody wants to set it on a queue. */
export const checkRedrivePolicy = (store: SqsStore, json: string, source: Pick<Queue, 'arn' | 'fifo'>): void => {
  const target = findQueue(store, readRedrivePolicy(json, source.fifo).deadLetterTargetArn);
  if (target === undefined) throw refusal(json, 'Dead letter target does not exist.');
  if (!admits(target, source.arn)) {
    throw refusal(json, "The dead-letter queue's RedriveAllowPolicy does not allow this queue as a source.");
  }
};

/** The queue's own RedrivePolicy; `undefined`: it has none. */
const redrivePolicyOf = (queue: Queue): RedrivePolicy | undefined => {
  const json = queue.attributes.get('RedrivePolicy');
  return json === undefined ? undefined : readRedrivePolicy(json, queue.fifo);
};

/** Where dead letters go, if there is such a queue; one that names itself has none. */
export const redriveTarget = (
  store: SqsStore,
  queue: Queue,
): { readonly target: Queue; readonly maxReceiveCount: number } | undefined => {
  const policy = redrivePolicyOf(queue);
  if (policy === undefined || policy.deadLetterTargetArn === queue.arn) return undefined;
  const target = findQueue(store, policy.deadLetterTargetArn);
  return target === undefined ? undefined : { target, maxReceiveCount: policy.maxReceiveCount };
};

/** The queues whose dead letters come here. */
export const sourcesOf = (store: SqsStore, queue: Queue): readonly Queue[] =>
  [...store.byName.values()].filter((source) => redrivePolicyOf(source)?.deadLetterTargetArn === queue.arn);

const UNSUPPORTED = "Amazon SQS can't create the redrive allow policy, as it’s in an unsupported format.";
const REFUSED = "Amazon SQS can't create the redrive allow policy.";

/** RedriveAllowPolicy as somebody wants to set it. */
export const checkRedriveAllowPolicy = (json: string): void => {
  const { redrivePermission: permission, sourceQueueArns: arns, ...rest } = parseMap(json) ?? {};
  const isKnown = permission === 'allowAll' || permission === 'denyAll' || permission === 'byQueue';
  const isList = arns === undefined || (Array.isArray(arns) && arns.every((arn) => typeof arn === 'string'));
  if (!isKnown || !isList || Object.keys(rest).length > 0) throw invalidAttributeValue('RedriveAllowPolicy', UNSUPPORTED);
  const count = Array.isArray(arns) ? arns.length : 0;
  const problem =
    permission === 'byQueue'
      ? count === 0
        ? 'When you specify the byQueue permission type, you must also specify one or more sourceQueueArns values.'
        : count > 10 && 'The maximum number of source queue ARNs you can specify is 10.'
      : arns !== undefined && 'To specify one or more source queue ARNs, you must set redrivePermission to byQueue.';
  if (problem !== false) throw invalidValue('RedriveAllowPolicy', json, `${REFUSED} ${problem}`);
};
