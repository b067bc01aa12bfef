import { AwsError } from '../errors.ts';
import { need } from '../iam/needs/need.ts';
import { isSame, placeIn } from '../place.ts';
import { transformed } from './input.ts';
import { valueAt } from './json-path.ts';
import type { Delivery, Event, EventsStore, Rule, Target } from './model.ts';
import { busNameIn } from './targets.ts';

/** EventBridge's own: 24 hours and 185 attempts (User Guide, "How EventBridge retries delivering events"). */
const DEFAULT_ATTEMPTS = 185;
const DEFAULT_AGE_SECONDS = 86_400;
const FIRST_PAUSE_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 600;

/** Delivers at a later turn, and again with growing pauses, until the retry policy has had enough; then to the dead-letter queue. */
export const deliver = (
  store: EventsStore,
  delivery: Pick<Delivery, 'rule' | 'target' | 'event' | 'forwarded'>,
  milliseconds = 0,
): void => attemptLater(store, { ...delivery, retries: 0, first: store.clock.now() }, milliseconds);

/** What was taken is kept among what is pending, until it has arrived or was given up. */
export const attemptLater = (store: EventsStore, delivery: Delivery, milliseconds: number): void => {
  store.pending.add(delivery);
  store.clock.after(milliseconds, () => {
    store.pending.delete(delivery);
    attempt(store, delivery);
  });
};

const attempt = (store: EventsStore, delivery: Delivery): void => {
  const { rule, target, event } = delivery;
  try {
    requirePermission(store, rule, target, event);
    hand(store, target, event, transformed(target, rule, event, store.clock.now()));
  } catch (error) {
    failed(store, delivery, error);
  }
};

/** What a delivery needs: by the target's policy, or by the role that the target was given. */
const ACTIONS: Readonly<Record<string, string>> = {
  sqs: 'sqs:SendMessage',
  lambda: 'lambda:InvokeFunction',
  events: 'events:PutEvents',
};

/**
 * Throws `AccessDenied`. A bus is reached in the target's role (User Guide, "Sending events between buses"); one of another account has
 * to allow it too, and may ask by which rule, and for which events ("Permissions for event buses in Amazon EventBridge"; "Using IAM
 * policy conditions in Amazon EventBridge").
 */
const requirePermission = (
  { permissions, queues, place }: EventsStore,
  rule: Rule,
  { Arn, RoleArn }: Target,
  event: Event,
): void => {
  const [, , service = ''] = Arn.split(':');
  // A queue that is gone is found missing when it is sent to.
  if (service === 'sqs' && !queues.exists(Arn)) return;
  const about = { 'aws:SourceArn': rule.arn, 'aws:SourceAccount': place.account };
  if (RoleArn !== undefined && !permissions.trusts(RoleArn, SERVICE, about))
    throw new AwsError('AccessDenied', `${SERVICE} cannot assume the role ${RoleArn}`);
  const asked = need(ACTIONS[service] ?? `${service}:*`, Arn, {
    ...about,
    ...(service === 'events'
      ? { 'events:source': event.source, 'events:detail-type': event['detail-type'], 'events:eventBusInvocation': 'true' }
      : {}),
  });
  const refusal = permissions.refusal({ service: SERVICE, ...(RoleArn === undefined ? {} : { roleArn: RoleArn }) }, asked);
  if (refusal !== undefined) throw new AwsError('AccessDenied', refusal);
};

const SERVICE = 'events.amazonaws.com';

const hand = (store: EventsStore, target: Target, event: Event, payload: string): void => {
  const [, , service] = target.Arn.split(':');
  if (service === 'sqs') {
    const groupId = groupOf(target, event);
    store.queues.send(target.Arn, { body: payload, ...(groupId === undefined ? {} : { groupId }) });
  } else if (service === 'lambda') store.functions.invokeLater(target.Arn, JSON.parse(payload));
  else forward(store, target.Arn, event);
};

/** As it came: with its source, account and region. */
const forward = (store: EventsStore, arn: string, event: Event): void => {
  const place = placeIn(arn, store.place);
  const name = busNameIn(arn);
  const isHere = isSame(place, store.place);
  const owner = isHere ? store : store.elsewhere(place);
  if (owner === undefined || !(isHere || owner.buses.has(name)))
    throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
  route(owner, name, event, true);
};

/**
 * "EventBridge can't route events received from a sender event bus to a third event bus" (User Guide, "Sending events between event buses
 * in the same account and Region"); "if a receiver account sets up a rule that sends events received from a sender account on to a third
 * account, these events are not sent" ("Sending and receiving events between AWS accounts").
 */
const isThirdBus = ({ place }: EventsStore, { Arn }: Target, event: Event, forwarded: boolean): boolean => {
  if (!Arn.startsWith('arn:aws:events:')) return false;
  return forwarded || (event.account !== place.account && placeIn(Arn, place).account !== place.account);
};

/** As it stands, or, where it is a JSON path as a whole, from the event (User Guide, "Dynamic path parameters"). */
const groupOf = ({ SqsParameters }: Target, event: Event): string | undefined => {
  const group = SqsParameters?.MessageGroupId;
  if (group === undefined || !group.startsWith('$.')) return group;
  const value = valueAt(group, event);
  return typeof value === 'object' || value === undefined ? undefined : String(value);
};

/** What will be the same next time is not tried again; its codes are those of User Guide, "Using dead-letter queues". */
const FINAL: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'NO_RESOURCE',
  'AWS.SimpleQueueService.NonExistentQueue': 'NO_RESOURCE',
  ResourceNotFoundException: 'NO_RESOURCE',
  AccessDenied: 'NO_PERMISSIONS',
  MissingParameter: 'INVALID_PARAMETER',
  InvalidParameterValue: 'INVALID_PARAMETER',
  InvalidJson: 'INVALID_JSON',
};

const failed = (store: EventsStore, delivery: Delivery, error: unknown): void => {
  const { target, retries, first } = delivery;
  const { MaximumRetryAttempts = DEFAULT_ATTEMPTS, MaximumEventAgeInSeconds = DEFAULT_AGE_SECONDS } = target.RetryPolicy ?? {};
  const pause = Math.min(FIRST_PAUSE_SECONDS * 2 ** retries, LONGEST_PAUSE_SECONDS);
  const code = error instanceof AwsError ? error.code : 'InternalFailure';
  const age = (store.clock.now() - first) / 1000 + pause;
  const message = error instanceof Error ? error.message : String(error);
  const about = {
    ERROR_CODE: FINAL[code] ?? 'ERROR_FROM_TARGET',
    ERROR_MESSAGE: message || code,
    RETRY_ATTEMPTS: String(retries),
  };
  if (FINAL[code] !== undefined) giveUp(store, delivery, about);
  else if (retries >= MaximumRetryAttempts)
    giveUp(store, delivery, { ...about, EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts' });
  else if (age > MaximumEventAgeInSeconds)
    giveUp(store, delivery, { ...about, EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds' });
  else attemptLater(store, { ...delivery, retries: retries + 1 }, pause * 1000);
};

/** The event itself, as it was, with attributes that say what went wrong; without a dead-letter queue it is dropped, as on AWS. */
const giveUp = (store: EventsStore, { rule, target, event }: Delivery, about: Readonly<Record<string, string>>): void => {
  store.undelivered?.(`${event['detail-type']} to ${target.Arn} by rule ${rule.name}: ${about['ERROR_MESSAGE']}`);
  const arn = target.DeadLetterConfig?.Arn;
  if (arn === undefined || !store.queues.exists(arn)) return;
  const asked = need('sqs:SendMessage', arn, { 'aws:SourceArn': rule.arn, 'aws:SourceAccount': store.place.account });
  if (store.permissions.refusal({ service: SERVICE }, asked) !== undefined) return;
  const attributes = { RULE_ARN: rule.arn, TARGET_ARN: target.Arn, ...about };
  store.queues.send(arn, { body: JSON.stringify(event), attributes });
};

/** Sends an event to the targets of every rule of the bus that it fits, each by itself and not at once. `forwarded`: by another bus. */
export const route = (store: EventsStore, busName: string, event: Event, forwarded = false): void => {
  for (const rule of store.buses.get(busName)?.rules.values() ?? []) {
    if (rule.state !== 'ENABLED' || rule.pattern?.matches(event) !== true) continue;
    for (const target of rule.targets.values()) {
      if (isThirdBus(store, target, event, forwarded)) {
        store.undelivered?.(`${event['detail-type']} to ${target.Arn} by rule ${rule.name}: it has come from another bus`);
        continue;
      }
      const delivery = {
        ...store.place,
        source: event.source,
        detailType: event['detail-type'],
        rule: rule.name,
        target: target.Arn,
      };
      for (const milliseconds of store.faults?.arrivals?.(delivery) ?? [0])
        deliver(store, { rule, target, event, forwarded }, milliseconds);
    }
  }
};
