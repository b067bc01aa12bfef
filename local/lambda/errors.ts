import { AwsError } from '../errors.ts';

export const invalid = (message: string): AwsError => new AwsError('InvalidParameterValueException', message);

/** What Lambda has and the local one has not is refused by its name. */
export const unsupported = (name: string): AwsError => invalid(`The parameter ${name} is not supported by the local cloud`);
