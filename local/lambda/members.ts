import { invalid, unsupported } from './errors.ts';

type Input = Readonly<Record<string, unknown>>;

/** Refuses, by name, what the action does not do. */
export const onlyMembers = (input: Input, allowed: readonly string[]): void => {
  const other = Object.keys(input).find((name) => input[name] !== undefined && !allowed.includes(name));
  if (other !== undefined) throw unsupported(other);
};

export const textOf = (input: Input, name: string): string | undefined => {
  const value = input[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`${name} must be a string`);
};

export const requiredText = (input: Input, name: string): string => {
  const value = textOf(input, name);
  if (value === undefined || value === '') throw invalid(`${name} is required`);
  return value;
};

/** A whole number, also as text: the parameters of a URL are. */
export const integerOf = (input: Input, name: string): number | undefined => {
  const value = input[name];
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  throw invalid(`${name} must be a whole number`);
};

export const booleanOf = (input: Input, name: string): boolean | undefined => {
  const value = input[name];
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalid(`${name} must be a boolean`);
};

export const textsOf = (input: Input, name: string): readonly string[] | undefined => {
  const value = input[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
  throw invalid(`${name} must be a list of strings`);
};

/** One page of a list: `key` of the last item is the marker of the next page. */
export const pageOf = <Item>(items: readonly Item[], key: (item: Item) => string, input: Input, most: number) => {
  const marker = textOf(input, 'Marker');
  const size = integerOf(input, 'MaxItems') ?? most;
  if (size < 1 || size > 10_000) throw invalid(`MaxItems must be between 1 and 10000, not ${size}`);
  const sorted = [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const rest = marker === undefined ? sorted : sorted.filter((item) => key(item) > marker);
  const page = rest.slice(0, Math.min(size, most));
  const last = page.at(-1);
  return { page, ...(page.length < rest.length && last !== undefined ? { NextMarker: key(last) } : {}) };
};
