import type { SourceSlack } from '../shared/catalogue/generated/types.ts';
import { notifyOf } from '../shared/catalogue/notify.ts';
import { FinalError } from '../shared/errors.ts';
import type { Invocation } from '../shared/handler.ts';
import { onLambda } from '../shared/lambda.ts';
import { deskFor, inTurn, notifierHandler } from '../shared/notify/notifier.ts';
import { type Outcome, placeOf, readOutcome, subjectOf } from '../shared/notify/outcome.ts';
import { placesFor } from '../shared/notify/places.ts';
import { slackClient } from '../shared/notify/slack/client.ts';
import { type IncomingNote, incomingTelling } from '../shared/notify/slack/incoming.ts';
import { type SlackNote, slackTelling } from '../shared/notify/slack/telling.ts';
import { tellInSteps } from '../shared/notify/steps.ts';
import type { Runtime } from '../shared/runtime.ts';
import { secretReader } from '../shared/secret-reader.ts';

const NAME = 'notify-slack';

const SLACK = 'https://slack.com/api';

/**
 * Trigger: notify-slack, a standard queue that a rule for outcome events sends to.
 * Does:    keeps one message for each deployment and promotion in Slack as it goes, with the details in its thread.
 * Fails:   what Slack refuses for good (a revoked token, a channel that is gone) goes to the dead-letter queue with its reason; when it
 *          asks for patience, the message comes back as late as it says; any other comes back, after ten receives to the dead-letter queue.
 */
export const createNotifySlack = (runtime: Runtime) => {
  const desks = { messages: deskFor<SlackNote>(runtime, NAME), incoming: deskFor<IncomingNote>(runtime, NAME) };
  const secret = secretReader(runtime, NAME, (message) => new FinalError('secret-unreadable', message));
  const turn = inTurn();

  const tell = async (outcome: Outcome, settings: SourceSlack, invocation: Invocation, message: string): Promise<void> => {
    const { channel = '', token = '', webhook, events } = settings;
    const places = placesFor(runtime, outcome);
    const id = subjectOf(outcome);
    if (webhook !== undefined) {
      const heard = events === 'failures' ? events : 'verdicts';
      const telling = incomingTelling(runtime, { outcome, heard, places, address: () => secret(webhook) });
      return tellInSteps(desks.incoming(invocation, message), id, telling);
    }
    const bot = (await secret(token)).trim();
    const client = (where: string) =>
      slackClient(runtime, { url: runtime.settings.slackUrl ?? SLACK, token: bot, channel: where });
    const { log } = invocation;
    const telling = slackTelling({ outcome, channel, heard: events ?? 'all', places, client, log });
    return tellInSteps(desks.messages(invocation, message), id, telling);
  };

  return notifierHandler(runtime, async (record, invocation) => {
    const outcome = readOutcome(record.body);
    const settings = notifyOf(runtime.catalogue, 'slack', placeOf(outcome));
    if (settings === undefined)
      return invocation.log.info('nothing to do: nobody is told in Slack', { event: outcome.detail.eventId });
    return turn(subjectOf(outcome), () => tell(outcome, settings, invocation, record.messageId));
  });
};

export const handler = onLambda(createNotifySlack);
