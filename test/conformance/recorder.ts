import { sendRaw } from './signed-request.ts';

/**
 * The function that the suites of Lambda deploy: bundled and zipped by `lambda.ts`. It tells what it was given to the queue that each
 * message names, then does what the messages say.
 */
export interface Order {
  /** URL of the queue that gets the record of each invocation. */
  readonly tell: string;
  readonly id: string;
  /** What to do, `until` that receive count (always, without one). */
  readonly do?: 'throw' | 'report' | 'hang';
  readonly until?: number;
  /** The answer, as it is. */
  readonly answer?: unknown;
}

/** One invocation, as the function saw it. */
export interface Told {
  readonly requestId: string;
  readonly ids: readonly string[];
  readonly counts: readonly number[];
  readonly records: readonly QueueRecord[];
}

interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

const countOf = ({ attributes }: QueueRecord): number => Number(attributes['ApproximateReceiveCount']);

export const handler = async (
  event: { readonly Records: readonly QueueRecord[] },
  context: { readonly awsRequestId: string },
): Promise<unknown> => {
  const orders = event.Records.map((record) => ({ record, order: JSON.parse(record.body) as Order }));
  const told: Told = {
    requestId: context.awsRequestId,
    ids: orders.map(({ order }) => order.id),
    counts: event.Records.map(countOf),
    records: event.Records.map((record) => (record.body.length > 10_000 ? { ...record, body: '' } : record)),
  };
  await tell(orders[0]?.order.tell ?? '', told);
  const due = orders.filter(({ record, order }) => order.until === undefined || countOf(record) <= order.until);
  if (due.some(({ order }) => order.do === 'throw')) throw new Error('the message said so');
  if (due.some(({ order }) => order.do === 'hang')) await new Promise((resolve) => setTimeout(resolve, 60_000));
  const answer = due.find(({ order }) => order.answer !== undefined);
  if (answer !== undefined) return answer.order.answer;
  const failed = due.filter(({ order }) => order.do === 'report').map(({ record }) => ({ itemIdentifier: record.messageId }));
  return { batchItemFailures: failed };
};

const tell = async (QueueUrl: string, told: Told): Promise<void> => {
  const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpoint = `https://sqs.${region}.amazonaws.com` } = process.env;
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN } = process.env;
  const credentials = {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
  };
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' };
  const body = JSON.stringify({ QueueUrl, MessageBody: JSON.stringify(told) });
  const { status, body: answer } = await sendRaw({ config: { region, endpoint, credentials } }, 'sqs', { headers, body });
  if (status !== 200) throw new Error(`the invocation could not be told: ${answer}`);
};
