import { arrivalOf, causeOf, conflicting } from '../arrivals.ts';
import type { CatalogueService } from '../catalogue/catalogue.ts';
import { findService } from '../catalogue/lookup.ts';
import type { Clients } from '../crew.ts';
import type { RollbackRequested } from '../deployment/input.ts';
import type { Reason } from '../deployment/observations.ts';
import type { Leaving } from '../deployment/types.ts';
import { FinalError } from '../errors.ts';
import type { RollbackRequested as RollbackRequest } from '../events/generated/types.ts';
import type { Message } from '../messages.ts';
import { resolveImage } from '../registries/ecr.ts';
import { completeImageReference } from '../registries/image-reference.ts';
import { rejectRequest } from '../rejection.ts';
import type { Runtime } from '../runtime.ts';
import { type Crew, publishUnsent, runStep } from '../step.ts';

type EventMessage = Extract<Message, { event: unknown }>;

/** A person wants to go back (S1.6, S5.4): from what runs or what is named, to the newest verified revision or what is named. */
export const rollbackAsked = async (
  runtime: Runtime,
  clients: Clients,
  crew: Crew,
  { event, places }: EventMessage,
  message: string,
): Promise<void> => {
  const { environment, service: name, ...asked } = event.detail as unknown as RollbackRequest;
  const service = findService(runtime.catalogue, places[0].environment, places[0].service);
  if ('unknown' in service)
    throw new FinalError('unknown-service', `the catalogue has no ${service.unknown} "${name}" in "${environment}" any more`);
  const arrival = arrivalOf(causeOf(event, runtime.now()), asked, service, 'rollback');
  const known = await crew.store.deployment(arrival.id);
  if (known?.fingerprint === arrival.fingerprint) {
    crew.log.info('asked for before', { deployment: arrival.id });
    return publishUnsent(crew, arrival.id);
  }
  const reject = (reason: Reason, id = arrival.id) => rejectRequest(crew, runtime, event, { ...arrival, id }, 'rollback', reason);
  if (known !== undefined) {
    const text = `the request id "${asked.requestId}" was used before for another request (${known.id}); use a new one`;
    return reject({ code: 'request-id-reused', message: text }, conflicting(arrival, 'rollback').id);
  }
  const from = asked.from === undefined ? {} : await named(runtime, clients, service, asked.from);
  const to = asked.to === undefined ? {} : await named(runtime, clients, service, asked.to);
  if ('problem' in from) return reject(from.problem);
  if ('problem' in to) return reject(to.problem);
  const failure = { code: 'rollback-requested', message: `asked for by a person: ${asked.reason}`, evidence: false };
  const input: RollbackRequested = {
    kind: 'rollback-requested',
    arrival,
    failure,
    byPerson: true,
    ...given('from', from),
    ...given('to', to),
  };
  const subject = { deployment: arrival.id, environment: service.environment, service: service.name, lane: service.lane };
  await runStep(crew, { subject, input, need: { waiters: true }, message });
};

const given = <K extends string>(key: K, value: Leaving): { [key in K]?: Leaving } =>
  (Object.keys(value).length === 0 ? {} : { [key]: value }) as { [key in K]?: Leaving };

/** A digest, a deployment's id, a revision's ARN, or an image's name. */
const named = async (
  runtime: Runtime,
  clients: Clients,
  service: CatalogueService,
  text: string,
): Promise<Leaving | { problem: Reason }> => {
  if (/^sha256:[0-9a-f]{64}$/.test(text)) return { digest: text };
  if (/^[dr]-[0-9a-z]{26}$/.test(text)) return { deployment: text };
  if (text.startsWith('arn:')) return { revision: text };
  const reference = completeImageReference(text, service.registry);
  if ('problem' in reference) return reference;
  const { account, region } = runtime.settings;
  const answer = await resolveImage(clients.ecr, reference, { account, region });
  return 'problem' in answer ? answer : { digest: answer.resolved.digest };
};
