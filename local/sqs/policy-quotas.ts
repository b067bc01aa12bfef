/** One statement of a queue's policy, as far as it is counted or found again. */
export interface Statement {
  readonly Sid?: string;
  readonly Action?: string | readonly string[];
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, object>>;
}

const count = (value: string | readonly string[] | undefined): number =>
  value === undefined ? 0 : typeof value === 'string' ? 1 : value.length;

const principals = ({ Principal: principal }: Statement): number =>
  typeof principal === 'object' ? Object.values(principal).reduce((sum, names) => sum + count(names), 0) : count(principal);

const conditions = ({ Condition: condition = {} }: Statement): number =>
  Object.values(condition).reduce((sum, keys) => sum + Object.keys(keys).length, 0);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Developer Guide, "Amazon SQS policy quotas". */
const QUOTAS: readonly (readonly [what: string, most: number, measure: (statements: readonly Statement[]) => number])[] = [
  ['statements', 20, (statements) => statements.length],
  ['principals', 50, (statements) => sum(statements.map(principals))],
  ['conditions', 10, (statements) => sum(statements.map(conditions))],
  ['actions in a statement', 7, (statements) => Math.max(0, ...statements.map(({ Action }) => count(Action)))],
];

/** What a queue's policy has too many of: `21 statements, of 20 at most`. */
export const tooMany = (statements: readonly Statement[]): string | undefined => {
  const found = QUOTAS.find(([, most, measure]) => measure(statements) > most);
  return found === undefined ? undefined : `${found[2](statements)} ${found[0]}, of ${found[1]} at most`;
};
