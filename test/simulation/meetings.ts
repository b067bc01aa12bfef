import type { Meeting, Plan, Step } from './plan.ts';

/** Steps that wait for a call of a function, each of which `act` does then. */
export const meetingsOf = ({ steps }: Pick<Plan, 'steps'>, act: (step: Step) => Promise<void>) => {
  const counts = new Map<string, number>();
  const met = new Map<Step, Promise<void>>();
  return {
    /** Counts the call; what happens while it is under way has begun then. */
    at(called: Pick<Meeting, 'function' | 'action'>): Meeting | undefined {
      const name = `${called.function} ${called.action}`;
      const nth = (counts.get(name) ?? 0) + 1;
      counts.set(name, nth);
      const step = steps.find(({ meets }) => meets?.nth === nth && name === `${meets.function} ${meets.action}`);
      if (step === undefined || met.has(step)) return undefined;
      met.set(step, act(step));
      return step.meets;
    },
    /** Whether the call has come, before anything else was to be done; resolves when the step is done. */
    async hasMet(step: Step): Promise<boolean> {
      await met.get(step);
      const has = met.has(step);
      met.set(step, Promise.resolve());
      return has;
    },
  };
};
