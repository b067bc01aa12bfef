import { AwsError } from '../errors.ts';

type Input = Readonly<Record<string, unknown>>;
type Tags = readonly (readonly [key: string, value: string])[];

/** Of an object (User Guide, "Categorizing your objects using tags"). */
const MOST = 10;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** As they were given: in the header, URL-encoded, or as the request's body. */
export const tagsIn = (input: Input): Tags => {
  const given = input['Tagging'];
  if (typeof given === 'string') return [...new URLSearchParams(given)];
  const set = (given as { readonly TagSet?: unknown } | undefined)?.TagSet;
  if (!Array.isArray(set)) return [];
  return set.map(({ Key, Value }: Input) => [String(Key ?? ''), String(Value ?? '')] as const);
};

const invalidTag = (message: string): AwsError => new AwsError('InvalidTag', message);

const checkTag = ([key, value]: Tags[number]): void => {
  if (key === '' || key.length > LONGEST_KEY) throw invalidTag('The TagKey you have provided is invalid');
  if (value.length > LONGEST_VALUE) throw invalidTag('The TagValue you have provided is invalid');
  if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key) || /^aws:/i.test(key))
    throw invalidTag('The TagKey you have provided is invalid');
  if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(value)) throw invalidTag('The TagValue you have provided is invalid');
};

/** The tags of a request, if an object may have them. */
export const readTags = (input: Input): Tags => {
  const tags = tagsIn(input);
  if (tags.length > MOST) throw new AwsError('BadRequest', `Object tags cannot be greater than ${MOST}`);
  tags.forEach(checkTag);
  if (new Set(tags.map(([key]) => key)).size < tags.length) throw invalidTag('Cannot provide multiple Tags with the same key');
  return tags;
};
