import type { SQSRecord } from 'aws-lambda';
import { arrivalOf, causeOf, conflicting } from '../shared/arrivals.ts';
import type { CatalogueService } from '../shared/catalogue/catalogue.ts';
import { findService } from '../shared/catalogue/lookup.ts';
import { type Clients, createClients, createCrew, ownQueue } from '../shared/crew.ts';
import type { Arrival, DeployRequested } from '../shared/deployment/input.ts';
import { FinalError } from '../shared/errors.ts';
import type { Envelope } from '../shared/events/envelope.ts';
import type { DeployRequested as DeployRequest, PromotionCompleted } from '../shared/events/generated/types.ts';
import { type Invocation, queueHandler } from '../shared/handler.ts';
import { onLambda } from '../shared/lambda.ts';
import type { Message } from '../shared/messages.ts';
import { readMessage } from '../shared/reading.ts';
import { resolveImage } from '../shared/registries/ecr.ts';
import { completeImageReference } from '../shared/registries/image-reference.ts';
import type { Runtime } from '../shared/runtime.ts';
import { type Crew, publishUnsent, runStep } from '../shared/step.ts';
import { runWake } from '../shared/waking.ts';

/**
 * Trigger: deploy.fifo, one message group per environment.
 * Does:    accepts requests, keeps the lanes, and starts the rollout of whatever holds its lane.
 * Fails:   a message that can never work is rejected by event, or sent with its reason to the dead-letter queue;
 *          any other goes back with the rest of its group, after five receives it is put off for minutes, and then to the dead-letter queue.
 */
export const createDeploy = (runtime: Runtime) => {
  const clients = createClients(runtime);
  return queueHandler(runtime, ownQueue(runtime, clients, 'deploy'), (record, invocation) =>
    deploy(runtime, clients, record, invocation),
  );
};

export const handler = onLambda(createDeploy);

const deploy = async (runtime: Runtime, clients: Clients, record: SQSRecord, invocation: Invocation): Promise<void> => {
  const message = readMessage(record.body);
  const crew = createCrew(runtime, clients, 'deploy', invocation);
  if ('wake' in message) return runWake(crew, message.wake, record.messageId);
  return accept(runtime, clients, crew, message, record.messageId);
};

const accept = async (
  runtime: Runtime,
  clients: Clients,
  crew: Crew,
  message: Extract<Message, { event: unknown }>,
  messageId: string,
) => {
  const { event, places } = message;
  const [{ environment, service: name }] = places;
  const asked = askedBy(event);
  const service = findService(runtime.catalogue, environment, name);
  if ('unknown' in service)
    throw new FinalError('unknown-service', `the catalogue has no ${service.unknown} "${name}" in "${environment}" any more`);
  const arrival = arrivalOf(causeOf(event, runtime.now()), asked, service, 'deploy');
  const known = await crew.store.deployment(arrival.id);
  if (known === undefined) {
    return run(crew, arrival, await resolved(clients, runtime, service, asked.image), messageId);
  }
  if (known.fingerprint === arrival.fingerprint) {
    crew.log.info('asked for before', { deployment: arrival.id });
    return publishUnsent(crew, arrival.id);
  }
  const other = conflicting(arrival, 'deploy');
  const text = `the request id "${asked.requestId}" was used before for another request (${known.id}); use a new one`;
  return run(crew, other, { problem: { code: 'request-id-reused', message: text } }, messageId);
};

type AskedImage = Omit<DeployRequest, 'environment' | 'service'>;

/** A request says it itself; a promotion stands for one where its environment's policy says so, once however often it is told. */
const askedBy = (event: Envelope): AskedImage => {
  switch (event['detail-type']) {
    case 'DeployRequested': {
      const { environment: _, service: __, ...asked } = event.detail as unknown as DeployRequest;
      return asked;
    }
    case 'PromotionCompleted': {
      const { promotion, to, tag, digest, asked } = event.detail as unknown as PromotionCompleted;
      const { version = tag, commit, ref, actor, pullRequest, runUrl } = asked ?? {};
      const told = { version, commit, ref, actor, pullRequest, runUrl };
      return {
        image: `${to.registry}/${to.repository}:${tag}@${digest}`,
        requestId: promotion,
        reason: `promoted by ${promotion}`,
        ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
      };
    }
    default:
      throw new FinalError('unknown-event', `deploy does not take "${event['detail-type']}"`);
  }
};

const resolved = async (
  clients: Clients,
  runtime: Runtime,
  service: CatalogueService,
  image: string,
): Promise<DeployRequested['image']> => {
  const reference = completeImageReference(image, service.registry);
  if ('problem' in reference) return reference;
  const { account, region } = runtime.settings;
  return resolveImage(clients.ecr, reference, { account, region });
};

const run = (crew: Crew, arrival: Arrival, image: DeployRequested['image'], message: string): Promise<void> => {
  const { id: deployment, environment, service, lane } = arrival;
  const digest = 'resolved' in image ? image.resolved.digest : undefined;
  return runStep(crew, {
    subject: { deployment, environment, service, lane },
    input: { kind: 'deploy-requested', arrival, image },
    need: { waiters: false, ...(digest === undefined ? {} : { digest }) },
    message,
  });
};
