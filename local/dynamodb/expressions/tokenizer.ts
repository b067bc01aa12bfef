type TokenKind = 'word' | 'name' | 'value' | 'number' | 'symbol' | 'unknown' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offsets in the source, for messages. */
  readonly start: number;
  readonly end: number;
}

const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['word', /[a-zA-Z_][a-zA-Z0-9_]*/y],
  ['name', /#[a-zA-Z0-9_]+/y],
  ['value', /:[a-zA-Z0-9_]+/y],
  ['number', /[0-9]+/y],
  ['symbol', /<=|>=|<>|[=<>()[\],.+-]/y],
  ['unknown', /./suy],
];

const SPACE = /[ \t\r\n]*/y;

const skipSpace = (source: string, from: number): number => {
  SPACE.lastIndex = from;
  SPACE.exec(source);
  return SPACE.lastIndex;
};

const tokenAt = (source: string, start: number): Token => {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) return { kind, text, start, end: start + text.length };
  }
  return { kind: 'end', text: '<EOF>', start, end: start };
};

/** Splits an expression. It never fails: what belongs to no token is a token of its own kind, which the parser refuses. */
export const tokenize = (source: string): readonly Token[] => {
  const tokens: Token[] = [];
  for (let at = skipSpace(source, 0); ; at = skipSpace(source, at)) {
    const token = tokenAt(source, at);
    tokens.push(token);
    if (token.kind === 'end') return tokens;
    at = token.end;
  }
};
