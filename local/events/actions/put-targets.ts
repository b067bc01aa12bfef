import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { invalid, onlyKnown } from '../known.ts';
import type { EventsStore, Target } from '../model.ts';
import { ruleOf } from '../store.ts';

/** Targets of a rule (User Guide, "EventBridge quotas"). */
const MOST = 5;

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

const check = (target: Target): void => {
  onlyKnown(target as unknown as Readonly<Record<string, unknown>>, KNOWN, 'a target');
  const [, , service, , , resource = ''] = target.Arn.split(':');
  const known = service === 'sqs' || service === 'lambda' || (service === 'events' && resource.startsWith('event-bus/'));
  if (!known) throw invalid(`the local cloud does not know targets like ${target.Arn}, only queues, functions and event buses.`);
  const fifo = service === 'sqs' && target.Arn.endsWith('.fifo');
  if (fifo && target.SqsParameters?.MessageGroupId === undefined)
    throw invalid(`Parameter(s) SqsParameters must be specified for target: ${target.Id}.`);
  if ([target.Input, target.InputPath, target.InputTransformer].filter((input) => input !== undefined).length > 1) {
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${target.Id}.`);
  }
};

export const putTargets: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Rule', 'EventBusName', 'Targets'], 'PutTargets');
  const rule = ruleOf(store, input['EventBusName'], input['Rule']);
  const targets = (input['Targets'] ?? []) as readonly Target[];
  for (const target of targets) check(target);
  const after = new Map([...rule.targets, ...targets.map((target): [string, Target] => [target.Id, target])]);
  if (after.size > MOST)
    throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
  for (const target of targets) rule.targets.set(target.Id, target);
  return { FailedEntryCount: 0, FailedEntries: [] };
};
