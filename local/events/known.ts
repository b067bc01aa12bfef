import { AwsError } from '../errors.ts';

export const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

/** Refuses by name what this cloud does not do. */
export const onlyKnown = (input: Readonly<Record<string, unknown>>, known: readonly string[], where: string): void => {
  const other = Object.keys(input).find((member) => input[member] !== undefined && !known.includes(member));
  if (other !== undefined) throw invalid(`the local cloud does not know the parameter "${other}" of ${where}.`);
};
