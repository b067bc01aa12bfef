import type { SQSRecord } from 'aws-lambda';
import { causeOf } from '../shared/arrivals.ts';
import type { CatalogueService } from '../shared/catalogue/catalogue.ts';
import { findService, servicesWithAlarm } from '../shared/catalogue/lookup.ts';
import { type Clients, createClients } from '../shared/crew.ts';
import type { Asked, FunctionName } from '../shared/deployment/types.ts';
import { FinalError } from '../shared/errors.ts';
import { type Envelope, readEnvelope, type TakenType } from '../shared/events/envelope.ts';
import { deploymentId } from '../shared/events/identity.ts';
import { publishOutcomes } from '../shared/events/publish.ts';
import { type Invocation, queueHandler } from '../shared/handler.ts';
import { onLambda } from '../shared/lambda.ts';
import { deduplicationId, type Message, type Place, sendOn } from '../shared/messages.ts';
import { rejectRequest, type Wish } from '../shared/rejection.ts';
import type { Runtime } from '../shared/runtime.ts';
import type { OutboxEntry } from '../shared/store/commit.ts';
import { ecsServiceArn, serviceOfEvent } from '../shared/targets/ecs/events.ts';

/**
 * Trigger: the inbox, a standard queue: events by rule, wakes from the sweep and from handlers.
 * Does:    finds environment, service and lane of each message and sends it on to its function, in its environment's group.
 * Fails:   a request that names what the catalogue does not know is rejected by event; a message that can never work is sent
 *          with its reason to the dead-letter queue; any other comes back, and after five receives goes there too.
 */
export const createRoute = (runtime: Runtime) => {
  const clients = createClients(runtime);
  const { inboxUrl: url, deadLetterUrl } = runtime.settings;
  return queueHandler(runtime, { sqs: clients.sqs, url, deadLetterUrl, fifo: false }, (record, invocation) =>
    route(runtime, clients, record, invocation),
  );
};

export const handler = onLambda(createRoute);

const route = async (runtime: Runtime, clients: Clients, record: SQSRecord, invocation: Invocation): Promise<void> => {
  const body = parse(record.body);
  if (isOwn(body)) return sendOwn(runtime, clients, body);
  const read = readEnvelope(body);
  if (!('problem' in read)) return routeEvent(runtime, clients, read.envelope, invocation);
  const { envelope, problem } = read;
  const wish = envelope === undefined ? undefined : WISHES[envelope['detail-type']];
  if (envelope === undefined || wish === undefined)
    throw new FinalError('unreadable-event', `an event was not understood: ${problem}`);
  await refuse(
    runtime,
    clients,
    envelope,
    wish,
    { code: 'invalid-request', message: `the request was not understood: ${problem}` },
    undefined,
    invocation,
  );
};

const WISHES: Readonly<Partial<Record<TakenType, Wish>>> = {
  DeployRequested: 'deploy',
  RollbackRequested: 'rollback',
  DeploymentCancelRequested: 'cancel',
};

/** A wake, or an event that was put off: written by our own functions, which alone may write to the inbox beside the rules. */
const isOwn = (body: unknown): body is Message =>
  typeof body === 'object' && body !== null && ('wake' in body || 'places' in body);

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new FinalError('unreadable-event', 'the message is not JSON', { cause });
  }
};

const sendOwn = async ({ settings }: Runtime, { sqs }: Clients, message: Message): Promise<void> => {
  if ('wake' in message) {
    const { wake, token } = message;
    const id = deduplicationId(
      'wake',
      wake.function,
      wake.deployment ?? `${wake.environment}/${wake.service}`,
      wake.number ?? '',
      token,
    );
    return sendOn(sqs, settings.queueUrls[wake.function], message, wake.environment, id);
  }
  const [{ environment }] = message.places;
  const id = deduplicationId('event', message.event.id, message.function, environment, message.attempt ?? 1);
  return sendOn(sqs, settings.queueUrls[message.function], message, environment, id);
};

const routeEvent = async (runtime: Runtime, clients: Clients, event: Envelope, invocation: Invocation): Promise<void> => {
  switch (event['detail-type']) {
    case 'DeployRequested':
      return routeRequest(runtime, clients, event, 'deploy', invocation);
    case 'RollbackRequested':
      return routeRequest(runtime, clients, event, 'rollback', invocation);
    case 'DeploymentCancelRequested':
      return routeRequest(runtime, clients, event, 'cancel', invocation);
    case 'ECS Deployment State Change':
    case 'ECS Task State Change':
      return routeEcs(runtime, clients, event);
    case 'CloudWatch Alarm State Change':
      return routeAlarm(runtime, clients, event);
  }
};

const toPlace = ({ environment, name, lane }: CatalogueService): Place => ({ environment, service: name, lane });

const send = async (
  runtime: Runtime,
  clients: Clients,
  event: Envelope,
  name: FunctionName,
  services: readonly CatalogueService[],
): Promise<void> => {
  const [first, ...others] = services.map(toPlace);
  if (first !== undefined) await sendOwn(runtime, clients, { event, places: [first, ...others], function: name });
};

const routeRequest = async (
  runtime: Runtime,
  clients: Clients,
  event: Envelope,
  wish: Wish,
  invocation: Invocation,
): Promise<void> => {
  const { environment, service: name } = event.detail as { environment: string; service: string };
  const found = findService(runtime.catalogue, environment, name);
  if (!('unknown' in found)) return send(runtime, clients, event, wish === 'deploy' ? 'deploy' : 'rollback', [found]);
  const message =
    found.unknown === 'environment'
      ? `there is no environment "${environment}"; the catalogue knows: ${found.known.join(', ')}`
      : `there is no service "${name}" in environment "${environment}"; the catalogue knows there: ${found.known.join(', ')}`;
  await refuse(runtime, clients, event, wish, { code: `unknown-${found.unknown}`, message }, found.known, invocation);
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

const askedIn = (detail: Envelope['detail']): Asked => ({
  ...Object.fromEntries(TOLD.map((name) => [name, text(detail[name])]).filter(([, value]) => value !== '')),
  ...(detail['force'] === true ? { force: true } : {}),
});

const refuse = async (
  runtime: Runtime,
  clients: Clients,
  event: Envelope,
  wish: Wish,
  reason: { code: string; message: string },
  known: readonly string[] | undefined,
  { log }: Invocation,
): Promise<void> => {
  const asked = askedIn(event.detail);
  const cause = causeOf(event);
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
    { publish, log },
    runtime,
    event,
    { id, environment, service, lane: environment, cause, asked },
    wish,
    reason,
    known,
  );
};

/** An AWS event counts only from the own account; one of a service that the catalogue does not name is nobody's. */
const routeEcs = async (runtime: Runtime, clients: Clients, event: Envelope): Promise<void> => {
  if (event.account !== runtime.settings.account) return;
  const arn = serviceOfEvent(event);
  const concerned = runtime.catalogue.services.filter(({ settings }) => ecsServiceArn(settings.target, runtime.settings) === arn);
  await send(runtime, clients, event, 'verify', concerned.slice(0, 1));
};

/** One message for each environment that has a service with this alarm. */
const routeAlarm = async (runtime: Runtime, clients: Clients, event: Envelope): Promise<void> => {
  const [arn] = event.resources;
  if (event.account !== runtime.settings.account || arn === undefined) return;
  const concerned = servicesWithAlarm(runtime.catalogue, arn);
  for (const environment of new Set(concerned.map((service) => service.environment))) {
    const there = concerned.filter((service) => service.environment === environment);
    await send(runtime, clients, event, 'rollback', there);
  }
};
