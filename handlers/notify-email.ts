import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { notifyOf } from '../shared/catalogue/notify.ts';
import { FinalError } from '../shared/errors.ts';
import { onLambda } from '../shared/lambda.ts';
import type { Mail } from '../shared/notify/email/mail.ts';
import { type EmailNote, emailTelling } from '../shared/notify/email/telling.ts';
import { deskFor, inTurn, notifierHandler } from '../shared/notify/notifier.ts';
import { isHeard, placeOf, readOutcome, subjectOf } from '../shared/notify/outcome.ts';
import { placesFor } from '../shared/notify/places.ts';
import { NotDoneError, tellInSteps } from '../shared/notify/steps.ts';
import type { Runtime } from '../shared/runtime.ts';

const NAME = 'notify-email';

/** An answer that will be the same next time (SNS API reference, Publish, "Errors"). */
const FINAL = /^(?:AccessDenied|AuthorizationError|NotFound|InvalidParameter|InvalidSecurity|KMS(?!Throttling))/;

/**
 * Trigger: notify-email, a standard queue that a rule for outcome events sends to.
 * Does:    publishes a mail for each outcome that is heard to the SNS topic that the catalogue names.
 * Fails:   what SNS refuses for good goes to the dead-letter queue with its reason; any other comes back, after ten receives to the
 *          dead-letter queue.
 */
export const createNotifyEmail = (runtime: Runtime) => {
  const sns = new SNSClient(runtime.aws);
  const desk = deskFor<EmailNote>(runtime, NAME);
  const turn = inTurn();
  const sendTo =
    (TopicArn: string) =>
    async ({ subject, text }: Mail): Promise<void> => {
      try {
        await sns.send(new PublishCommand({ TopicArn, Subject: subject, Message: text }));
      } catch (error) {
        if (!(error instanceof Error && FINAL.test(error.name))) throw error;
        const reason = `SNS refuses to publish to ${TopicArn}: ${error.message}; create the topic, correct it in the catalogue, or let its policy admit the function's role`;
        throw new NotDoneError(error.name, { cause: new FinalError('email-refused', reason, { cause: error }) });
      }
    };
  return notifierHandler(runtime, async (record, invocation) => {
    const outcome = readOutcome(record.body);
    const settings = notifyOf(runtime.catalogue, 'email', placeOf(outcome));
    const heard = settings?.events ?? 'verdicts';
    if (settings === undefined || !isHeard(heard, outcome))
      return invocation.log.info('nothing to do: nobody is mailed', { event: outcome.detail.eventId });
    const telling = emailTelling(outcome, {
      heard,
      places: placesFor(runtime, outcome),
      send: sendTo(topicArn(settings.topic, runtime)),
    });
    const id = subjectOf(outcome);
    return turn(id, () => tellInSteps(desk(invocation, record.messageId), id, telling));
  });
};

export const handler = onLambda(createNotifyEmail);

const topicArn = (topic: string, { settings: { account, region } }: Runtime): string =>
  topic.startsWith('arn:') ? topic : `arn:aws:sns:${region}:${account}:${topic}`;
