import { AwsError } from '../errors.ts';
import { need } from '../iam/needs/need.ts';
import { ACCOUNT } from '../service.ts';
import { transformed } from './input.ts';
import type { Event, EventsStore, Rule, Target } from './model.ts';

/** EventBridge's own: 24 hours and 185 attempts (User Guide, "How EventBridge retries delivering events"). */
const DEFAULT_ATTEMPTS = 185;
const DEFAULT_AGE_SECONDS = 86_400;
const FIRST_PAUSE_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 600;

/** Delivers at a later turn, and again with growing pauses, until the retry policy has had enough; then to the dead-letter queue. */
export const deliver = (store: EventsStore, rule: Rule, target: Target, event: Event): void => {
  const first = store.clock.now();
  const attempt = (retries: number): void => {
    try {
      requirePermission(store, rule, target, event);
      hand(store, target, event, transformed(target, rule, event, store.clock.now()));
    } catch (error) {
      failed(store, rule, target, event, { error, retries, first, again: () => attempt(retries + 1) });
    }
  };
  store.clock.after(0, () => attempt(0));
};

/** What a delivery needs: by the target's policy, or by the role that the target was given. */
const ACTIONS: Readonly<Record<string, string>> = {
  sqs: 'sqs:SendMessage',
  lambda: 'lambda:InvokeFunction',
  events: 'events:PutEvents',
};

/** Throws `AccessDenied`. A bus of one's own account is reached in the target's role (User Guide, "Sending events between buses"). */
const requirePermission = ({ permissions, queues }: EventsStore, rule: Rule, { Arn, RoleArn }: Target, event: Event): void => {
  const [, , service = ''] = Arn.split(':');
  // A queue that is gone is found missing when it is sent to.
  if (service === 'sqs' && !queues.exists(Arn)) return;
  const asked = need(ACTIONS[service] ?? `${service}:*`, Arn, {
    'aws:SourceArn': rule.arn,
    'aws:SourceAccount': ACCOUNT,
    ...(service === 'events' ? { 'events:source': event.source, 'events:detail-type': event['detail-type'] } : {}),
  });
  const refusal = permissions.refusal({ service: SERVICE, ...(RoleArn === undefined ? {} : { roleArn: RoleArn }) }, asked);
  if (refusal !== undefined) throw new AwsError('AccessDenied', refusal);
};

const SERVICE = 'events.amazonaws.com';

const hand = (store: EventsStore, target: Target, event: Event, payload: string): void => {
  const [, , service, , , resource = ''] = target.Arn.split(':');
  if (service === 'sqs') {
    const groupId = target.SqsParameters?.MessageGroupId;
    store.queues.send(target.Arn, { body: payload, ...(groupId === undefined ? {} : { groupId }) });
  } else if (service === 'lambda') store.functions.invokeLater(target.Arn, JSON.parse(payload));
  else route(store, resource.slice('event-bus/'.length), event);
};

interface Failure {
  readonly error: unknown;
  readonly retries: number;
  readonly first: number;
  readonly again: () => void;
}

/** What will be the same next time is not tried again. */
const FINAL = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue', 'AccessDenied', 'ResourceNotFoundException'];

const failed = (
  store: EventsStore,
  rule: Rule,
  target: Target,
  event: Event,
  { error, retries, first, again }: Failure,
): void => {
  const { MaximumRetryAttempts = DEFAULT_ATTEMPTS, MaximumEventAgeInSeconds = DEFAULT_AGE_SECONDS } = target.RetryPolicy ?? {};
  const pause = Math.min(FIRST_PAUSE_SECONDS * 2 ** retries, LONGEST_PAUSE_SECONDS);
  const code = error instanceof AwsError ? error.code : 'InternalFailure';
  const age = (store.clock.now() - first) / 1000 + pause;
  if (!FINAL.includes(code) && retries < MaximumRetryAttempts && age <= MaximumEventAgeInSeconds) {
    store.clock.after(pause * 1000, again);
    return;
  }
  deadLetter(store, rule, target, event);
};

/** The event itself, as it was; without a dead-letter queue it is dropped, as on AWS. */
const deadLetter = (store: EventsStore, rule: Rule, target: Target, event: Event): void => {
  const arn = target.DeadLetterConfig?.Arn;
  if (arn === undefined || !store.queues.exists(arn)) return;
  const asked = need('sqs:SendMessage', arn, { 'aws:SourceArn': rule.arn, 'aws:SourceAccount': ACCOUNT });
  if (store.permissions.refusal({ service: SERVICE }, asked) === undefined)
    store.queues.send(arn, { body: JSON.stringify(event) });
};

/** Sends an event to the targets of every rule of the bus that it fits, each by itself and not at once. */
export const route = (store: EventsStore, busName: string, event: Event): void => {
  for (const rule of store.buses.get(busName)?.rules.values() ?? []) {
    if (rule.state !== 'ENABLED' || rule.pattern?.matches(event) !== true) continue;
    for (const target of rule.targets.values()) {
      const delivery = { source: event.source, detailType: event['detail-type'], rule: rule.name, target: target.Arn };
      const times = store.faults?.deliveries?.(delivery) ?? 1;
      for (let time = 0; time < times; time += 1) deliver(store, rule, target, event);
    }
  }
};
