import type { Failure } from '../../deployment/observations.ts';
import { NotYetError } from '../not-yet.ts';
import { refusal as refused } from '../refused.ts';

/** Why Lambda, or this target, says no: stable words, each with its line of `docs/errors.md`. @public */
export const LAMBDA_REFUSALS = {
  'alias-missing': 'The function has no alias of the name in the catalogue.',
  'alias-at-latest': 'The alias points at $LATEST, to which nothing could go back.',
  'function-missing': 'There is no such function, or version of it.',
  'function-not-image': 'The function is made from a zip archive, and the catalogue does not say so.',
  'function-not-zip': 'The function is made from images, and the catalogue says that it is made from a zip archive.',
  'archive-gone': 'No published version has the archive any more, and nobody has said which artifact it came in.',
  'archive-too-large':
    'What a function without an alias runs is larger than what Lambda takes in a request, and could not be brought back.',
  'artifact-damaged': 'What AWS hands out is not the archive that its digest promises.',
  'artifact-elsewhere': 'The artifact is in another repository than the one in the catalogue.',
  'artifact-missing': 'The repository does not have the artifact, or its archive, any more.',
  'artifact-not-image': 'The function is made from images, and the artifact is none.',
  'artifact-not-zip': 'The function is made from zip archives, and the artifact has none.',
  'artifact-several-files': 'The artifact has several files, and Lambda takes one archive.',
  'artifact-too-large': 'The archive is larger than what Lambda takes in a request.',
  'image-not-pullable': "The repository's policy does not let Lambda pull the image.",
  'lambda-refused': 'Lambda refuses the call as it stands; the message is its own.',
  'platform-missing': "The index has no image for Linux on the function's architecture.",
} as const;

/** There is nothing to observe any more. */
export const GONE: readonly (keyof typeof LAMBDA_REFUSALS)[] = ['function-missing', 'alias-missing'];

/** Why an update of the code failed: stable words, each with its line of `docs/errors.md`. @public */
export const LAMBDA_FAILURES = {
  'lambda-image-invalid': 'Lambda cannot make the image ready: it is none that a function could run.',
  'lambda-update-failed': 'The update of the code failed; the message is its own.',
} as const;

export const refusal = (code: keyof typeof LAMBDA_REFUSALS | 'taken-over', message: string): Failure => refused(code, message);

/** Reason codes that speak against the image itself (API reference, LastUpdateStatusReasonCode). */
const AGAINST_IMAGE: readonly string[] = ['InvalidImage', 'InvalidRuntime', 'FunctionError'];

/** Of an update that failed, or a version that could not be made ready. */
export const failureOf = (
  place: string,
  image: string,
  { code, reason }: { readonly code: string; readonly reason: string },
): Failure => {
  const evidence = AGAINST_IMAGE.includes(code);
  return {
    code: (evidence ? 'lambda-image-invalid' : 'lambda-update-failed') satisfies keyof typeof LAMBDA_FAILURES,
    message: `Lambda could not make ${image} ready for ${place}: ${code}: ${reason}`,
    evidence,
  };
};

/** How soon an update that is under way, or was lost to another, is looked at again; in seconds. */
const BUSY_SECONDS = 5;
const CHANGED_SECONDS = 1;

/** What is over in a moment is waited for by a wake. */
const passing = ({ name, message }: Error, doing: string): NotYetError | undefined => {
  switch (name) {
    case 'ResourceConflictException':
      return new NotYetError(BUSY_SECONDS, `cannot ${doing} yet: ${message}`);
    case 'PreconditionFailedException':
      return new NotYetError(
        CHANGED_SECONDS,
        `cannot ${doing}: somebody has changed it since it was looked at; it is looked at again`,
      );
    default:
      return undefined;
  }
};

/** Lambda speaks of the repository's policy, not of the caller's role. */
const NOT_PULLABLE = /does not have permission to access the ECR image/;

/** Errors that will be the same next time (API reference, "Errors" of the calls that are made here). */
const FINAL: readonly string[] = [
  'CodeStorageExceededException',
  'CodeVerificationFailedException',
  'InvalidCodeSignatureException',
  'InvalidParameterValueException',
  'PolicyLengthExceededException',
  'RequestEntityTooLargeException',
  'ValidationException',
];

/** An error of Lambda that is an answer; `undefined`: it may be different next time. Throws what a wake waits for. */
export const refusalOf = (error: Error, doing: string): Failure | undefined => {
  const { name, message } = error;
  const wait = passing(error, doing);
  if (wait !== undefined) throw wait;
  if (name === 'ResourceNotFoundException')
    return message.includes('alias')
      ? refusal('alias-missing', `cannot ${doing}: there is no such alias (${message}); create it, or correct "alias"`)
      : refusal('function-missing', `cannot ${doing}: ${message}; create it, or correct "function"`);
  return FINAL.includes(name)
    ? refusal('lambda-refused', `cannot ${doing}: ${message} (${name}); correct what it names, and deploy again`)
    : undefined;
};

/** `undefined`: it is another refusal, of the caller. */
export const notPullable = ({ name, message }: Error, doing: string, image: string): Failure | undefined =>
  name === 'AccessDeniedException' && NOT_PULLABLE.test(message)
    ? refusal(
        'image-not-pullable',
        `cannot ${doing}: Lambda may not pull ${image}; let lambda.amazonaws.com call ecr:BatchGetImage and ecr:GetDownloadUrlForLayer in the policy of its repository`,
      )
    : undefined;
