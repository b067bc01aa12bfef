import { arrivalOf, causeOf } from '../arrivals.ts';
import { findService } from '../catalogue/lookup.ts';
import type { Clients } from '../crew.ts';
import { FinalError } from '../errors.ts';
import type { DeploymentCancelRequested } from '../events/generated/types.ts';
import { type Message, sendAgain } from '../messages.ts';
import { rejectRequest } from '../rejection.ts';
import type { Runtime } from '../runtime.ts';
import { type Crew, runStep } from '../step.ts';

type EventMessage = Extract<Message, { event: unknown }>;

/** A cancel may overtake its request: so often is it put off, each time by five seconds more, before it is refused. */
const MOST_DELAYS = 4;
const DELAY_SECONDS = 5;

/** Ends what waits; what is under way becomes its own rollback. */
export const cancelAsked = async (
  runtime: Runtime,
  clients: Clients,
  crew: Crew,
  message: EventMessage,
  messageId: string,
): Promise<void> => {
  const { event, places, attempt = 1 } = message;
  const { deployment, reason, actor } = event.detail as unknown as DeploymentCancelRequested;
  const service = findService(runtime.catalogue, places[0].environment, places[0].service);
  if ('unknown' in service)
    throw new FinalError('unknown-service', `the catalogue has no ${service.unknown} of this cancel any more`);
  const cause = causeOf(event, runtime.now());
  const known = await crew.store.deployment(deployment);
  if (known === undefined && attempt <= MOST_DELAYS) {
    crew.log.info('put off: the deployment is not known yet', { deployment });
    return sendAgain(clients.sqs, runtime.settings.inboxUrl, { ...message, attempt: attempt + 1 }, attempt * DELAY_SECONDS);
  }
  if (known === undefined || known.environment !== service.environment || known.service !== service.name) {
    const text = `there is no deployment "${deployment}" of ${service.name} in ${service.environment}`;
    const arrival = {
      ...arrivalOf(
        cause,
        { ...(reason === undefined ? {} : { reason }), ...(actor === undefined ? {} : { actor }) },
        service,
        'deploy',
      ),
      id: deployment,
    };
    return rejectRequest(crew, runtime, event, arrival, 'cancel', { code: 'unknown-deployment', message: text });
  }
  const by = actor === undefined ? '' : ` by ${actor}`;
  await runStep(crew, {
    subject: { deployment, environment: known.environment, service: known.service, lane: known.lane },
    input: { kind: 'cancel-requested', cause, reason: reason ?? `cancelled${by}` },
    need: { waiters: true },
    message: messageId,
  });
};
