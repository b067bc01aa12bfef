import type { SQSRecord } from 'aws-lambda';
import { type Clients, createClients, leaseMilliseconds, ownQueue } from '../shared/crew.ts';
import { FinalError } from '../shared/errors.ts';
import type { EcrImageAction, EvidenceRecorded } from '../shared/events/generated/types.ts';
import { pushRequestId } from '../shared/events/identity.ts';
import { publishOutcomes } from '../shared/events/publish.ts';
import { type Invocation, queueHandler } from '../shared/handler.ts';
import { onLambda } from '../shared/lambda.ts';
import { type Message, sendWake } from '../shared/messages.ts';
import { findImage, idOf, promotionOf } from '../shared/promotion/accept.ts';
import { copy } from '../shared/promotion/copy.ts';
import { askGates } from '../shared/promotion/gates.ts';
import { createRegistries, type Registries } from '../shared/promotion/registries.ts';
import { registryOf } from '../shared/promotion/routing.ts';
import { type PromotionCrew, runPromotion } from '../shared/promotion/run.ts';
import type { AskedPromotion, Promotion } from '../shared/promotion/types.ts';
import { readMessage } from '../shared/reading.ts';
import type { Runtime } from '../shared/runtime.ts';
import { createPromotionStore } from '../shared/store/promotions.ts';
import { createStore } from '../shared/store/store.ts';

/**
 * Trigger: promote.fifo, one message group per environment that images are promoted to.
 * Does:    promotes images, asks for the deployment that a push stands for, and keeps evidence.
 * Fails:   a request that cannot be fulfilled ends in PromotionFailed with its reason; a message that can never work goes with its reason to
 *          the dead-letter queue; any other goes back, after five receives it is put off for minutes, and then to the dead-letter queue.
 */
export const createPromote = (runtime: Runtime) => {
  const clients = createClients(runtime);
  return queueHandler(runtime, ownQueue(runtime, clients, 'promote'), (record, invocation) =>
    promote(deskOf(runtime, clients, invocation), record),
  );
};

export const handler = onLambda(createPromote);

interface Desk extends PromotionCrew {
  readonly runtime: Runtime;
  readonly clients: Clients;
  readonly registries: Registries;
}

/** What is kept of the function's time to commit and publish what a copy has come to, in milliseconds. */
const LAST_SECONDS = 15_000;

const deskOf = (runtime: Runtime, clients: Clients, { id, log, timeLeft }: Invocation): Desk => {
  const { settings, catalogue, now } = runtime;
  const connection = { client: clients.dynamodb, TableName: settings.table };
  const promotions = createPromotionStore<Promotion>(connection);
  const registries = createRegistries(runtime, clients.ecr);
  const store = createStore(connection);
  return {
    runtime,
    clients,
    registries,
    invocation: id,
    leaseMilliseconds: leaseMilliseconds(settings),
    now,
    log,
    promotions,
    askGates: (promotion) => askGates({ catalogue, store, promotions, registries }, promotion),
    copy(promotion) {
      const until = Math.min(now() + timeLeft() - LAST_SECONDS, promotion.deadline ?? 0);
      return copy({ promotions, registries, now, until }, promotion);
    },
    publish: (told) => publishOutcomes(clients.events, settings.bus, told),
    wake: (wake, token) => sendWake(clients.sqs, settings.inboxUrl, wake, token),
  };
};

const promote = async (desk: Desk, record: SQSRecord): Promise<void> => {
  const message = readMessage(record.body);
  if ('wake' in message) {
    const { promotion, number } = message.wake;
    if (promotion === undefined) return desk.log.info('nothing to do: the wake names no promotion', {});
    return runPromotion(desk, promotion, { kind: 'woken' }, record.messageId, number === undefined ? {} : { number });
  }
  const { event } = message;
  switch (event['detail-type']) {
    case 'PromotionRequested':
      return accept(desk, message, event.detail as unknown as AskedPromotion, record.messageId);
    case 'ECR Image Action':
      return pushed(desk, message, record.messageId);
    case 'EvidenceRecorded':
      return recordEvidence(desk, message);
    case 'ECR Image Scan':
    case 'Inspector2 Scan':
      return wakeWaiting(desk, String(event.detail['image-digest']), event.id);
    default:
      throw new FinalError('unknown-event', `promote does not take "${event['detail-type']}"`);
  }
};

type EventMessage = Extract<Message, { event: unknown }>;

const ruleOf = ({ runtime }: Desk, { promotion }: EventMessage) => {
  const rule = runtime.catalogue.promotions.find(({ name }) => name === promotion);
  if (rule === undefined) throw new FinalError('unknown-promotion', `the catalogue has no promotion "${promotion}" any more`);
  return rule;
};

const accept = async (desk: Desk, message: EventMessage, asked: AskedPromotion, messageId: string): Promise<void> => {
  const rule = ruleOf(desk, message);
  const now = desk.now();
  const id = idOf(message.event, rule, asked, now);
  const known = await desk.promotions.promotion(id);
  if (known === undefined) {
    const image = await findImage(desk.registries, rule, asked.image);
    const found = 'problem' in image ? { reference: asked.image, digest: '' } : image;
    const fresh = promotionOf(message.event, rule, asked, found, now);
    const first = 'problem' in image ? ({ kind: 'refused', reason: image.problem } as const) : ({ kind: 'woken' } as const);
    return runPromotion(desk, id, first, messageId, { fresh });
  }
  const { reference, digest } = known;
  const again = promotionOf(message.event, rule, asked, { reference, digest }, now);
  if (again.fingerprint === known.fingerprint) return runPromotion(desk, id, { kind: 'woken' }, messageId, { number: -1 });
  const other = {
    ...again,
    id: idOf(message.event, rule, { ...asked, requestId: `${asked.requestId}#${again.fingerprint}` }, now),
  };
  const reason = {
    code: 'request-id-reused',
    message: `the request id "${asked.requestId}" was used before for another request (${id}); use a new one`,
  };
  return runPromotion(desk, other.id, { kind: 'refused', reason }, messageId, { fresh: other });
};

/** A push promotes by a rule, or deploys the services of its own repository; what we have pushed ourselves does not deploy. */
const pushed = async (desk: Desk, message: EventMessage, messageId: string): Promise<void> => {
  const { event, places } = message;
  const detail = event.detail as unknown as EcrImageAction;
  const { 'repository-name': repository, 'image-digest': digest, 'image-tag': tag = '' } = detail;
  if (message.promotion !== undefined) return accept(desk, message, { image: `${repository}:${tag}@${digest}` }, messageId);
  const claim = await desk.promotions.claim({ repository: `${registryOf(event)}/${repository}`, tag });
  if (claim?.digest === digest)
    return desk.log.info('nothing to do: the push is our own', { event: event.id, promotion: claim.promotion });
  const requests = places.map(({ environment, service }) => ({
    type: 'DeployRequested',
    detail: {
      environment,
      service,
      image: `${repository}:${tag}@${digest}`,
      requestId: pushRequestId(event.id),
      reason: `pushed as ${repository}:${tag}`,
    },
  }));
  const taken = await publishOutcomes(desk.clients.events, desk.runtime.settings.bus, requests);
  if (taken.length < requests.length) throw new Error(`the bus did not take every request for the push of ${repository}:${tag}`);
  desk.log.info('asked for deployments', { event: event.id, services: places.map(({ service }) => service).join(' ') });
};

/** Kept for the digest that the image names now, and told to the promotions that wait for it. */
const recordEvidence = async (desk: Desk, message: EventMessage): Promise<void> => {
  const { event } = message;
  const { image, kind, tool, passed, url } = event.detail as unknown as EvidenceRecorded;
  const rule = ruleOf(desk, message);
  const found = await findImage(desk.registries, rule, image);
  if ('problem' in found)
    throw new FinalError('evidence-unreadable', `cannot keep evidence for "${image}": ${found.problem.message}`);
  const { digest } = found;
  const at = Math.min(Date.parse(event.time), desk.now());
  await desk.promotions.recordEvidence({
    digest,
    kind,
    tool,
    passed,
    at,
    by: `${event.account} ${event.source}`,
    ...(url === undefined ? {} : { url }),
  });
  desk.log.info('kept evidence', { digest, kind, tool, passed });
  await wakeWaiting(desk, digest, event.id);
};

/** Only the fast path: each looks by itself twice a minute. */
const wakeWaiting = async (desk: Desk, digest: string, token: string): Promise<void> => {
  const { waiting } = await desk.promotions.ofDigest(digest);
  for (const { id, environment, rule } of waiting)
    await desk.wake(
      { function: 'promote', environment, service: rule, lane: environment, promotion: id, delaySeconds: 0 },
      token,
    );
};
