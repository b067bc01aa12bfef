import { AwsError } from '../errors.ts';
import type { Decision } from './evaluate.ts';
import type { Need } from './policy.ts';

/** How each service spells its refusal: the name, and the status where it is not 400 (from the services' own answers). */
const SPELLING: Readonly<Record<string, { readonly queryCode: string; readonly status: number }>> = {
  sqs: { queryCode: 'AccessDenied', status: 403 },
  cloudwatch: { queryCode: 'AccessDenied', status: 403 },
  sts: { queryCode: 'AccessDenied', status: 403 },
  iam: { queryCode: 'AccessDenied', status: 403 },
  lambda: { queryCode: 'AccessDeniedException', status: 403 },
  s3: { queryCode: 'AccessDenied', status: 403 },
};

/** IAM User Guide, "Access denied error messages": who, what, on what, and which kind of policy is in the way. */
export const denialText = (who: string, { action, resource }: Need, { refusal }: Decision): string => {
  const [service = ''] = action.split(':');
  // S3 says no more across accounts (User Guide, "Troubleshoot access denied (403 Forbidden) errors in Amazon S3").
  if (service === 's3' && refusal?.crossing === true) return 'Access Denied';
  // SQS writes its actions in small letters.
  const name = service === 'sqs' ? action.toLowerCase() : action;
  const kind = refusal?.by === 'resource' ? 'a resource-based policy' : 'an identity-based policy';
  const why =
    refusal?.explicit === true
      ? `with an explicit deny in ${kind}`
      : `because no ${refusal?.by === 'resource' ? 'resource' : 'identity'}-based policy allows the ${name} action`;
  return `User: ${who} is not authorized to perform: ${name} on resource: ${service === 's3' ? `"${resource}"` : resource} ${why}`;
};

/** `service` is the one that was called: its protocol spells the error. */
export const denied = (service: string, message: string): AwsError =>
  new AwsError('AccessDeniedException', message, SPELLING[service]);
