import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import type { Invocation } from '../shared/handler.ts';
import { type DeploymentDetail, readHeard } from '../shared/heard.ts';
import { onLambda } from '../shared/lambda.ts';
import { emit, type Figure } from '../shared/metrics/emit.ts';
import { figuresOf } from '../shared/metrics/figures.ts';
import { notesOf, notifierHandler } from '../shared/notify/notifier.ts';
import type { Runtime } from '../shared/runtime.ts';
import { createReader, type Reader } from '../shared/store/reader.ts';

/**
 * Trigger: the queue of verdicts.
 * Does:    writes their figures into the log, in the format from which CloudWatch makes metrics.
 * Fails:   a message that can never work goes with its reason to the dead-letter queue; any other comes back. A verdict is counted by whoever
 *          first writes down that it is: never twice, and not at all if the function dies in the moment between that and its lines.
 */
export const createMeasure = (runtime: Runtime) => {
  const client = new DynamoDBClient(runtime.aws);
  const reader = createReader({ client, TableName: runtime.settings.table });
  const notes = notesOf<{ readonly at: number }>(runtime, 'measure');
  const claim = (detail: DeploymentDetail) => notes.write(`${detail.deployment}#${detail.sequence}`, { at: runtime.now() }, 0);
  return notifierHandler(runtime, (record, invocation) => measure(runtime, reader, claim, record, invocation));
};

export const handler = onLambda(createMeasure);

/** What a request that was refused calls an environment or a service may be anything, and is no dimension. */
const ELSE = 'unknown';

const asInCatalogue = ({ services }: Runtime['catalogue'], { of, ...figure }: Figure): Figure => {
  const { environment, service } = of;
  const there = services.filter((one) => one.environment === environment);
  return {
    ...figure,
    of: {
      ...of,
      ...(environment === undefined || there.length > 0 ? {} : { environment: ELSE }),
      ...(service === undefined || there.some(({ name }) => name === service) ? {} : { service: ELSE }),
    },
  };
};

const measure = async (
  { now, write, settings, catalogue }: Runtime,
  reader: Reader,
  claim: (detail: DeploymentDetail) => Promise<boolean>,
  { body }: SQSRecord,
  { log }: Invocation,
): Promise<void> => {
  const heard = readHeard(body);
  if ('promotion' in heard) return;
  const { deployment: detail } = heard;
  const heardAt = now();
  const { audit } = await reader.known(detail.deployment);
  const leftSuccess = await hasLeftSuccess(reader, detail);
  if (!(await claim(detail))) {
    log.info('counted already', { deployment: detail.deployment });
    return;
  }
  const figures = figuresOf(detail, { audit, leftSuccess, now: heardAt }).map((figure) => asInCatalogue(catalogue, figure));
  emit({ namespace: settings.bus, write }, figures, Date.parse(detail.at));
};

const hasLeftSuccess = async (reader: Reader, { kind, left }: DeploymentDetail): Promise<boolean> => {
  if (kind !== 'rollback' || left?.deployment === undefined) return false;
  const [known] = await reader.deployments([left.deployment]);
  return known?.state === 'succeeded';
};
