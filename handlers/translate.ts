import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SQSRecord } from 'aws-lambda';
import { type CdEvent, cloudEvent } from '../shared/cdevents/cdevent.ts';
import { heed, type Incidents, OF_INCIDENTS, resolutions } from '../shared/cdevents/resolutions.ts';
import { translate } from '../shared/cdevents/translate.ts';
import { dashboardUrl } from '../shared/dashboard.ts';
import { publishOutcomes } from '../shared/events/publish.ts';
import { CDEVENTS_SOURCE } from '../shared/events/sources.ts';
import type { Invocation } from '../shared/handler.ts';
import { type DeploymentDetail, readHeard } from '../shared/heard.ts';
import { onLambda } from '../shared/lambda.ts';
import { notesOf, notifierHandler } from '../shared/notify/notifier.ts';
import type { Runtime } from '../shared/runtime.ts';
import type { Notes } from '../shared/store/notes.ts';

/**
 * Trigger: the queue of outcome events that have a word in CDEvents, where the catalogue has `cdevents`.
 * Does:    tells each on the bus once more, as CloudEvents that hold CDEvents; and keeps of each service which incidents are open, to tell
 *          that a later success has ended one.
 * Fails:   a message that can never work goes with its reason to the dead-letter queue; any other comes back, and says the same under the
 *          same ids.
 */
export const createTranslate = (runtime: Runtime) => {
  const events = new EventBridgeClient(runtime.aws);
  const notes = notesOf<Incidents>(runtime, 'translate');
  return notifierHandler(runtime, (record, invocation) => tell(runtime, { events, notes }, record, invocation));
};

export const handler = onLambda(createTranslate);

interface Tools {
  readonly events: EventBridgeClient;
  readonly notes: Notes<Incidents>;
}

/** What is kept comes before what is told: an outcome that comes again finds it, and tells it again. */
const ended = async (
  notes: Notes<Incidents>,
  type: string,
  detail: DeploymentDetail,
  source: string,
): Promise<readonly CdEvent[]> => {
  const id = `${detail.environment}/${detail.service}`;
  for (;;) {
    const { note, version } = await notes.read(id);
    const heeded = heed(note, type, detail);
    if (JSON.stringify(heeded) === JSON.stringify(note) || (await notes.write(id, heeded, version)))
      return resolutions(heeded, detail, source);
  }
};

const tell = async (
  { catalogue, settings }: Runtime,
  { events, notes }: Tools,
  record: SQSRecord,
  { log }: Invocation,
): Promise<void> => {
  const heard = readHeard(record.body);
  if (catalogue.cdevents === undefined) {
    log.info('not told as CDEvents: the catalogue does not ask for them', { type: heard.type });
    return;
  }
  const dashboardOf = (environment: string) => dashboardUrl(settings.region, settings.bus, environment);
  const { source } = catalogue.cdevents;
  const isOfIncident = 'deployment' in heard && OF_INCIDENTS.includes(heard.type);
  const resolved = isOfIncident ? await ended(notes, heard.type, heard.deployment, source) : [];
  const told = [...translate(heard, { source, dashboardOf }), ...resolved].map(cloudEvent);
  const entries = told.map((event) => ({ type: event.type, detail: event }));
  const taken = await publishOutcomes(events, settings.bus, entries, CDEVENTS_SOURCE);
  if (taken.length < entries.length)
    throw new Error(`the bus took ${taken.length} of ${entries.length} CDEvents of ${heard.type}`);
};
