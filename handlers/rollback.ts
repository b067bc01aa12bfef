import type { SQSRecord } from 'aws-lambda';
import { type Clients, createClients, createCrew, ownQueue } from '../shared/crew.ts';
import { FinalError } from '../shared/errors.ts';
import { type Invocation, queueHandler } from '../shared/handler.ts';
import { onLambda } from '../shared/lambda.ts';
import type { Message } from '../shared/messages.ts';
import { readMessage } from '../shared/reading.ts';
import { alarmHeard } from '../shared/rollback/alarm.ts';
import { cancelAsked } from '../shared/rollback/cancel.ts';
import { rollbackAsked } from '../shared/rollback/request.ts';
import { windowDue } from '../shared/rollback/window.ts';
import type { Runtime } from '../shared/runtime.ts';
import type { Crew } from '../shared/step.ts';
import { runWake } from '../shared/waking.ts';

/**
 * Trigger: rollback.fifo, one message group per environment.
 * Does:    decides whether an alarm, a request or a cancel concerns a deployment, and goes back to the last verified revision.
 * Fails:   a message that can never work is rejected by event, or sent with its reason to the dead-letter queue;
 *          any other goes back with the rest of its group, after five receives it is put off for minutes, and then to the dead-letter queue.
 */
export const createRollback = (runtime: Runtime) => {
  const clients = createClients(runtime);
  return queueHandler(runtime, ownQueue(runtime, clients, 'rollback'), (record, invocation) =>
    rollback(runtime, clients, record, invocation),
  );
};

export const handler = onLambda(createRollback);

const rollback = async (runtime: Runtime, clients: Clients, record: SQSRecord, invocation: Invocation): Promise<void> => {
  const message = readMessage(record.body);
  const crew = createCrew(runtime, clients, 'rollback', invocation);
  if ('event' in message) return heard(runtime, clients, crew, message, record.messageId);
  if (message.wake.deployment === undefined) return windowDue(runtime, clients, crew, message.wake, record.messageId);
  return runWake(crew, message.wake, record.messageId);
};

const heard = async (
  runtime: Runtime,
  clients: Clients,
  crew: Crew,
  message: Extract<Message, { event: unknown }>,
  id: string,
): Promise<void> => {
  const type = message.event['detail-type'];
  switch (type) {
    case 'RollbackRequested':
      return rollbackAsked(runtime, clients, crew, message, id);
    case 'DeploymentCancelRequested':
      return cancelAsked(runtime, clients, crew, message, id);
    case 'CloudWatch Alarm State Change':
      return alarmHeard(runtime, crew, message, id);
    default:
      throw new FinalError('unknown-event', `rollback does not take "${type}"`);
  }
};
