import type { AttributeValue } from '../attribute-value.ts';
import { type Parsing, type Path, parsePath } from './paths.ts';

export interface PathOperand {
  readonly kind: 'path';
  readonly path: Path;
}

/** A placeholder of ExpressionAttributeValues; without a value if it is not defined, which the findings then tell. */
export interface ValueOperand {
  readonly kind: 'value';
  readonly value: AttributeValue | undefined;
}

export interface Call<Argument> {
  readonly kind: 'call';
  readonly name: string;
  readonly operands: readonly Argument[];
}

export const parseValue = ({ cursor, findings, placeholders }: Parsing): ValueOperand => {
  if (cursor.peek().kind !== 'value') cursor.fail();
  const alias = cursor.take().text;
  const value = placeholders.value(alias);
  if (value === undefined) {
    findings.note(
      'undefined value',
      `An expression attribute value used in expression is not defined; attribute value: ${alias}`,
    );
  }
  return { kind: 'value', value };
};

export const parsePathOperand = (parsing: Parsing): PathOperand => ({ kind: 'path', path: parsePath(parsing) });

export const startsCall = ({ cursor }: Parsing): boolean =>
  cursor.peek().kind === 'word' && cursor.peek(1).kind === 'symbol' && cursor.peek(1).text === '(';

export const parseCall = <Argument>(parsing: Parsing, parseOperand: () => Argument): Call<Argument> => {
  const { cursor } = parsing;
  const name = cursor.take().text;
  cursor.expectSymbol('(');
  const operands = [parseOperand()];
  while (cursor.takeSymbol(',')) operands.push(parseOperand());
  cursor.expectSymbol(')');
  return { kind: 'call', name, operands };
};
