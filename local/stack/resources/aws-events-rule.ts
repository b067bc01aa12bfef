import { generatedName, listProperty, placeOf, type ResourceType, textProperty } from '../resource-type.ts';
import { StackError } from '../stack-error.ts';
import { isRecord } from '../template.ts';

/** What PutTargets takes at most. */
const TARGETS_PER_CALL = 10;

export const awsEventsRule: ResourceType = {
  type: 'AWS::Events::Rule',
  properties: [
    'Description',
    'EventBusName',
    'EventPattern',
    'Name',
    'RoleArn',
    'ScheduleExpression',
    'State',
    'Tags',
    'Targets',
  ],
  async create(resource, { call }) {
    const { EventPattern, Targets: _, ...same } = resource.properties;
    const Name = textProperty(resource, 'Name') ?? generatedName(resource);
    const EventBusName = textProperty(resource, 'EventBusName');
    const { RuleArn } = await call('events', 'PutRule', {
      ...same,
      Name,
      ...(EventPattern === undefined ? {} : { EventPattern: patternText(EventPattern) }),
    });
    const targets = listProperty(resource, 'Targets');
    for (let first = 0; first < targets.length; first += TARGETS_PER_CALL) {
      const Targets = targets.slice(first, first + TARGETS_PER_CALL);
      const { FailedEntries } = await call('events', 'PutTargets', {
        Rule: Name,
        Targets,
        ...(EventBusName ? { EventBusName } : {}),
      });
      if (Array.isArray(FailedEntries) && FailedEntries.length > 0)
        throw new StackError(`${placeOf(resource, 'Targets')} cannot be put: ${JSON.stringify(FailedEntries)}`);
    }
    // The physical id of a rule on a custom bus names the bus too.
    const ref = EventBusName === undefined || EventBusName === 'default' ? Name : `${EventBusName}|${Name}`;
    return { ref, attributes: { Arn: String(RuleArn) } };
  },
};

const patternText = (pattern: unknown): string => (isRecord(pattern) ? JSON.stringify(pattern) : String(pattern));
