import type { Exit } from './exit-codes.ts';

/** Something that the user can act on, in a sentence: what was being done, to what, and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: Exit;

  constructor(exit: Exit, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exit = exit;
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT', 'ECONNRESET', 'EAI_AGAIN'];

/** `sts:AssumeRole on resource: arn:…` of an answer of IAM. */
const DENIED = /is not authorized to perform: (\S+)(?: on resource: (\S+))?/;

/**
 * What AWS or the network answered while something was being done, as a sentence that says what to do. `what` is a phrase such as
 * "put the request on the bus switchyard of eu-west-1".
 */
export const explained = (error: unknown, what: string): CliError => {
  if (error instanceof CliError) return error;
  const name = nameOf(error);
  const text = textOf(error);
  const [, action, resource] = DENIED.exec(text) ?? [];
  if (name === 'CredentialsProviderError' || /could not load credentials/i.test(text))
    return new CliError(
      'denied',
      `cannot ${what}: there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --profile (the local cloud takes any)`,
      { cause: error },
    );
  if (action === 'sts:AssumeRole')
    return new CliError(
      'denied',
      `cannot ${what}: the role ${resource} cannot be assumed; let its trust policy name your identity, and allow you sts:AssumeRole on it`,
      { cause: error },
    );
  if (action !== undefined)
    return new CliError(
      'denied',
      `cannot ${what}: your credentials may not ${action}${resource === undefined ? '' : ` on ${resource}`}; attach the policy switchyard-operator (people) or switchyard-ci (CI), or ask whoever runs the pipeline`,
      { cause: error },
    );
  if (['ExpiredToken', 'ExpiredTokenException', 'UnrecognizedClientException', 'InvalidClientTokenId'].includes(name))
    return new CliError('denied', `cannot ${what}: the credentials are not valid any more (${name}); sign in again`, {
      cause: error,
    });
  if (UNREACHABLE.includes(codeOf(error)) || name === 'TimeoutError')
    return new CliError(
      'error',
      `cannot ${what}: AWS does not answer (${codeOf(error) || name}); see that --endpoint or --region is right, and that npm start still runs if it is the local cloud`,
      { cause: error },
    );
  if (text.includes('Region is missing'))
    return new CliError('usage', `cannot ${what}: no region is set; give --region, or set AWS_REGION`, { cause: error });
  if (name === 'ResourceNotFoundException' || name === 'QueueDoesNotExist')
    return new CliError(
      'error',
      `cannot ${what}: it is not there; see that --name and --region are those of the installation, and that it is deployed`,
      { cause: error },
    );
  return new CliError(
    'error',
    `cannot ${what}: ${name === '' || name === 'Error' ? '' : `${name}: `}${text.replace(/\s+/g, ' ')}`,
    { cause: error },
  );
};

/** Does it, or says what kept it from being done. */
export const doing = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw explained(error, what);
  }
};
