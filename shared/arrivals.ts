import type { CatalogueService } from './catalogue/catalogue.ts';
import type { Arrival } from './deployment/input.ts';
import type { Asked, Cause, Kind } from './deployment/types.ts';
import type { Envelope } from './events/envelope.ts';
import { deploymentId, fingerprint } from './events/identity.ts';

/**
 * Requests are put in order by their events' times. One from the future (a publisher may set any) counts as of now: no clock that is
 * wrong may make every later request look older.
 */
export const causeOf = (envelope: Envelope, now: number): Cause => ({
  type: envelope['detail-type'],
  eventId: envelope.id,
  account: envelope.account,
  source: envelope.source,
  time: Math.min(Date.parse(envelope.time), now),
});

/** Who asked, with which id: the same request has the same deployment, however often it arrives. */
export const requestKey = ({ account, source, eventId }: Cause, asked: Asked, service: CatalogueService, kind: Kind) => ({
  account,
  source,
  environment: service.environment,
  service: service.name,
  kind,
  ...(asked.requestId === undefined ? { eventId } : { requestId: asked.requestId }),
});

export const arrivalOf = (cause: Cause, asked: Asked, service: CatalogueService, kind: Kind): Arrival => ({
  id: deploymentId(requestKey(cause, asked, service, kind)),
  environment: service.environment,
  service: service.name,
  lane: service.lane,
  cause,
  asked,
  fingerprint: fingerprint(asked),
  settings: service.settings,
});

/** The same request id with other content is another request: it has an id of its own, under which it is rejected. */
export const conflicting = (arrival: Arrival, kind: Kind): Arrival => ({
  ...arrival,
  id: deploymentId({
    account: arrival.cause.account,
    source: arrival.cause.source,
    environment: arrival.environment,
    service: arrival.service,
    kind,
    requestId: `${arrival.asked.requestId ?? ''}#${arrival.fingerprint}`,
  }),
});
