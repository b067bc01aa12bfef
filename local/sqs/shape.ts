import { invalidParameterValue, missingParameter, serializationError } from './errors.ts';

/**
 * Readers of request members: each takes what the JSON protocol carried and gives it a type. `path` is the member's name as
 * AWS's messages write it. The messages of a wrong JSON type are those of AWS's deserializer.
 */
export type Reader<T> = (value: unknown, path: string) => T;

const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

/** Numbers and booleans are taken as their text, as on AWS. */
export const string: Reader<string> = (value, path) => {
  if (isAbsent(value)) throw missingParameter(path);
  if (Array.isArray(value)) throw serializationError('Unrecognized collection type class java.lang.String');
  if (typeof value === 'object') throw serializationError('Start of structure or map found where not expected.');
  return String(value);
};

/** A text that must not be empty either. */
export const text: Reader<string> = (value, path) => {
  const given = string(value, path);
  if (given === '') throw missingParameter(path);
  return given;
};

export const integer: Reader<number> = (value, path) => {
  if (isAbsent(value)) throw missingParameter(path);
  if (typeof value === 'number') return Math.trunc(value);
  if (Array.isArray(value)) throw serializationError('Start of list found where not expected');
  if (typeof value === 'object') throw serializationError('Start of structure or map found where not expected.');
  throw serializationError(
    `${typeof value === 'string' ? 'STRING' : String(value).toUpperCase()}_VALUE can not be converted to an Integer`,
  );
};

export const list =
  <T>(member: Reader<T>): Reader<readonly T[]> =>
  (value, path) => {
    if (isAbsent(value)) throw missingParameter(path);
    if (!Array.isArray(value)) throw serializationError('Expected list or null');
    return value.map((one, index) => member(one, `${path}.${index + 1}`));
  };

/** The members of a structure or the entries of a map. */
export const record: Reader<Readonly<Record<string, unknown>>> = (value, path) => {
  if (isAbsent(value)) throw missingParameter(path);
  if (typeof value !== 'object') throw serializationError('Expected map or null');
  return value as Readonly<Record<string, unknown>>;
};

/** Entries without a value are as good as absent. */
export const map =
  <T>(member: Reader<T>): Reader<Readonly<Record<string, T>>> =>
  (value, path) => {
    const entries = Object.entries(record(value, path)).filter(([, one]) => !isAbsent(one));
    return Object.fromEntries(entries.map(([name, one]) => [name, member(one, `${path}.${name}`)]));
  };

export const optional =
  <T>(reader: Reader<T>): Reader<T | undefined> =>
  (value, path) =>
    isAbsent(value) ? undefined : reader(value, path);

/** Read later, by the code that knows its rules. */
export const anything: Reader<unknown> = (value) => value;

type Members = Readonly<Record<string, Reader<unknown>>>;
export type Read<M extends Members> = { readonly [Name in keyof M]: ReturnType<M[Name]> };

/** A structure, with nothing in it that the local cloud would pass over in silence. `path` is '' for a whole request. */
export const structure =
  <M extends Members>(members: M): Reader<Read<M>> =>
  (value, path) => {
    const given = record(value, path);
    const unknown = Object.keys(given).find((name) => !Object.hasOwn(members, name) && !isAbsent(given[name]));
    if (unknown !== undefined) throw invalidParameterValue(`The parameter '${unknown}' is not supported by the local cloud.`);
    const prefix = path === '' ? '' : `${path}.`;
    const read = Object.entries(members).map(([name, reader]) => [name, reader(given[name], prefix + name)]);
    return Object.fromEntries(read) as Read<M>;
  };
