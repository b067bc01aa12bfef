import { arnAt, placeIn } from '../../place.ts';
import type { Need } from '../policy.ts';
import { arn, type Here, type Input, listOf, type NeedsOf, need, textOf } from './need.ts';

const busName = (text: string): string =>
  (text.startsWith('arn:') ? text.slice(text.indexOf('event-bus/') + 10) : text) || 'default';

const bus = (here: Here, name: string): string =>
  name.startsWith('arn:') ? name : arn(here, 'events', `event-bus/${name || 'default'}`);

const onBus = (action: string, member: string) => (input: Input, here: Here) => [
  need(`events:${action}`, bus(here, textOf(input, member))),
];

/** A rule of the default bus has no bus in its ARN. */
const ruleArn = (here: Here, busText: string, name: string): string => {
  const on = busName(busText);
  return arnAt(placeIn(busText, here.place), 'events', on === 'default' ? `rule/${name || '*'}` : `rule/${on}/${name || '*'}`);
};

const rule = (input: Input, here: Here, member = 'Name'): string =>
  ruleArn(here, textOf(input, 'EventBusName'), textOf(input, member));

const onRule =
  (action: string, member = 'Name') =>
  (input: Input, here: Here) => [need(`events:${action}`, rule(input, here, member))];

/** A role that is given to EventBridge is passed to it. */
const passes = (roles: readonly string[]): readonly Need[] =>
  roles
    .filter((role) => role !== '')
    .map((role) => need('iam:PassRole', role, { 'iam:PassedToService': 'events.amazonaws.com' }));

/** Each entry by itself, with the source and the detail type that it has (condition keys of "Amazon EventBridge"). */
const puts = (input: Input, here: Here) =>
  listOf(input, 'Entries').map((entry) =>
    need('events:PutEvents', bus(here, textOf(entry, 'EventBusName')), {
      'events:source': textOf(entry, 'Source'),
      'events:detail-type': textOf(entry, 'DetailType'),
      'events:eventBusInvocation': 'false',
    }),
  );

const tagged = (action: string) => (input: Input, here: Here) => [
  need(`events:${action}`, textOf(input, 'ResourceARN') || arn(here, 'events', 'rule/*')),
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
  ListRuleNamesByTarget: (input, here) => [
    need('events:ListRuleNamesByTarget', ruleArn(here, textOf(input, 'EventBusName'), '*')),
  ],
  ListRules: (input, here) => [need('events:ListRules', ruleArn(here, textOf(input, 'EventBusName'), '*'))],
  ListTagsForResource: tagged('ListTagsForResource'),
  ListTargetsByRule: onRule('ListTargetsByRule', 'Rule'),
  PutEvents: puts,
  PutPermission: onBus('PutPermission', 'EventBusName'),
  PutRule: (input, here) => [need('events:PutRule', rule(input, here)), ...passes([textOf(input, 'RoleArn')])],
  PutTargets: (input, here) => [
    need('events:PutTargets', rule(input, here, 'Rule'), {
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
