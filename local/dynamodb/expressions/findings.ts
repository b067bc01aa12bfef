import { validationError } from '../errors.ts';

/**
 * What is wrong with an expression whose syntax is right. AWS reports one thing, and which one does not depend on where in the
 * expression it stands but on its kind; the order of kinds differs between conditions and updates.
 */
type FindingKind =
  | 'parentheses'
  | 'unknown function'
  | 'misused function'
  | 'reserved word'
  | 'repeated section'
  | 'undefined name'
  | 'undefined value'
  | 'operand count'
  | 'same operand'
  | 'overlapping paths'
  | 'conflicting paths'
  | 'operand type';

export interface Findings {
  /** The first of each kind counts. */
  note(kind: FindingKind, message: string): void;
  /** Throws what comes first in the order of kinds. */
  report(): void;
}

export const findingsIn = (parameter: string, order: readonly FindingKind[]): Findings => {
  const found = new Map<FindingKind, string>();
  return {
    note(kind, message) {
      if (!found.has(kind)) found.set(kind, message);
    },
    report() {
      const first = order.find((kind) => found.has(kind));
      if (first !== undefined) throw validationError(`Invalid ${parameter}: ${found.get(first)}`);
    },
  };
};
