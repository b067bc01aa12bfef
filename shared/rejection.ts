import type { EventType } from './deployment/decision.ts';
import type { Arrival } from './deployment/input.ts';
import type { Reason } from './deployment/observations.ts';
import type { Envelope } from './events/envelope.ts';
import { eventId, refusedCancelId } from './events/identity.ts';
import type { Runtime } from './runtime.ts';
import type { OutboxEntry } from './store/commit.ts';
import type { Store } from './store/store.ts';

/** What a request wants; each has its own way to be told no. */
export type Wish = 'deploy' | 'rollback' | 'cancel';

const REJECTED = {
  deploy: 'DeploymentRejected',
  rollback: 'RollbackRejected',
  cancel: 'CancelRejected',
} as const satisfies Record<Wish, EventType>;

/** Whom a request names, as far as it does. */
export type Named = Pick<Arrival, 'id' | 'environment' | 'service' | 'lane' | 'cause' | 'asked'>;

/** The event that answers a request which was never accepted: the same id however often it is refused. */
export const rejection = (named: Named, wish: Wish, reason: Reason, at: number, known?: readonly string[]): OutboxEntry => {
  const { id, environment, service, lane, cause, asked } = named;
  const verdict = {
    terminal: true,
    verdict: 'rejected',
    changed: false,
    verified: false,
    notWatched: [],
    checkAttempts: 0,
    durationSeconds: 0,
  };
  return {
    deployment: id,
    sequence: 1,
    type: REJECTED[wish],
    environment,
    service,
    lane,
    detail: {
      eventId: wish === 'cancel' ? refusedCancelId(id, cause) : eventId(id, 1),
      deployment: id,
      sequence: 1,
      kind: wish === 'rollback' ? 'rollback' : 'deploy',
      environment,
      service,
      at: new Date(at).toISOString(),
      asked,
      cause: { ...cause, time: new Date(cause.time).toISOString() },
      links: {},
      reason,
      ...(wish === 'cancel' ? {} : verdict),
      ...(known === undefined ? {} : { known }),
    },
  };
};

/**
 * Keeps the refusal, so that whoever asked can look it up, and publishes it at once, as it was said first; what fails is thrown, and the
 * message comes back.
 */
export const rejectRequest = async (
  {
    store,
    publish,
    log,
  }: {
    store: Pick<Store, 'rejected'>;
    publish: (entries: readonly OutboxEntry[]) => Promise<readonly OutboxEntry[]>;
    log: { info: (message: string, fields: Record<string, string>) => void };
  },
  { now }: Pick<Runtime, 'now'>,
  event: Envelope,
  named: Named,
  wish: Wish,
  reason: Reason,
  known?: readonly string[],
): Promise<void> => {
  const entry = rejection(named, wish, reason, now(), known);
  const taken = await publish([await store.rejected(entry)]);
  if (taken.length === 0) throw new Error(`the bus did not take the answer to event ${event.id}`);
  log.info('rejected a request', { deployment: named.id, code: reason.code, reason: reason.message });
};
