import { wrongType } from './attribute-value.ts';
import { serializationError, unsupported, validationError } from './errors.ts';

/**
 * Readers of request members: each takes what the wire carried and gives it a type. What breaks a constraint is collected, so
 * that AWS's one message can tell of all; a wrong JSON type ends the reading at once, as on AWS.
 */
export type Reader<T> = (value: unknown, place: Place) => T;

interface Place {
  /** `transactItems.1.member.put`, as AWS's messages name members. */
  readonly path: string;
  readonly problems: string[];
}

const within = (place: Place, member: string): Place => ({
  path: place.path === '' ? member : `${place.path}.${member}`,
  problems: place.problems,
});

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const upperFirst = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** A value as AWS's messages print it. */
const printed = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([name, member]) => `${name}=${printed(member)}`);
  return `{${members.join(', ')}}`;
};

const complain = (place: Place, value: unknown, constraint: string): void => {
  const shown = value === undefined || value === null ? 'null' : `'${printed(value)}'`;
  place.problems.push(`Value ${shown} at '${place.path}' failed to satisfy constraint: ${constraint}`);
};

/** A missing member is noted; the reading goes on with a value nobody will see, since the request is refused in the end. */
const present = (value: unknown, place: Place): boolean => {
  if (value !== undefined && value !== null) return true;
  complain(place, value, 'Member must not be null');
  return false;
};

const checkLength = (
  place: Place,
  value: unknown,
  length: number,
  limits: { readonly min?: number; readonly max?: number },
): void => {
  if (limits.min !== undefined && length < limits.min) {
    complain(place, value, `Member must have length greater than or equal to ${limits.min}`);
  }
  if (limits.max !== undefined && length > limits.max) {
    complain(place, value, `Member must have length less than or equal to ${limits.max}`);
  }
};

interface StringLimits {
  readonly min?: number;
  readonly max?: number;
  /** As AWS writes it; it must match the whole text. */
  readonly pattern?: string;
}

export const string =
  (limits: StringLimits = {}): Reader<string> =>
  (value, place) => {
    if (!present(value, place)) return '';
    if (typeof value !== 'string') throw wrongType(value, 'String');
    checkLength(place, value, value.length, limits);
    if (limits.pattern !== undefined && value !== '' && !new RegExp(`^(?:${limits.pattern})$`).test(value)) {
      complain(place, value, `Member must satisfy regular expression pattern: ${limits.pattern}`);
    }
    return value;
  };

export const oneOf =
  <const Choice extends string>(...choices: readonly Choice[]): Reader<Choice> =>
  (value, place) => {
    const text = string()(value, place);
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined && typeof value === 'string') {
      complain(place, value, `Member must satisfy enum value set: [${choices.join(', ')}]`);
    }
    return choice ?? (text as Choice);
  };

export const integer =
  (limits: { readonly min?: number; readonly max?: number } = {}): Reader<number> =>
  (value, place) => {
    if (!present(value, place)) return 0;
    if (typeof value !== 'number') throw wrongType(value, 'Integer');
    const whole = Math.floor(value);
    if (limits.min !== undefined && whole < limits.min) {
      complain(place, whole, `Member must have value greater than or equal to ${limits.min}`);
    }
    if (limits.max !== undefined && whole > limits.max) {
      complain(place, whole, `Member must have value less than or equal to ${limits.max}`);
    }
    return whole;
  };

export const boolean: Reader<boolean> = (value, place) => {
  if (!present(value, place)) return false;
  if (typeof value !== 'boolean') throw wrongType(value, 'Boolean');
  return value;
};

/** Read later, by the code that knows its rules. */
export const anything: Reader<unknown> = (value, place) => {
  present(value, place);
  return value;
};

const recordOf = (value: unknown): Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw serializationError('Unexpected field type');
  return value as Readonly<Record<string, unknown>>;
};

interface ListLimits {
  readonly min?: number;
  readonly max?: number;
  /** AWS's name of the members' type, which its messages print. */
  readonly element?: string;
}

const printedElements = (values: readonly unknown[], element: string): string => {
  const members = values.map((value) =>
    Object.entries(recordOf(value))
      .map(([name, member]) => `${lowerFirst(name)}=${printed(member)}`)
      .join(', '),
  );
  return `[${members.map((shown) => `${element}(${shown})`).join(', ')}]`;
};

export const list =
  <T>(member: Reader<T>, limits: ListLimits = {}): Reader<readonly T[]> =>
  (value, place) => {
    if (!present(value, place)) return [];
    if (!Array.isArray(value)) throw serializationError('Unexpected field type');
    checkLength(place, limits.element === undefined ? value : printedElements(value, limits.element), value.length, limits);
    return value.map((one, index) => member(one, within(place, `${index + 1}.member`)));
  };

export const map =
  <T>(member: Reader<T>): Reader<Readonly<Record<string, T>>> =>
  (value, place) => {
    if (!present(value, place)) return {};
    const entries = Object.entries(recordOf(value));
    return Object.fromEntries(entries.map(([name, one]) => [name, member(one, within(place, `${name}.member`))]));
  };

export const optional =
  <T>(reader: Reader<T>): Reader<T | undefined> =>
  (value, place) =>
    value === undefined || value === null ? undefined : reader(value, place);

/** A member that AWS knows and the local cloud refuses, by name. */
export const refused: Reader<undefined> = (value, place) => {
  if (value !== undefined && value !== null) throw unsupported(upperFirst(place.path.slice(place.path.lastIndexOf('.') + 1)));
  return undefined;
};

type Members = Readonly<Record<string, Reader<unknown>>>;
type Read<M extends Members> = { readonly [Name in keyof M]: ReturnType<M[Name]> };

export const structure =
  <M extends Members>(members: M): Reader<Read<M>> =>
  (value, place) => {
    const given = present(value, place) ? recordOf(value) : {};
    const unknown = Object.keys(given).find(
      (name) => !Object.hasOwn(members, name) && given[name] !== undefined && given[name] !== null,
    );
    if (unknown !== undefined) throw unsupported(unknown);
    const read = Object.entries(members).map(([name, reader]) => [name, reader(given[name], within(place, lowerFirst(name)))]);
    return Object.fromEntries(read) as Read<M>;
  };

const envelope = (problems: readonly string[]): string =>
  `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected: ${problems.join('; ')}`;

/** Reads a whole request; throws one ValidationException that tells of every broken constraint. */
export const readInput = <T>(reader: Reader<T>, input: unknown): T => {
  const problems: string[] = [];
  const request = reader(input, { path: '', problems });
  if (problems.length > 0) throw validationError(envelope(problems));
  return request;
};
