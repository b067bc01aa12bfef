import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SQSRecord } from 'aws-lambda';
import { cloudEvent } from '../shared/cdevents/cdevent.ts';
import { translate } from '../shared/cdevents/translate.ts';
import { dashboardUrl } from '../shared/dashboard.ts';
import { publishOutcomes } from '../shared/events/publish.ts';
import { CDEVENTS_SOURCE } from '../shared/events/sources.ts';
import type { Invocation } from '../shared/handler.ts';
import { readHeard } from '../shared/heard.ts';
import { onLambda } from '../shared/lambda.ts';
import { notifierHandler } from '../shared/notify/notifier.ts';
import type { Runtime } from '../shared/runtime.ts';

/**
 * Trigger: the queue of outcome events that have a word in CDEvents, where the catalogue has `cdevents`.
 * Does:    tells each on the bus once more, as CloudEvents that hold CDEvents.
 * Fails:   a message that can never work goes with its reason to the dead-letter queue; any other comes back, and says the same under the
 *          same ids.
 */
export const createTranslate = (runtime: Runtime) => {
  const events = new EventBridgeClient(runtime.aws);
  return notifierHandler(runtime, (record, invocation) => tell(runtime, events, record, invocation));
};

export const handler = onLambda(createTranslate);

const tell = async (
  { catalogue, settings }: Runtime,
  events: EventBridgeClient,
  record: SQSRecord,
  { log }: Invocation,
): Promise<void> => {
  const heard = readHeard(record.body);
  if (catalogue.cdevents === undefined) {
    log.info('not told as CDEvents: the catalogue does not ask for them', { type: heard.type });
    return;
  }
  const dashboardOf = (environment: string) => dashboardUrl(settings.region, settings.bus, environment);
  const told = translate(heard, { ...catalogue.cdevents, dashboardOf }).map(cloudEvent);
  const entries = told.map((event) => ({ type: event.type, detail: event }));
  const taken = await publishOutcomes(events, settings.bus, entries, CDEVENTS_SOURCE);
  if (taken.length < entries.length)
    throw new Error(`the bus took ${taken.length} of ${entries.length} CDEvents of ${heard.type}`);
};
