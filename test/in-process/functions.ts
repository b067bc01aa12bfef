import { createDeploy } from '../../handlers/deploy.ts';
import { createMeasure } from '../../handlers/measure.ts';
import { createNotifyEmail } from '../../handlers/notify-email.ts';
import { createNotifyGitHub } from '../../handlers/notify-github.ts';
import { createNotifySlack } from '../../handlers/notify-slack.ts';
import { createNotifyWebhooks } from '../../handlers/notify-webhooks.ts';
import { createPromote } from '../../handlers/promote.ts';
import { createRollback } from '../../handlers/rollback.ts';
import { createRoute } from '../../handlers/route.ts';
import { createSweep } from '../../handlers/sweep.ts';
import { createTranslate } from '../../handlers/translate.ts';
import { createVerify } from '../../handlers/verify.ts';
import type { Clock, ManualClock } from '../../local/clock.ts';
import type { Handler } from '../../local/lambda/in-process-loader.ts';
import type { Runtime } from '../../shared/runtime.ts';

const CREATE = {
  route: createRoute,
  deploy: createDeploy,
  verify: createVerify,
  rollback: createRollback,
  promote: createPromote,
  sweep: createSweep,
  translate: createTranslate,
  measure: createMeasure,
  'notify-email': createNotifyEmail,
  'notify-slack': createNotifySlack,
  'notify-webhooks': createNotifyWebhooks,
  'notify-github': createNotifyGitHub,
} as const;

export type FunctionName = keyof typeof CREATE;

/** `deploy` of `switchyard-deploy`. */
export const shortName = (name: string): FunctionName => name.replace(/^switchyard-/, '') as FunctionName;

/** The real handler of a function of the pipeline, in this process. */
export const createHandler = (name: FunctionName, runtime: Runtime): Handler => CREATE[name](runtime) as unknown as Handler;

/** Timeouts by that clock. */
export const timeoutOf =
  (clock: Pick<Clock, 'after'>): Runtime['timeout'] =>
  (milliseconds) => {
    const controller = new AbortController();
    const cancel = clock.after(milliseconds, () => controller.abort(new DOMException('timeout', 'TimeoutError')));
    return { signal: controller.signal, cancel };
  };

/** Pauses by that clock, which others may move meanwhile. */
export const pauseOf =
  (clock: Pick<ManualClock, 'after' | 'park'>): Runtime['pause'] =>
  (milliseconds) =>
    new Promise((resolve) => {
      const unpark = clock.park();
      clock.after(milliseconds, () => {
        unpark();
        resolve();
      });
    });
