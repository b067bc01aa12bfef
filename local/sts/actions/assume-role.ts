import { AwsError } from '../../errors.ts';
import { denied } from '../../iam/denial.ts';
import { newKey, newSecret } from '../../iam/keys.ts';
import { onlyKnown, required } from '../../iam/members.ts';
import { roleWithArn } from '../../iam/store.ts';
import { placeIn } from '../../place.ts';
import type { Action } from '../../service.ts';
import { mayAssume, type StsStore } from '../store.ts';

const DEFAULT_SECONDS = 3600;
const SHORTEST = 900;
/** "Role chaining limits your session to a maximum of one hour" (API reference, AssumeRole). */
const LONGEST_CHAINED = 3600;

const secondsIn = (input: Readonly<Record<string, unknown>>, longest: number): number => {
  const seconds = Number(input['DurationSeconds'] ?? DEFAULT_SECONDS);
  if (!Number.isInteger(seconds) || seconds < SHORTEST)
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to ${SHORTEST}`,
    );
  if (seconds > longest)
    throw new AwsError('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  return seconds;
};

/** The role's trust has to admit the caller; and where it admits only the account, or is another account's, the caller's own policies too. */
export const assumeRole: Action<StsStore> = (store, input, { caller }) => {
  onlyKnown(input, ['RoleArn', 'RoleSessionName', 'DurationSeconds'], 'AssumeRole');
  const arn = required(input, 'RoleArn');
  const session = required(input, 'RoleSessionName');
  if (!/^[\w+=,.@-]{2,64}$/.test(session))
    throw new AwsError('ValidationError', `The specified value for roleSessionName is invalid: ${session}`);
  const asker = store.authorizer.askerOf(caller.accessKeyId);
  const iam = store.iamIn(placeIn(arn, caller).account);
  const role = iam === undefined ? undefined : roleWithArn(iam, arn);
  if (iam === undefined || role === undefined || !mayAssume(store, asker, iam, role, caller.region))
    throw denied('sts', `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`);
  const chained = asker.principal.kind === 'role' ? LONGEST_CHAINED : Number.POSITIVE_INFINITY;
  const seconds = secondsIn(input, Math.min(role.longestSession, chained));
  const until = iam.clock.now() + seconds * 1000;
  const key = newKey(iam, 'ASIA');
  iam.keys.set(key, { kind: 'session', role: role.name, session, until });
  return {
    Credentials: { AccessKeyId: key, SecretAccessKey: newSecret(iam), SessionToken: newSecret(iam), Expiration: until / 1000 },
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${session}`, Arn: store.authorizer.askerOf(key).principal.arn },
  };
};
