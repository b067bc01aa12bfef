import { availableParallelism } from 'node:os';
import { inject } from 'vitest';
import { runParts, type Total, type Work } from './parts.ts';

/** Runs it in processes of its own, where it is several times as fast as among the tests. Throws where anything is wrong. */
export const holding = async (work: Work): Promise<Total> => {
  const problems: string[] = [];
  const total = await runParts(work, inject('packaged'), availableParallelism(), {
    found: ({ wrong, trace, schedule, deaths }) => {
      const name = deaths ?? `seed ${schedule?.plan.seed} (npm run simulate -- --seed ${schedule?.plan.seed})`;
      problems.push([name, ...wrong, ...trace].join('\n  '));
    },
  });
  if (problems.length > 0) throw new Error(`of ${total.schedules} schedules:\n${problems.join('\n')}`);
  return total;
};
