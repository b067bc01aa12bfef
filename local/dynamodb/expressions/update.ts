import type { Call, PathOperand, ValueOperand } from './operands.ts';
import type { Path } from './paths.ts';

export type UpdateOperand = PathOperand | ValueOperand | Call<UpdateOperand>;

/** What a SET may assign: one operand, or two added or subtracted. */
export type Assigned =
  | UpdateOperand
  | { readonly kind: 'sum'; readonly sign: '+' | '-'; readonly left: UpdateOperand; readonly right: UpdateOperand };

/** One action of an UpdateExpression. Their paths do not overlap, so their order does not matter. */
export type UpdateAction =
  | { readonly kind: 'SET'; readonly path: Path; readonly assigned: Assigned }
  | { readonly kind: 'REMOVE'; readonly path: Path }
  | { readonly kind: 'ADD' | 'DELETE'; readonly path: Path; readonly operand: ValueOperand };

export type Update = readonly UpdateAction[];
