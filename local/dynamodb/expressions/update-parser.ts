import { cursorOf } from './cursor.ts';
import { findingsIn } from './findings.ts';
import { parseCall, parsePathOperand, parseValue, startsCall } from './operands.ts';
import { noteOverlap, type Parsing, parsePath } from './paths.ts';
import type { Placeholders } from './placeholders.ts';
import type { Assigned, Update, UpdateAction, UpdateOperand } from './update.ts';
import { checkAddOrDelete, checkSum, checkUpdateCall } from './update-checks.ts';

const SECTIONS = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;
type Section = (typeof SECTIONS)[number];

const parseOperand = (parsing: Parsing): UpdateOperand => {
  const { cursor, findings } = parsing;
  if (cursor.takeSymbol('(')) {
    const inner = parseOperand(parsing);
    cursor.expectSymbol(')');
    return inner;
  }
  if (cursor.peek().kind === 'value') return parseValue(parsing);
  if (!startsCall(parsing)) return parsePathOperand(parsing);
  const call = parseCall(parsing, () => parseOperand(parsing));
  checkUpdateCall(call, findings);
  return call;
};

const parseSum = (parsing: Parsing): Assigned => {
  const { cursor, findings } = parsing;
  const left = parseOperand(parsing);
  const sign = cursor.isSymbol('+') ? '+' : cursor.isSymbol('-') ? '-' : undefined;
  if (sign === undefined) return left;
  cursor.take();
  const right = parseOperand(parsing);
  checkSum(sign, [left, right], findings);
  return { kind: 'sum', sign, left, right };
};

/** Parentheses may stand around the whole sum; those around its first operand look the same until they close. */
const parseAssigned = (parsing: Parsing): Assigned => {
  const { cursor } = parsing;
  if (!cursor.isSymbol('(') || !wrapsSum(parsing)) return parseSum(parsing);
  cursor.expectSymbol('(');
  const sum = parseSum(parsing);
  cursor.expectSymbol(')');
  return sum;
};

/** Whether the parenthesis that opens here closes after a sign of its own level. */
const wrapsSum = ({ cursor }: Parsing): boolean => {
  for (let ahead = 0, depth = 0; cursor.peek(ahead).kind !== 'end'; ahead += 1) {
    const { text } = cursor.peek(ahead);
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth === 0) return false;
    if (depth === 1 && (text === '+' || text === '-')) return true;
  }
  return false;
};

const parseAction = (section: Section, parsing: Parsing): UpdateAction => {
  const path = parsePath(parsing);
  if (section === 'REMOVE') return { kind: section, path };
  if (section === 'SET') {
    parsing.cursor.expectSymbol('=');
    return { kind: section, path, assigned: parseAssigned(parsing) };
  }
  const operand = parseValue(parsing);
  checkAddOrDelete(section, operand, parsing.findings);
  return { kind: section, path, operand };
};

const parseSection = (parsing: Parsing): readonly UpdateAction[] => {
  const { cursor } = parsing;
  const section = SECTIONS.find((word) => cursor.isKeyword(word)) ?? cursor.fail();
  cursor.take();
  const actions = [parseAction(section, parsing)];
  while (cursor.takeSymbol(',')) actions.push(parseAction(section, parsing));
  return actions;
};

const noteRepeated = (sections: readonly (readonly UpdateAction[])[], { findings }: Parsing): void => {
  const kinds = sections.map(([first]) => first?.kind);
  const repeated = kinds.find((kind, index) => kinds.indexOf(kind) !== index);
  if (repeated === undefined) return;
  findings.note('repeated section', `The "${repeated}" section can only be used once in an update expression;`);
};

/** Parses an UpdateExpression; paths that overlap are refused. */
export const parseUpdate = (source: string, placeholders: Placeholders): Update => {
  const cursor = cursorOf(source, 'UpdateExpression');
  const findings = findingsIn('UpdateExpression', [
    'reserved word',
    'unknown function',
    'repeated section',
    'undefined name',
    'undefined value',
    'overlapping paths',
    'conflicting paths',
    'operand count',
    'operand type',
  ]);
  const parsing: Parsing = { cursor, findings, placeholders };
  const sections = [parseSection(parsing)];
  while (cursor.peek().kind !== 'end') sections.push(parseSection(parsing));
  noteRepeated(sections, parsing);
  const actions = sections.flat();
  const paths = actions.map((action) => action.path);
  for (const [index, path] of paths.entries()) noteOverlap(findings, paths.slice(0, index), path);
  findings.report();
  return actions;
};
