import { AwsError, refuseOthers } from '../errors.ts';
import { NAME } from './store.ts';

type Input = Readonly<Record<string, unknown>>;

const validation = (message: string): AwsError => new AwsError('ValidationError', message);

/** Refuses members that would be taken and ignored, by name. */
export const onlyKnown = refuseOthers('ValidationError');

export const required = (input: Input, member: string): string => {
  const value = input[member];
  if (typeof value === 'string' && value !== '') return value;
  const name = `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
  throw validation(`1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must not be null`);
};

/** A name as IAM takes it: 64 characters for users and roles, 128 for policies. */
export const nameIn = (input: Input, member: string, longest = 64): string => {
  const value = required(input, member);
  if (NAME.test(value) && value.length <= longest) return value;
  throw validation(
    `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
  );
};

export const pathIn = (input: Input): string => {
  const path = input['Path'] ?? '/';
  if (typeof path === 'string' && /^\/(?:[!-~]{1,510}\/)?$/.test(path)) return path;
  throw validation(
    'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  );
};
