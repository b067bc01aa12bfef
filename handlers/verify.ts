import type { SQSRecord } from 'aws-lambda';
import { type Clients, createClients, createCrew, ownQueue } from '../shared/crew.ts';
import type { Input } from '../shared/deployment/input.ts';
import { type Invocation, queueHandler } from '../shared/handler.ts';
import { onLambda } from '../shared/lambda.ts';
import type { Place } from '../shared/messages.ts';
import { readMessage } from '../shared/reading.ts';
import type { Runtime } from '../shared/runtime.ts';
import { type Crew, runStep } from '../shared/step.ts';
import { targetEvents } from '../shared/targets/events.ts';
import { runWake } from '../shared/waking.ts';

/**
 * Trigger: verify.fifo, one message group per environment.
 * Does:    watches rollouts and rollbacks, checks health and alarms, and says how each deployment ended.
 * Fails:   a message that can never work goes with its reason to the dead-letter queue; any other goes back with the rest
 *          of its group, after five receives it is put off for minutes, and then to the dead-letter queue.
 */
export const createVerify = (runtime: Runtime) => {
  const clients = createClients(runtime);
  return queueHandler(runtime, ownQueue(runtime, clients, 'verify'), (record, invocation) =>
    verify(runtime, clients, record, invocation),
  );
};

export const handler = onLambda(createVerify);

const verify = async (runtime: Runtime, clients: Clients, record: SQSRecord, invocation: Invocation): Promise<void> => {
  const message = readMessage(record.body);
  const crew = createCrew(runtime, clients, 'verify', invocation);
  if ('wake' in message) return runWake(crew, message.wake, record.messageId);
  const input = targetEvents[message.event['detail-type']]?.input(message.event);
  if (input === undefined)
    return crew.log.info('nothing to do: the event tells nothing that counts', { event: message.event.id });
  await tell(crew, message.places[0], input, record.messageId);
};

/** Tells the deployment that has the service; if none has, the event is nobody's. */
const tell = async (crew: Crew, { environment, service: name, lane }: Place, input: Input, message: string): Promise<void> => {
  const { active } = await crew.store.service(environment, name);
  if (active === undefined) return crew.log.info('nothing to do: nothing is being deployed', { environment, service: name });
  await runStep(crew, {
    subject: { deployment: active, environment, service: name, lane },
    input,
    need: { waiters: false },
    message,
  });
};
