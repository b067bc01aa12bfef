import type { CallContext } from '../service.ts';
import { putRule } from './actions/put-rule.ts';
import { putTargets } from './actions/put-targets.ts';
import { attemptLater } from './delivery.ts';
import type { Delivery, EventsStore, Rule, Target } from './model.ts';
import { newBus } from './store.ts';

interface SavedRule extends Pick<Rule, 'name' | 'state' | 'description' | 'roleArn'> {
  readonly pattern: string | undefined;
  readonly schedule: string | undefined;
  readonly targets: readonly Target[];
}

interface SavedDelivery extends Pick<Delivery, 'event' | 'retries' | 'first' | 'forwarded' | 'target'> {
  readonly bus: string;
  readonly rule: string;
}

/** What is kept of EventBridge: buses, rules, targets, and what was taken and has not arrived yet. */
export interface SavedEvents {
  readonly buses: readonly {
    readonly name: string;
    readonly policy: Readonly<Record<string, unknown>> | undefined;
    readonly rules: readonly SavedRule[];
  }[];
  readonly pending: readonly SavedDelivery[];
}

export const saveEvents = ({ buses, pending }: EventsStore): SavedEvents => ({
  buses: [...buses.values()].map(({ name, policy, rules }) => ({ name, policy, rules: [...rules.values()].map(saveRule) })),
  pending: [...pending].map(({ rule, target, event, retries, first, forwarded = false }) => ({
    bus: rule.bus,
    rule: rule.name,
    target,
    event,
    retries,
    first,
    forwarded,
  })),
});

const saveRule = ({ name, state, description, roleArn, pattern, schedule, targets }: Rule): SavedRule => ({
  name,
  state,
  ...(description === undefined ? {} : { description }),
  ...(roleArn === undefined ? {} : { roleArn }),
  pattern: pattern?.text,
  schedule: schedule?.text,
  targets: [...targets.values()],
});

/** Brings back the buses and rules that are not there, and sends on what was on its way. Rules that are there stay as they are. */
export const loadEvents = (store: EventsStore, { buses, pending }: SavedEvents, context: CallContext): void => {
  for (const { name, policy, rules } of buses) {
    const bus = store.buses.get(name) ?? newBus(store.place, name, store.clock.now());
    if (!store.buses.has(name) && policy !== undefined) bus.policy = policy;
    store.buses.set(name, bus);
    for (const rule of rules) if (!bus.rules.has(rule.name)) loadRule(store, name, rule, context);
  }
  for (const { bus, rule: name, ...delivery } of pending) {
    const rule = store.buses.get(bus)?.rules.get(name);
    if (rule !== undefined) attemptLater(store, { ...delivery, rule }, 0);
  }
};

const loadRule = (store: EventsStore, bus: string, rule: SavedRule, context: CallContext): void => {
  const { name, state, description, roleArn, pattern, schedule, targets } = rule;
  putRule(
    store,
    {
      Name: name,
      EventBusName: bus,
      State: state,
      ...(pattern === undefined ? {} : { EventPattern: pattern }),
      ...(schedule === undefined ? {} : { ScheduleExpression: schedule }),
      ...(description === undefined ? {} : { Description: description }),
      ...(roleArn === undefined ? {} : { RoleArn: roleArn }),
    },
    context,
  );
  if (targets.length > 0) putTargets(store, { Rule: name, EventBusName: bus, Targets: targets }, context);
};
