import type { Table } from './report/table.ts';

/** What a measurement has found: tables, and what has to be said of this very run. */
export interface Findings {
  readonly tables: readonly Table[];
  /** Sentences below the tables. */
  readonly notes: readonly string[];
}

/** One figure of the pipeline. It makes all it needs, and leaves nothing. */
export interface Measurement {
  /** As it is asked for: `npm run bench -- <name>`; its section of docs/performance.md is marked by it. */
  readonly name: string;
  readonly about: string;
  /** `say` tells how far it is. Rejects where what was measured is not what was meant: a wrong figure is worse than none. */
  readonly run: (say: (line: string) => void) => Promise<Findings>;
}
