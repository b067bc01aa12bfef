import { type AttributeType, type AttributeValue, isAttributeType, typeOf } from '../attribute-value.ts';
import { compareValues } from '../values.ts';
import type { Comparator, Operand } from './condition.ts';
import type { Findings } from './findings.ts';
import type { Call } from './operands.ts';
import { printPath, samePath } from './paths.ts';

const OPERAND_COUNTS: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};
const MAX_CHOICES = 100;
const VALID_TYPES = '{B,NULL,SS,BOOL,L,BS,N,NS,S,M}';
const ORDERED: readonly AttributeType[] = ['S', 'N', 'B'];
const MEASURED: readonly AttributeType[] = ['S', 'B', 'SS', 'NS', 'BS', 'L', 'M'];

const literalOf = (operand: Operand | undefined): AttributeValue | undefined =>
  operand?.kind === 'value' ? operand.value : undefined;

const wrongOperandType = (label: string, type: string): string =>
  `Incorrect operand type for operator or function; ${label}, operand type: ${type}`;

/** A function that is not one of the six, or with more or fewer operands than it takes. */
export const checkSignature = (call: Call<Operand>, findings: Findings): void => {
  const count = Object.hasOwn(OPERAND_COUNTS, call.name) ? OPERAND_COUNTS[call.name] : undefined;
  if (count === undefined) findings.note('unknown function', `Invalid function name; function: ${call.name}`);
  else if (count !== call.operands.length) {
    const counted = `operator or function: ${call.name}, number of operands: ${call.operands.length}`;
    findings.note('operand count', `Incorrect number of operands for operator or function; ${counted}`);
  }
};

/** Only `size` gives a value; the others are conditions, and `size` is none. */
export const checkPlace = (call: Call<Operand>, wantsValue: boolean, findings: Findings): void => {
  if (!Object.hasOwn(OPERAND_COUNTS, call.name) || (call.name === 'size') === wantsValue) return;
  findings.note('misused function', `The function is not allowed to be used this way in an expression; function: ${call.name}`);
};

const checkAttributeType = (operand: Operand | undefined, findings: Findings): void => {
  const wanted = literalOf(operand);
  const label = 'operator or function: attribute_type';
  if (operand?.kind === 'value' && wanted === undefined) return;
  if (wanted === undefined) findings.note('operand type', wrongOperandType(label, '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}'));
  else if (!('S' in wanted)) findings.note('operand type', wrongOperandType(label, typeOf(wanted)));
  else if (!isAttributeType(wanted.S)) {
    findings.note('operand type', `Invalid attribute type name found; type: ${wanted.S}, valid types: ${VALID_TYPES}`);
  }
};

const checkLiteral = (
  operand: Operand | undefined,
  allowed: readonly AttributeType[],
  label: string,
  findings: Findings,
): void => {
  const literal = literalOf(operand);
  if (literal !== undefined && !allowed.includes(typeOf(literal))) {
    findings.note('operand type', wrongOperandType(label, typeOf(literal)));
  }
};

/** The operands' types, as far as they show in the expression itself. */
export const checkOperandTypes = (call: Call<Operand>, findings: Findings): void => {
  const [first, second] = call.operands;
  const label = `operator or function: ${call.name}`;
  if ((call.name === 'attribute_exists' || call.name === 'attribute_not_exists') && first?.kind !== 'path') {
    findings.note('operand type', `Operator or function requires a document path; ${label}`);
  }
  if (call.name === 'begins_with') for (const operand of call.operands) checkLiteral(operand, ['S', 'B'], label, findings);
  if (call.name === 'size') checkLiteral(first, MEASURED, label, findings);
  if (call.name === 'attribute_type') checkAttributeType(second, findings);
  if (second !== undefined) checkDistinct(call.name, first, second, findings);
};

const checkDistinct = (operator: string, left: Operand | undefined, right: Operand, findings: Findings): void => {
  if (left?.kind !== 'path' || right.kind !== 'path' || !samePath(left.path, right.path)) return;
  const what = `operator: ${operator}, first operand: ${printPath(left.path)}`;
  findings.note(
    'same operand',
    `The first operand must be distinct from the remaining operands for this operator or function; ${what}`,
  );
};

export const checkComparison = (comparator: Comparator, left: Operand, right: Operand, findings: Findings): void => {
  checkDistinct(comparator, left, right, findings);
  if (comparator === '=' || comparator === '<>') return;
  for (const operand of [left, right]) checkLiteral(operand, ORDERED, `operator: ${comparator}`, findings);
};

const printValue = (value: AttributeValue): string => {
  const [type = '', content = ''] = Object.entries(value)[0] ?? [];
  return `AttributeValue: {${type}:${String(content)}}`;
};

export const checkBounds = (lowOperand: Operand, highOperand: Operand, findings: Findings): void => {
  for (const operand of [lowOperand, highOperand]) checkLiteral(operand, ORDERED, 'operator: BETWEEN', findings);
  const low = literalOf(lowOperand);
  const high = literalOf(highOperand);
  if (low === undefined || high === undefined) return;
  const bounds = `lower bound operand: ${printValue(low)}, upper bound operand: ${printValue(high)}`;
  if (typeOf(low) !== typeOf(high)) {
    findings.note('operand type', `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`);
  } else if ((compareValues(low, high) ?? 0) > 0) {
    const rule = 'The BETWEEN operator requires upper bound to be greater than or equal to lower bound';
    findings.note('operand type', `${rule}; ${bounds}`);
  }
};

export const checkChoices = (operand: Operand, choices: readonly Operand[], findings: Findings): void => {
  for (const choice of choices) checkDistinct('IN', operand, choice, findings);
  if (choices.length <= MAX_CHOICES) return;
  findings.note('operand count', `The IN operator is provided with too many operands; number of operands: ${choices.length}`);
};
