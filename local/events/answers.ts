import type { Rule } from './model.ts';

export const ruleAnswer = ({ name, arn, bus, pattern, schedule, state, description, roleArn }: Rule) => ({
  Name: name,
  Arn: arn,
  EventBusName: bus,
  State: state,
  ...(pattern === undefined ? {} : { EventPattern: pattern.text }),
  ...(schedule === undefined ? {} : { ScheduleExpression: schedule.text }),
  ...(description === undefined ? {} : { Description: description }),
  ...(roleArn === undefined ? {} : { RoleArn: roleArn }),
});
