import type { Need } from '../policy.ts';
import { arn, type Input, listOf, type NeedsOf, need, textOf } from './need.ts';

const busName = (text: string): string =>
  (text.startsWith('arn:') ? text.slice(text.indexOf('event-bus/') + 10) : text) || 'default';

const bus = (name: string): string => (name.startsWith('arn:') ? name : arn('events', `event-bus/${name || 'default'}`));

const onBus = (action: string, member: string) => (input: Input) => [need(`events:${action}`, bus(textOf(input, member)))];

/** A rule of the default bus has no bus in its ARN. */
const ruleArn = (busText: string, name: string): string => {
  const on = busName(busText);
  return arn('events', on === 'default' ? `rule/${name || '*'}` : `rule/${on}/${name || '*'}`);
};

const rule = (input: Input, member = 'Name'): string => ruleArn(textOf(input, 'EventBusName'), textOf(input, member));

const onRule =
  (action: string, member = 'Name') =>
  (input: Input) => [need(`events:${action}`, rule(input, member))];

/** A role that is given to EventBridge is passed to it. */
const passes = (roles: readonly string[]): readonly Need[] =>
  roles
    .filter((role) => role !== '')
    .map((role) => need('iam:PassRole', role, { 'iam:PassedToService': 'events.amazonaws.com' }));

/** Each entry by itself, with the source and the detail type that it has (condition keys of "Amazon EventBridge"). */
const puts = (input: Input) =>
  listOf(input, 'Entries').map((entry) =>
    need('events:PutEvents', bus(textOf(entry, 'EventBusName')), {
      'events:source': textOf(entry, 'Source'),
      'events:detail-type': textOf(entry, 'DetailType'),
    }),
  );

const tagged = (action: string) => (input: Input) => [
  need(`events:${action}`, textOf(input, 'ResourceARN') || arn('events', 'rule/*')),
];

/** Service Authorization Reference, "Amazon EventBridge". */
export const eventsNeeds: NeedsOf = {
  CreateEventBus: onBus('CreateEventBus', 'Name'),
  DeleteEventBus: onBus('DeleteEventBus', 'Name'),
  DeleteRule: onRule('DeleteRule'),
  DescribeEventBus: onBus('DescribeEventBus', 'Name'),
  DescribeRule: onRule('DescribeRule'),
  DisableRule: onRule('DisableRule'),
  EnableRule: onRule('EnableRule'),
  ListEventBuses: () => [need('events:ListEventBuses', '*')],
  ListRuleNamesByTarget: (input) => [need('events:ListRuleNamesByTarget', ruleArn(textOf(input, 'EventBusName'), '*'))],
  ListRules: (input) => [need('events:ListRules', ruleArn(textOf(input, 'EventBusName'), '*'))],
  ListTagsForResource: tagged('ListTagsForResource'),
  ListTargetsByRule: onRule('ListTargetsByRule', 'Rule'),
  PutEvents: puts,
  PutPermission: onBus('PutPermission', 'EventBusName'),
  PutRule: (input) => [need('events:PutRule', rule(input)), ...passes([textOf(input, 'RoleArn')])],
  PutTargets: (input) => [
    need('events:PutTargets', rule(input, 'Rule'), {
      'events:TargetArn': listOf(input, 'Targets').map((target) => textOf(target, 'Arn')),
    }),
    ...passes(listOf(input, 'Targets').map((target) => textOf(target, 'RoleArn'))),
  ],
  RemovePermission: onBus('RemovePermission', 'EventBusName'),
  RemoveTargets: onRule('RemoveTargets', 'Rule'),
  TagResource: tagged('TagResource'),
  TestEventPattern: () => [need('events:TestEventPattern', '*')],
  UntagResource: tagged('UntagResource'),
};
