import { causeOf } from '../shared/arrivals.ts';
import type { CatalogueService } from '../shared/catalogue/catalogue.ts';
import { findService, servicesWithAlarm } from '../shared/catalogue/lookup.ts';
import { type Clients, createClients } from '../shared/crew.ts';
import type { Asked, QueueName } from '../shared/deployment/types.ts';
import { FinalError } from '../shared/errors.ts';
import { type Envelope, readEnvelope } from '../shared/events/envelope.ts';
import { deploymentId } from '../shared/events/identity.ts';
import { publishOutcomes } from '../shared/events/publish.ts';
import { SOURCE } from '../shared/events/sources.ts';
import type { TakenType } from '../shared/events/taken.ts';
import { queueHandler } from '../shared/handler.ts';
import { onLambda } from '../shared/lambda.ts';
import type { Log } from '../shared/log.ts';
import { deduplicationId, type Message, type Place, sendOn } from '../shared/messages.ts';
import { idOf } from '../shared/promotion/accept.ts';
import { promotionRoutes } from '../shared/promotion/routing.ts';
import { detailOf } from '../shared/promotion/told.ts';
import type { AskedPromotion } from '../shared/promotion/types.ts';
import { isOwn, ownMessage, parseMessage } from '../shared/reading.ts';
import { rejectRequest, type Wish } from '../shared/rejection.ts';
import type { Runtime } from '../shared/runtime.ts';
import type { OutboxEntry } from '../shared/store/commit.ts';
import { createStore } from '../shared/store/store.ts';
import { subjectsOf, targetEvents } from '../shared/targets/events.ts';

/**
 * Trigger: the inbox, a standard queue: events by rule, wakes from the sweep and from handlers.
 * Does:    finds environment, service and lane of each message and sends it on to its function, in its environment's group.
 * Fails:   a request that names what the catalogue does not know is rejected by event; a message that can never work is sent
 *          with its reason to the dead-letter queue; any other comes back, and after ten receives goes there too.
 */
export const createRoute = (runtime: Runtime) => {
  const clients = createClients(runtime);
  const { inboxUrl: url, deadLetterUrl } = runtime.settings;
  const subjects = servicesBySubject(runtime);
  return queueHandler(runtime, { sqs: clients.sqs, url, deadLetterUrl, fifo: false }, (record, invocation) =>
    route({ runtime, clients, subjects, log: invocation.log }, record.body),
  );
};

export const handler = onLambda(createRoute);

/** What everything here works with. */
interface Desk {
  readonly runtime: Runtime;
  readonly clients: Clients;
  /** By what the events of their targets name, with the account that may tell of it. */
  readonly subjects: ReadonlyMap<string, Subject>;
  readonly log: Log;
}

interface Subject {
  readonly service: CatalogueService;
  readonly account: string;
}

/** Of several entries for one thing, the first. */
const servicesBySubject = ({ catalogue, settings }: Runtime): ReadonlyMap<string, Subject> =>
  new Map(
    catalogue.services.toReversed().flatMap((service) => {
      const { sites, target } = service.settings;
      return (sites ?? [{ ...settings, target }]).flatMap((spot) =>
        subjectsOf(spot.target, spot).map((subject) => [subject, { service, account: spot.account }] as const),
      );
    }),
  );

const route = async (desk: Desk, text: string): Promise<void> => {
  const body = parseMessage(text);
  if (isOwn(body)) return sendOwn(desk, ownMessage(body));
  const read = readEnvelope(body);
  if (!('problem' in read)) return routeEvent(desk, read.envelope);
  const { envelope, problem } = read;
  const wish = envelope === undefined ? undefined : WISHES[envelope['detail-type']];
  if (envelope?.['detail-type'] === 'PromotionRequested')
    return failPromotion(desk, envelope, { code: 'invalid-request', message: `the request was not understood: ${problem}` });
  if (envelope === undefined || wish === undefined)
    throw new FinalError('unreadable-event', `an event was not understood: ${problem}`);
  await refuse(desk, envelope, wish, { code: 'invalid-request', message: `the request was not understood: ${problem}` });
};

const WISHES: Readonly<Partial<Record<TakenType, Wish>>> = {
  DeployRequested: 'deploy',
  RollbackRequested: 'rollback',
  DeploymentCancelRequested: 'cancel',
};

const sendOwn = async ({ runtime: { settings }, clients: { sqs }, log }: Desk, message: Message): Promise<void> => {
  if ('wake' in message) {
    const { wake, token } = message;
    const id = deduplicationId(
      'wake',
      wake.function,
      wake.deployment ?? wake.promotion ?? `${wake.environment}/${wake.service}`,
      wake.number ?? '',
      token,
    );
    await sendOn(sqs, settings.queueUrls[wake.function], message, wake.environment, id);
    return log.info('sent a wake on', { to: wake.function, environment: wake.environment, deployment: wake.deployment });
  }
  const [{ environment }] = message.places;
  const id = deduplicationId(
    'event',
    message.event.id,
    message.function,
    environment,
    message.promotion ?? '',
    message.attempt ?? 1,
    message.putOff ?? 0,
  );
  await sendOn(sqs, settings.queueUrls[message.function], message, environment, id);
  log.info('sent an event on', {
    to: message.function,
    environment,
    event: message.event.id,
    type: message.event['detail-type'],
  });
};

const routeEvent = async (desk: Desk, event: Envelope): Promise<void> => {
  switch (event['detail-type']) {
    case 'DeployRequested':
      return routeRequest(desk, event, 'deploy');
    case 'RollbackRequested':
      return routeRequest(desk, event, 'rollback');
    case 'DeploymentCancelRequested':
      return routeRequest(desk, event, 'cancel');
    case 'ECS Deployment State Change':
    case 'ECS Task State Change':
    case 'ECS Hook State Change':
    case 'CodeDeploy Deployment State-change Notification':
    case 'CodeBuild Build State Change':
    case 'EC2 Command Status-change Notification':
      return routeTarget(desk, event);
    case 'CloudWatch Alarm State Change':
      return routeAlarm(desk, event);
    case 'PromotionRequested':
    case 'EvidenceRecorded':
    case 'ECR Image Action':
    case 'ECR Image Scan':
    case 'Inspector2 Scan':
    case 'PromotionCompleted':
      return routePromotion(desk, event);
  }
};

const toPlace = ({ environment, name, lane }: CatalogueService): Place => ({ environment, service: name, lane });

const send = async (desk: Desk, event: Envelope, name: QueueName, services: readonly CatalogueService[]): Promise<void> => {
  const [first, ...others] = services.map(toPlace);
  if (first !== undefined) return sendOwn(desk, { event, places: [first, ...others], function: name });
  desk.log.info('nobody here is concerned', { event: event.id, type: event['detail-type'] });
};

const routeRequest = async (desk: Desk, event: Envelope, wish: Wish): Promise<void> => {
  const { environment, service: name } = event.detail as { environment: string; service: string };
  const { account } = desk.runtime.settings;
  // In our own name nobody else may ask.
  if (event.source === SOURCE && event.account !== account) return send(desk, event, 'deploy', []);
  const found = findService(desk.runtime.catalogue, environment, name);
  if (!('unknown' in found)) return send(desk, event, wish === 'deploy' ? 'deploy' : 'rollback', [found]);
  const message =
    found.unknown === 'environment'
      ? `there is no environment "${environment}"; the catalogue knows: ${found.known.join(', ')}`
      : `there is no service "${name}" in environment "${environment}"; the catalogue knows there: ${found.known.join(', ')}`;
  await refuse(desk, event, wish, { code: `unknown-${found.unknown}`, message }, found.known);
};

/** What a request says of itself, as far as that can be carried on: texts under the names that are known. */
const TOLD = [
  'image',
  'requestId',
  'version',
  'commit',
  'ref',
  'actor',
  'reason',
  'pullRequest',
  'runUrl',
  'from',
  'to',
] as const;

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 512) : '');

const textsIn = (detail: Envelope['detail'], names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, text(detail[name])]).filter(([, value]) => value !== ''));

const askedIn = (detail: Envelope['detail']): Asked => ({
  ...textsIn(detail, TOLD),
  ...(detail['force'] === true ? { force: true } : {}),
});

const promotionAskedIn = (detail: Envelope['detail']): AskedPromotion => ({ image: '', ...textsIn(detail, [...TOLD, 'tag']) });

/** Pushes, scans, evidence, and requests to promote: what becomes of each is the catalogue's word. */
const routePromotion = async (desk: Desk, event: Envelope): Promise<void> => {
  const { catalogue, settings } = desk.runtime;
  const routed = promotionRoutes(catalogue, settings.account, event);
  if ('reason' in routed) return failPromotion(desk, event, routed.reason, routed.known);
  for (const message of routed.messages) await sendOwn(desk, message);
  if (routed.messages.length === 0) desk.log.info('nobody here is concerned', { event: event.id, type: event['detail-type'] });
};

const failPromotion = async (
  { runtime, clients, log }: Desk,
  event: Envelope,
  reason: { code: string; message: string },
  known: readonly string[] = [],
): Promise<void> => {
  const now = runtime.now();
  const asked = promotionAskedIn(event.detail);
  const id = idOf(event, { name: '' }, asked, now);
  const detail = detailOf({ id, sequence: 1, environment: text(event.detail['to']), asked, cause: causeOf(event, now) }, now, {
    reason,
    known,
  });
  const taken = await publishOutcomes(clients.events, runtime.settings.bus, [{ type: 'PromotionFailed', detail }]);
  if (taken.length === 0) throw new Error(`the bus did not take the answer to event ${event.id}`);
  log.info('refused a promotion', { promotion: id, code: reason.code, reason: reason.message });
};

const refuse = async (
  { runtime, clients, log }: Desk,
  event: Envelope,
  wish: Wish,
  reason: { code: string; message: string },
  known?: readonly string[],
): Promise<void> => {
  const asked = askedIn(event.detail);
  const cause = causeOf(event, runtime.now());
  const environment = text(event.detail['environment']);
  const service = text(event.detail['service']);
  const key = {
    account: cause.account,
    source: cause.source,
    environment,
    service,
    kind: wish === 'rollback' ? 'rollback' : 'deploy',
  } as const;
  const ofRequest = deploymentId({ ...key, eventId: cause.eventId });
  const id = wish === 'cancel' && text(event.detail['deployment']) !== '' ? text(event.detail['deployment']) : ofRequest;
  const publish = (entries: readonly OutboxEntry[]) => publishOutcomes(clients.events, runtime.settings.bus, entries);
  await rejectRequest(
    { store: createStore({ client: clients.dynamodb, TableName: runtime.settings.table }), publish, log },
    runtime,
    event,
    { id, environment, service, lane: environment, cause, asked },
    wish,
    reason,
    known,
  );
};

/** An AWS event counts only from the account of what it tells of; one of a service that the catalogue does not name is nobody's. */
const routeTarget = async (desk: Desk, event: Envelope): Promise<void> => {
  const concerned = desk.subjects.get(targetEvents[event['detail-type']]?.subject(event) ?? '');
  await send(desk, event, 'verify', concerned?.account === event.account ? [concerned.service] : []);
};

/** One message for each environment that has a service with this alarm. */
const routeAlarm = async (desk: Desk, event: Envelope): Promise<void> => {
  const [arn = ''] = event.resources;
  const [, , , , account] = arn.split(':');
  const concerned = event.account === account ? servicesWithAlarm(desk.runtime.catalogue, arn) : [];
  if (concerned.length === 0) return send(desk, event, 'rollback', []);
  for (const environment of new Set(concerned.map((service) => service.environment))) {
    const there = concerned.filter((service) => service.environment === environment);
    await send(desk, event, 'rollback', there);
  }
};
