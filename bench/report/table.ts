/** What stands in a cell: numbers are written with as many decimals as the column says. */
export type Cell = string | number;

export interface Column {
  readonly title: string;
  /** Decimals of the column's numbers; without them a number is written as it is. */
  readonly decimals?: number;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

const written = (cell: Cell, { decimals }: Column): string =>
  typeof cell === 'string' ? cell : decimals === undefined ? String(cell) : cell.toFixed(decimals);

/** A markdown table. Columns of numbers are aligned to the right. Throws for a row that has not one cell for each column. */
export const markdown = ({ columns, rows }: Table): string => {
  const crooked = rows.find((row) => row.length !== columns.length);
  if (crooked !== undefined)
    throw new Error(`a row has ${crooked.length} cells for ${columns.length} columns: ${crooked.join(', ')}`);
  const numeric = columns.map((_, index) => rows.some((row) => typeof row[index] === 'number'));
  const texts = rows.map((row) => columns.map((column, index) => written(row[index] ?? '', column)));
  return [
    line(columns.map(({ title }) => title)),
    line(numeric.map((right) => (right ? '---:' : '---'))),
    ...texts.map(line),
  ].join('\n');
};

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
