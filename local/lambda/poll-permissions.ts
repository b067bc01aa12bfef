import { need } from '../iam/needs/need.ts';
import type { FunctionConfiguration } from './configuration.ts';
import type { LambdaStore } from './store.ts';

/** What Lambda calls in the function's role (Developer Guide, "Using Lambda with Amazon SQS", execution role permissions). */
export const POLLS = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'] as const;

/** Why the function's role may not make this call to the queue; `undefined`: it may. */
export const refusalOf = (
  { permissions }: LambdaStore,
  { name, role }: FunctionConfiguration,
  queueArn: string,
  call: (typeof POLLS)[number],
): string | undefined =>
  permissions.refusal({ service: 'lambda.amazonaws.com', roleArn: role, session: name }, need(`sqs:${call}`, queueArn));
