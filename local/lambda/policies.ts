import type { LambdaStore } from './store.ts';

/** A statement of a function's policy, as AddPermission writes it. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/** Whose policy it is: the function's own, or that of a version or an alias. */
export const policyOwner = (name: string, qualifier: string | undefined): string =>
  qualifier === undefined || qualifier === '$LATEST' ? name : `${name}:${qualifier}`;

export const statementsOf = ({ policies }: LambdaStore, owner: string): readonly PolicyStatement[] =>
  (policies.get(owner) as { readonly Statement: readonly PolicyStatement[] } | undefined)?.Statement ?? [];
