import { COMPARATORS, type Comparator, type Condition, type Operand } from './condition.ts';
import { checkBounds, checkChoices, checkComparison, checkOperandTypes, checkPlace, checkSignature } from './condition-checks.ts';
import { cursorOf } from './cursor.ts';
import { findingsIn } from './findings.ts';
import { type Call, parseCall, parsePathOperand, parseValue, startsCall } from './operands.ts';
import type { Parsing } from './paths.ts';
import type { Placeholders } from './placeholders.ts';

/** What stands at one place: an operand or a whole condition; `grouped`: in parentheses. Which is allowed shows from what follows. */
type Term =
  | { readonly operand: Operand; readonly grouped: boolean }
  | { readonly condition: Condition; readonly grouped: boolean };

const KEYWORDS = ['AND', 'OR', 'NOT', 'BETWEEN', 'IN'];

const isComparator = (text: string): text is Comparator => COMPARATORS.some((comparator) => comparator === text);

const checkedCall = (parsing: Parsing): Call<Operand> => {
  const call = parseCall(parsing, () => parseOperand(parsing));
  checkSignature(call, parsing.findings);
  checkOperandTypes(call, parsing.findings);
  return call;
};

const parseSimple = (parsing: Parsing): Operand => {
  const { cursor } = parsing;
  if (KEYWORDS.some((word) => cursor.isKeyword(word))) cursor.fail();
  if (cursor.peek().kind === 'value') return parseValue(parsing);
  return startsCall(parsing) ? checkedCall(parsing) : parsePathOperand(parsing);
};

const parseGroup = (parsing: Parsing): Term => {
  parsing.cursor.expectSymbol('(');
  const inner = parseOr(parsing);
  parsing.cursor.expectSymbol(')');
  if (inner.grouped) parsing.findings.note('parentheses', 'The expression has redundant parentheses;');
  return { ...inner, grouped: true };
};

const parseTerm = (parsing: Parsing): Term =>
  parsing.cursor.isSymbol('(') ? parseGroup(parsing) : { operand: parseSimple(parsing), grouped: false };

const asOperand = (term: Term, { cursor, findings }: Parsing): Operand => {
  if ('condition' in term) return cursor.fail();
  if (term.operand.kind === 'call') checkPlace(term.operand, true, findings);
  return term.operand;
};

const asCondition = (term: Term, { cursor, findings }: Parsing): Condition => {
  if ('condition' in term) return term.condition;
  if (term.operand.kind !== 'call') return cursor.fail();
  checkPlace(term.operand, false, findings);
  return term.operand;
};

const parseOperand = (parsing: Parsing): Operand => asOperand(parseTerm(parsing), parsing);

const parseChoices = (parsing: Parsing): readonly Operand[] => {
  parsing.cursor.expectSymbol('(');
  const choices = [parseOperand(parsing)];
  while (parsing.cursor.takeSymbol(',')) choices.push(parseOperand(parsing));
  parsing.cursor.expectSymbol(')');
  return choices;
};

const parseBetween = (parsing: Parsing, operand: Operand): Condition => {
  const low = parseOperand(parsing);
  parsing.cursor.expectKeyword('AND');
  const high = parseOperand(parsing);
  checkBounds(low, high, parsing.findings);
  return { kind: 'between', operand, low, high };
};

const parseComparison = (parsing: Parsing): Term => {
  const { cursor, findings } = parsing;
  const first = parseTerm(parsing);
  const { text } = cursor.peek();
  if (isComparator(text)) {
    const left = asOperand(first, parsing);
    cursor.take();
    const right = parseOperand(parsing);
    checkComparison(text, left, right, findings);
    return { condition: { kind: 'compare', comparator: text, left, right }, grouped: false };
  }
  if (cursor.isKeyword('BETWEEN')) {
    const operand = asOperand(first, parsing);
    cursor.take();
    return { condition: parseBetween(parsing, operand), grouped: false };
  }
  if (!cursor.isKeyword('IN')) return first;
  const operand = asOperand(first, parsing);
  cursor.take();
  const choices = parseChoices(parsing);
  checkChoices(operand, choices, findings);
  return { condition: { kind: 'in', operand, choices }, grouped: false };
};

const parseNot = (parsing: Parsing): Term => {
  if (!parsing.cursor.takeKeyword('NOT')) return parseComparison(parsing);
  return { condition: { kind: 'not', condition: asCondition(parseNot(parsing), parsing) }, grouped: false };
};

const parseJoined = (
  parsing: Parsing,
  keyword: 'AND' | 'OR',
  kind: 'and' | 'or',
  parseNext: (parsing: Parsing) => Term,
): Term => {
  const first = parseNext(parsing);
  if (!parsing.cursor.isKeyword(keyword)) return first;
  let joined = asCondition(first, parsing);
  while (parsing.cursor.takeKeyword(keyword)) {
    joined = { kind, left: joined, right: asCondition(parseNext(parsing), parsing) };
  }
  return { condition: joined, grouped: false };
};

const parseAnd = (parsing: Parsing): Term => parseJoined(parsing, 'AND', 'and', parseNot);
const parseOr = (parsing: Parsing): Term => parseJoined(parsing, 'OR', 'or', parseAnd);

/** Parses a condition; `parameter` (ConditionExpression, FilterExpression, KeyConditionExpression) begins every message. */
export const parseCondition = (source: string, parameter: string, placeholders: Placeholders): Condition => {
  const cursor = cursorOf(source, parameter);
  const findings = findingsIn(parameter, [
    'parentheses',
    'unknown function',
    'misused function',
    'reserved word',
    'undefined name',
    'undefined value',
    'operand count',
    'same operand',
    'operand type',
  ]);
  const parsing: Parsing = { cursor, findings, placeholders };
  const condition = asCondition(parseOr(parsing), parsing);
  cursor.expectEnd();
  findings.report();
  return condition;
};
