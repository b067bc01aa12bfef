import { type AttributeType, typeOf } from '../attribute-value.ts';
import type { Findings } from './findings.ts';
import type { Call, ValueOperand } from './operands.ts';
import type { UpdateOperand } from './update.ts';

/** AWS spells types out in the messages of ADD and DELETE alone. */
const SPELLED: Readonly<Record<AttributeType, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
  L: 'LIST',
  M: 'MAP',
};
const SETS: readonly AttributeType[] = ['SS', 'NS', 'BS'];

const checkLiterals = (label: string, operands: readonly UpdateOperand[], allowed: AttributeType, findings: Findings): void => {
  for (const operand of operands) {
    if (operand.kind !== 'value' || operand.value === undefined) continue;
    const type = typeOf(operand.value);
    if (type === allowed) continue;
    findings.note(
      'operand type',
      `Incorrect operand type for operator or function; operator or function: ${label}, operand type: ${type}`,
    );
  }
};

export const checkUpdateCall = (call: Call<UpdateOperand>, findings: Findings): void => {
  if (call.name !== 'if_not_exists' && call.name !== 'list_append') {
    findings.note('unknown function', `Invalid function name; function: ${call.name}`);
    return;
  }
  if (call.operands.length !== 2) {
    const counted = `operator or function: ${call.name}, number of operands: ${call.operands.length}`;
    findings.note('operand count', `Incorrect number of operands for operator or function; ${counted}`);
  }
  if (call.name === 'list_append') checkLiterals('list_append', call.operands, 'L', findings);
  else if (call.operands[0]?.kind !== 'path') {
    findings.note('operand type', 'Operator or function requires a document path; operator or function: if_not_exists');
  }
};

export const checkSum = (sign: '+' | '-', operands: readonly UpdateOperand[], findings: Findings): void =>
  checkLiterals(sign, operands, 'N', findings);

/** ADD takes numbers and sets, DELETE sets. */
export const checkAddOrDelete = (kind: 'ADD' | 'DELETE', { value }: ValueOperand, findings: Findings): void => {
  if (value === undefined) return;
  const type = typeOf(value);
  if (SETS.includes(type) || (kind === 'ADD' && type === 'N')) return;
  const what = `operator: ${kind}, operand type: ${SPELLED[type]}, typeSet: ALLOWED_FOR_${kind}_OPERAND`;
  findings.note('operand type', `Incorrect operand type for operator or function; ${what}`);
};
