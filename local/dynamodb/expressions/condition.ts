import type { Call, PathOperand, ValueOperand } from './operands.ts';

export type Operand = PathOperand | ValueOperand | Call<Operand>;

export const COMPARATORS = ['=', '<>', '<', '<=', '>', '>='] as const;
export type Comparator = (typeof COMPARATORS)[number];

/** A parsed ConditionExpression, FilterExpression or KeyConditionExpression. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly choices: readonly Operand[] }
  | Call<Operand>;

const operandsOf = (condition: Condition): readonly Operand[] => {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return [...operandsOf(condition.left), ...operandsOf(condition.right)];
    case 'not':
      return operandsOf(condition.condition);
    case 'compare':
      return [condition.left, condition.right];
    case 'between':
      return [condition.operand, condition.low, condition.high];
    case 'in':
      return [condition.operand, ...condition.choices];
    case 'call':
      return condition.operands;
  }
};

const pathsIn = (operand: Operand): readonly PathOperand['path'][] => {
  if (operand.kind === 'path') return [operand.path];
  return operand.kind === 'call' ? operand.operands.flatMap(pathsIn) : [];
};

/** Every document path the condition mentions. */
export const pathsOf = (condition: Condition): readonly PathOperand['path'][] => operandsOf(condition).flatMap(pathsIn);
