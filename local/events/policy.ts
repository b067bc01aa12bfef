import type { Bus } from './model.ts';

export interface Statement extends Readonly<Record<string, unknown>> {
  readonly Sid?: string;
}

/** The statements of a bus's policy; one alone may stand without a list. */
export const statementsOf = ({ policy }: Bus): readonly Statement[] => {
  const statement = policy?.['Statement'] ?? [];
  return (Array.isArray(statement) ? statement : [statement]) as readonly Statement[];
};
