import { notifyOf } from '../shared/catalogue/notify.ts';
import { FinalError } from '../shared/errors.ts';
import { onLambda } from '../shared/lambda.ts';
import { gitHubClients } from '../shared/notify/github/client.ts';
import { reportOf } from '../shared/notify/github/report.ts';
import { gitHubSettings } from '../shared/notify/github/settings.ts';
import { gitHubTeller } from '../shared/notify/github/tell.ts';
import { notifierHandler } from '../shared/notify/notifier.ts';
import { isOfPromotion, placeOf, readOutcome } from '../shared/notify/outcome.ts';
import { placesFor } from '../shared/notify/places.ts';
import type { Runtime } from '../shared/runtime.ts';
import { secretReader } from '../shared/secret-reader.ts';

/**
 * Trigger: notify-github, a standard queue that a rule for outcome events sends to.
 * Does:    keeps GitHub as it should be for each request: its deployment and statuses, what its commit shows, the comment of its pull
 *          request, and the issue of what went wrong with its service.
 * Fails:   where GitHub asks for patience, or does not answer, the message comes back, and what may have been done is looked for first.
 *          What GitHub refuses goes with its reason to the dead-letter queue; the rest of what the event tells is told all the same.
 */
export const createNotifyGitHub = (runtime: Runtime) => {
  const secret = secretReader(runtime, 'notify-github', (message) => new FinalError('secret-unreadable', message));
  const clientOf = gitHubClients(runtime, secret);
  const tell = gitHubTeller(runtime);
  return notifierHandler(runtime, async (record, invocation) => {
    const outcome = readOutcome(record.body);
    const { log } = invocation;
    const event = outcome.detail.eventId;
    const source = notifyOf(runtime.catalogue, 'github', placeOf(outcome));
    if (source === undefined) return log.info('nothing to do: GitHub is not told of it', { event });
    const report = isOfPromotion(outcome) ? undefined : reportOf(outcome);
    if (report === undefined) return log.info('nothing to do: GitHub shows nothing of the kind', { event });
    const settings = gitHubSettings(source, report.environment, runtime);
    await tell({
      settings,
      client: clientOf(settings),
      report,
      invocation,
      links: placesFor(runtime, outcome),
      message: record.messageId,
    });
  });
};

export const handler = onLambda(createNotifyGitHub);
