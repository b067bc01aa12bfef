import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { SourceWebhook } from '../shared/catalogue/generated/types.ts';
import { notifyOf } from '../shared/catalogue/notify.ts';
import { FinalError } from '../shared/errors.ts';
import { onLambda } from '../shared/lambda.ts';
import { notesOf, notifierHandler, notifierQueue } from '../shared/notify/notifier.ts';
import { isHeard, type Outcome, placeOf, readOutcome } from '../shared/notify/outcome.ts';
import { type Delivery, deliver, type Gone } from '../shared/notify/webhook.ts';
import { parseMessage } from '../shared/reading.ts';
import type { Runtime } from '../shared/runtime.ts';
import { secretReader } from '../shared/secret-reader.ts';

/**
 * Trigger: notify-webhooks, a standard queue that a rule for outcome events sends to, and this function itself.
 * Does:    posts each outcome to every webhook that the catalogue names for it, signed.
 * Fails:   one webhook's failure is its own message's: it comes back with growing pauses, as long as the receiver asks for, and after
 *          ten receives it goes to the dead-letter queue. What can never work goes there at once, with its reason.
 */
export const createNotifyWebhooks = (runtime: Runtime) => {
  const { sqs, url: QueueUrl } = notifierQueue(runtime);
  const notes = notesOf<Gone>(runtime, 'notify-webhooks');
  const secret = secretReader(runtime, 'notify-webhooks', (message) => new FinalError('secret-unreadable', message));
  /** One message for each receiver: none waits for another. */
  const divide = async ({ body }: SQSRecord, webhooks: readonly SourceWebhook[]): Promise<void> => {
    for (const { name } of webhooks)
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ webhook: name, event: body }) }));
  };
  return notifierHandler(runtime, async (record, { log }) => {
    const { outcome, only } = read(record.body);
    const delivery: Delivery = { runtime, notes, secret, log };
    const webhooks = heardBy(runtime, outcome).filter(({ name }) => only === undefined || name === only);
    const [first, ...others] = webhooks;
    if (first === undefined) return log.info('nothing to do: no webhook is told of it', { event: outcome.detail.eventId });
    return others.length === 0 ? deliver(delivery, first, outcome) : divide(record, webhooks);
  });
};

export const handler = onLambda(createNotifyWebhooks);

/** An event as the rule sends it, or as it was divided among receivers. */
const read = (body: string): { readonly outcome: Outcome; readonly only?: string } => {
  const message = parseMessage(body);
  if (typeof message !== 'object' || message === null || !('webhook' in message && 'event' in message))
    return { outcome: readOutcome(body) };
  return { outcome: readOutcome(String(message.event)), only: String(message.webhook) };
};

const heardBy = ({ catalogue }: Runtime, outcome: Outcome): readonly SourceWebhook[] =>
  (notifyOf(catalogue, 'webhooks', placeOf(outcome)) ?? []).filter(({ events = 'all' }) => isHeard(events, outcome));
