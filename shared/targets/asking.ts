import type { Failure } from '../deployment/observations.ts';
import type { TargetPorts } from './module.ts';
import { RefusedError, refusal } from './refused.ts';

/** Why no service of AWS answers: stable words, each with its line of `docs/errors.md`. @public */
export const ASKING = {
  'access-denied': "The function's role may not make the call; the message names role, action and resource.",
} as const;

/** S3 has the second name for it. */
const DENIALS: readonly string[] = ['AccessDeniedException', 'AccessDenied'];

/** Takes the options of one call: its client timeout. */
type Call<T> = (options: { readonly abortSignal: AbortSignal }) => Promise<T>;

/**
 * Asks one service of AWS. `doing` says what is being done, to what. A "no" is thrown as `RefusedError`; what may be different next time
 * (throttle, 5xx, no answer: where `refusalOf` answers `undefined`) as it comes.
 */
export const asking =
  (signal: TargetPorts['signal'], refusalOf: (error: Error, doing: string) => Failure | undefined) =>
  async <T>(doing: string, call: Call<T>): Promise<T> => {
    try {
      return await call({ abortSignal: signal() });
    } catch (error) {
      if (error instanceof RefusedError || !(error instanceof Error)) throw error;
      const denied = DENIALS.includes(error.name) ? accessDenied(error.message, doing) : undefined;
      const failure = refusalOf(error, doing) ?? denied;
      throw failure === undefined ? error : new RefusedError(failure);
    }
  };

/** `User: arn:aws:sts::…:assumed-role/<role>/<session> is not authorized to perform: <action> on resource: <arn> because …` */
const DENIED = /^User: (\S+) is not authorized to perform: (\S+)(?: on resource: (\S+))?(?: (because|with) (.+))?$/;

const roleOf = (caller: string): string => /assumed-role\/([^/]+)/.exec(caller)?.[1] ?? caller;

const accessDenied = (message: string, doing: string): Failure => {
  const [, caller, action, resource = '*', how, why] = DENIED.exec(message) ?? [];
  if (caller === undefined) return denied(`cannot ${doing}: ${message}; allow it in the function's role`);
  const advice =
    action === 'iam:PassRole' ? 'list that role in "passRoles" of the catalogue and package again' : 'allow it in that role';
  const reason = why === undefined ? '' : ` (${how} ${why})`;
  return denied(`cannot ${doing}: role ${roleOf(caller)} may not ${action} on ${resource}${reason}; ${advice}`);
};

const denied = (message: string): Failure => refusal<keyof typeof ASKING>('access-denied', message);
