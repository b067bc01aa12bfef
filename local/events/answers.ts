import type { Bus, Rule } from './model.ts';

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

/** Times are seconds since the epoch. */
export const busAnswer = ({ name, arn, description, policy, createdAt, changedAt }: Bus) => ({
  Name: name,
  Arn: arn,
  ...(description === undefined ? {} : { Description: description }),
  ...(policy === undefined ? {} : { Policy: JSON.stringify(policy) }),
  CreationTime: createdAt / 1000,
  LastModifiedTime: changedAt / 1000,
});
