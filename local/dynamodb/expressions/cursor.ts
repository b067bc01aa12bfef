import { validationError } from '../errors.ts';
import { type Token, tokenize } from './tokenizer.ts';

/** A place in an expression that is being parsed. */
export interface Cursor {
  /** The next token, or the one `ahead` of it. */
  peek(ahead?: number): Token;
  take(): Token;
  isSymbol(text: string): boolean;
  /** Keywords are words in any case. */
  isKeyword(word: string): boolean;
  takeSymbol(text: string): boolean;
  takeKeyword(word: string): boolean;
  expectSymbol(text: string): void;
  expectKeyword(word: string): void;
  expectEnd(): void;
  /** The next token does not belong here: AWS's message names it with its neighbours. */
  fail(): never;
}

/** An expression's text (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html). */
const MAX_BYTES = 4096;
const END: Token = { kind: 'end', text: '<EOF>', start: 0, end: 0 };

/** `kind` is the parameter's name; every message begins with it. */
export const cursorOf = (source: string, kind: string): Cursor => {
  if (source.trim() === '') throw validationError(`Invalid ${kind}: The expression can not be empty;`);
  const bytes = Buffer.byteLength(source);
  if (bytes > MAX_BYTES) {
    throw validationError(`Invalid ${kind}: Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
  }
  const tokens = tokenize(source);
  let next = 0;
  const peek = (ahead = 0): Token => tokens[Math.min(next + ahead, tokens.length - 1)] ?? END;
  const take = (): Token => {
    const token = peek();
    next += 1;
    return token;
  };
  const isSymbol = (text: string): boolean => peek().kind === 'symbol' && peek().text === text;
  const isKeyword = (word: string): boolean => peek().kind === 'word' && peek().text.toUpperCase() === word;
  const fail = (): never => {
    const token = peek();
    const near = source.slice((tokens[next - 1] ?? token).start, peek(1).end);
    throw validationError(`Invalid ${kind}: Syntax error; token: "${token.text}", near: "${near.trimEnd()}"`);
  };
  const takeIf = (matches: boolean): boolean => {
    if (matches) next += 1;
    return matches;
  };
  const expect = (matches: boolean): void => {
    if (!takeIf(matches)) fail();
  };
  return {
    peek,
    take,
    isSymbol,
    isKeyword,
    fail,
    takeSymbol: (text) => takeIf(isSymbol(text)),
    takeKeyword: (word) => takeIf(isKeyword(word)),
    expectSymbol: (text) => expect(isSymbol(text)),
    expectKeyword: (word) => expect(isKeyword(word)),
    expectEnd: () => expect(peek().kind === 'end'),
  };
};
