import { invalidValue, overLimit } from './errors.ts';
import { type Statement, tooMany } from './policy-quotas.ts';
import type { Queue } from './queue.ts';
import { parseMap } from './redrive-policy.ts';

/** "Only the queue owner is allowed": the actions that AddPermission refuses, and that no policy gives to another account. */
export const OWNER_ONLY: readonly string[] = [
  'AddPermission',
  'CancelMessageMoveTask',
  'CreateQueue',
  'DeleteQueue',
  'ListMessageMoveTasks',
  'ListQueues',
  'ListQueueTags',
  'RemovePermission',
  'SetQueueAttributes',
  'StartMessageMoveTask',
  'TagQueue',
  'UntagQueue',
];

const GRANTABLE = [
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
];

const checkAction = (action: string): void => {
  if (GRANTABLE.includes(action)) return;
  const reason = OWNER_ONLY.includes(action)
    ? 'Only the queue owner is allowed to invoke this action.'
    : 'Please refer to the appropriate WSDL for a list of valid actions. ';
  throw invalidValue('ActionName', `SQS:${action}`, reason);
};

/** One stands for itself, several for a list. */
const oneOrMany = (values: readonly string[]): string | readonly string[] => {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
};

/** Of a policy's text. */
export const statementsIn = (policy: string): readonly Statement[] => {
  const given = parseMap(policy)?.['Statement'];
  if (given === undefined) return [];
  return (Array.isArray(given) ? given : [given]) as readonly Statement[];
};

const statementsOf = (queue: Queue): readonly Statement[] => statementsIn(queue.attributes.get('Policy') ?? '{}');

const setStatements = (queue: Queue, statements: readonly unknown[]): void => {
  const policy = parseMap(queue.attributes.get('Policy') ?? '{}') ?? {};
  const defaults = { Version: '2008-10-17', Id: `${queue.arn}/SQSDefaultPolicy` };
  if (statements.length === 0) queue.attributes.delete('Policy');
  else queue.attributes.set('Policy', JSON.stringify({ ...defaults, ...policy, Statement: statements }));
};

/** Adds a statement to the queue's policy. */
export const grant = (queue: Queue, label: string, accounts: readonly string[], actions: readonly string[]): void => {
  actions.forEach(checkAction);
  const statements = statementsOf(queue);
  if (statements.some(({ Sid }) => Sid === label)) throw invalidValue('Label', label, 'Already exists.');
  const statement = {
    Sid: label,
    Effect: 'Allow',
    Principal: { AWS: oneOrMany(accounts.map((account) => `arn:aws:iam::${account}:root`)) },
    Action: oneOrMany(actions.map((action) => `SQS:${action}`)),
    Resource: queue.arn,
  };
  const exceeded = tooMany([...statements, statement]);
  if (exceeded !== undefined) throw overLimit(exceeded);
  setStatements(queue, [...statements, statement]);
};

/** Takes a statement out of it; the last one takes the policy with it. */
export const revoke = (queue: Queue, label: string): void => {
  const statements = statementsOf(queue);
  const rest = statements.filter(({ Sid }) => Sid !== label);
  if (rest.length === statements.length) throw invalidValue('Label', label, "can't find label.");
  setStatements(queue, rest);
};
