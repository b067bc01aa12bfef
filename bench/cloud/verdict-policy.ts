import { ACCOUNT, REGION } from '../../local/service.ts';

/** Lets a rule of the pipeline's bus send to a queue, as docs/events.md has it. */
export const sendingFrom = (rule: string, queue: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: `arn:aws:sqs:${REGION}:${ACCOUNT}:${queue}`,
      Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:events:${REGION}:${ACCOUNT}:rule/switchyard/${rule}` } },
    },
  });
