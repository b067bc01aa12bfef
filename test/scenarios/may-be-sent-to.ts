/** The policy of a queue at home that this rule alone may send to; unless told otherwise the rule of its name on the pipeline's bus. */
export const mayBeSentTo = (queue: string, rule = `switchyard/${queue}`): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: `arn:aws:sqs:eu-west-1:123456789012:${queue}`,
        Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:events:eu-west-1:123456789012:rule/${rule}` } },
      },
    ],
  });
