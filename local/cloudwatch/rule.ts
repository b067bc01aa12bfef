import type { Place } from '../place.ts';
import type { AlarmState } from '../ports.ts';
import { alarmArn, invalid } from './store.ts';

export type Condition = (stateOf: (alarmName: string) => AlarmState | undefined) => boolean;

const TOKEN = /\s*(?:(\(|\)|AND\b|OR\b|NOT\b|TRUE\b|FALSE\b)|(ALARM|OK|INSUFFICIENT_DATA)\(\s*(?:"([^"]+)"|([^\s()"]+))\s*\))/y;

interface Token {
  readonly word?: string;
  readonly state?: AlarmState;
  readonly alarm?: string;
}

/** Alarms of a rule are of one account and region: another's ARN names none of them. */
const tokens = (place: Place, text: string): Token[] => {
  const prefix = alarmArn(place, '');
  const found: Token[] = [];
  for (let at = 0; text.slice(at).trim() !== ''; ) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null)
      throw invalid(`AlarmRule must not contain an invalid expression near "${text.slice(at, at + 20).trim()}"`);
    const [, word, state, quoted, plain = ''] = match;
    const name = quoted ?? plain;
    found.push(
      word === undefined
        ? { state: state as AlarmState, alarm: name.startsWith(prefix) ? name.slice(prefix.length) : name }
        : { word },
    );
    at = TOKEN.lastIndex;
  }
  return found;
};

/** NOT binds closer than AND, AND closer than OR (API reference, PutCompositeAlarm). */
export const parseRule = (
  place: Place,
  text: string,
): { readonly text: string; readonly holds: Condition; readonly alarms: readonly string[] } => {
  const rest = tokens(place, text);
  const alarms = rest.flatMap(({ alarm }) => alarm ?? []);
  const holds = anyOf(rest);
  if (rest.length > 0) throw invalid('AlarmRule must not contain an incomplete expression');
  return { text, holds, alarms };
};

const series = (rest: Token[], word: string, inner: (rest: Token[]) => Condition): Condition[] => {
  const parts = [inner(rest)];
  while (rest[0]?.word === word) {
    rest.shift();
    parts.push(inner(rest));
  }
  return parts;
};

const anyOf = (rest: Token[]): Condition => {
  const parts = series(rest, 'OR', allOf);
  return (stateOf) => parts.some((part) => part(stateOf));
};

const allOf = (rest: Token[]): Condition => {
  const parts = series(rest, 'AND', one);
  return (stateOf) => parts.every((part) => part(stateOf));
};

const one = (rest: Token[]): Condition => {
  const token = rest.shift();
  if (token?.word === 'NOT') {
    const inner = one(rest);
    return (stateOf) => !inner(stateOf);
  }
  if (token?.word === '(') {
    const inner = anyOf(rest);
    if (rest.shift()?.word !== ')') throw invalid('AlarmRule must not contain unbalanced parentheses');
    return inner;
  }
  if (token?.word === 'TRUE' || token?.word === 'FALSE') return () => token.word === 'TRUE';
  const { state, alarm } = token ?? {};
  if (state === undefined || alarm === undefined) throw invalid('AlarmRule must not contain an incomplete expression');
  return (stateOf) => stateOf(alarm) === state;
};
