/** The middle of the values; of an even number of them, the mean of the two in the middle. Throws for no values. */
export const median = (values: readonly number[]): number => {
  const sorted = inOrder(values);
  const middle = Math.floor(sorted.length / 2);
  const upper = at(sorted, middle);
  return sorted.length % 2 === 1 ? upper : (at(sorted, middle - 1) + upper) / 2;
};

/** The nearest-rank percentile: the least value that at least `percent` of all values do not exceed. Throws for no values. */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = inOrder(values);
  return at(sorted, Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1);
};

/** Throws for no values. */
export const mean = (values: readonly number[]): number => inOrder(values).reduce((sum, value) => sum + value, 0) / values.length;

const inOrder = (values: readonly number[]): readonly number[] => {
  if (values.length === 0) throw new Error('there is nothing to measure: no values');
  return values.toSorted((a, b) => a - b);
};

const at = (values: readonly number[], index: number): number => values[index] ?? Number.NaN;
