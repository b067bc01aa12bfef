import type { Wake } from './deployment/decision.ts';
import { type Crew, runStep } from './step.ts';

/** Looks at a deployment because somebody said so. */
export const runWake = async (crew: Crew, wake: Wake, message: string): Promise<void> => {
  const { deployment, environment, service, lane, number } = wake;
  if (deployment === undefined) {
    crew.log.info('nothing to do: the wake names no deployment', { environment, service });
    return;
  }
  await runStep(crew, {
    subject: { deployment, environment, service, lane },
    input: { kind: 'woken' },
    need: { waiters: false },
    message,
    ...(number === undefined ? {} : { number }),
  });
};
