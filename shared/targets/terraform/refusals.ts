import type { Failure } from '../../deployment/observations.ts';
import { refusal as refused } from '../refused.ts';

/** Why this target says no: stable words, each with its line of `docs/errors.md`. @public */
export const TERRAFORM_REFUSALS = {
  'build-refused': 'CodeBuild refuses the call as it stands; the message is its own.',
  'nothing-before': 'Nothing was applied to this state before: there is nothing to go back to.',
  'project-missing': 'There is no such project in CodeBuild.',
  'state-missing': 'There is no such bucket for the state.',
  'state-unreadable': "The state, or what is kept beside it, is not what Terraform or the project's build writes.",
  'tag-missing': 'The module is told the tag of the image, and the request, or what is gone back to, names none.',
} as const;

/** Why an apply failed, or was not begun: stable words, each with its line of `docs/errors.md`. @public */
export const TERRAFORM_FAILURES = {
  'apply-failed': 'Terraform failed while it applied the plan; what it had done by then is done.',
  'build-failed': 'The build ended before Terraform could say anything; the message has its status and its log.',
  'init-failed': 'Terraform could not be set up: its backend, its providers or its modules.',
  'plan-failed': 'Terraform could not make a plan; nothing was changed.',
  'plan-refused': 'The plan destroys or replaces what the catalogue does not list in "mayDestroy"; it was not applied.',
  'state-locked': 'Somebody else holds the lock of the state; the message says who, and since when.',
  'tag-gone': 'The registry has no image with the tag any more, or did not say which it names.',
  'tag-moved': 'The tag names another image than when the deployment was accepted; it was not applied.',
} as const;

type Refusal = keyof typeof TERRAFORM_REFUSALS;

export const refusal = (code: Refusal, message: string): Failure => refused(code, message);

/** Of errors that CodeBuild and S3 answer the same way next time (their API references); `undefined`: it may be different. */
export const refusalOf = ({ name, message }: Error, doing: string): Failure | undefined => {
  switch (name) {
    case 'ResourceNotFoundException':
      return refusal(
        'project-missing',
        `cannot ${doing}: ${message}; create it (infrastructure/terraform), or correct "project"`,
      );
    case 'NoSuchBucket':
      return refusal('state-missing', `cannot ${doing}: ${message}; create the bucket, or correct "bucket"`);
    case 'InvalidInputException':
      return refusal('build-refused', `cannot ${doing}: ${message}; correct what it names, and deploy again`);
    default:
      return undefined;
  }
};
