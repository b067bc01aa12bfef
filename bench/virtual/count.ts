import type { LocalRequest, LocalResponse } from '../../local/wire/http.ts';
import { bytesAsText } from '../../local/wire/http.ts';

/** Units that DynamoDB would bill, of the table and its indexes together. */
export interface Units {
  readonly read: number;
  readonly write: number;
}

/** One request of a function to AWS. */
export interface Counted {
  /** `deploy`, `verify`… */
  readonly function: string;
  /** The id of the invocation that made it. */
  readonly invocation: string;
  /** `dynamodb:GetItem` */
  readonly action: string;
  /** Of a FIFO queue. */
  readonly fifo: boolean;
  /** Entries of a PutEvents. */
  readonly events: number;
  readonly units: Units;
}

/** What a request's own text says of it. */
export const details = (input: string): Pick<Counted, 'fifo' | 'events'> => {
  const { QueueUrl = '', Entries = [] } = input.startsWith('{') ? JSON.parse(input) : {};
  return { fifo: String(QueueUrl).endsWith('.fifo'), events: QueueUrl === '' ? Entries.length : 0 };
};

const READS = /^(BatchGetItem|GetItem|Query|Scan|TransactGetItems)$/;

interface Consumed {
  readonly CapacityUnits?: number;
  readonly ReadCapacityUnits?: number;
  readonly WriteCapacityUnits?: number;
}

/** The same request, with the consumed capacity asked for: the functions themselves do not need it. */
export const askingForUnits = (request: LocalRequest): LocalRequest => {
  if (!(request.headers['x-amz-target'] ?? '').startsWith('DynamoDB_')) return request;
  return { ...request, body: JSON.stringify({ ...JSON.parse(bytesAsText(request.body)), ReturnConsumedCapacity: 'TOTAL' }) };
};

/** What DynamoDB's answer says; a refused write is billed too, but its answer does not say what. */
export const unitsIn = (action: string, response: LocalResponse): Units => {
  const { ConsumedCapacity } = response.body.startsWith('{') ? JSON.parse(response.body) : {};
  const all: readonly Consumed[] = ConsumedCapacity === undefined ? [] : [ConsumedCapacity].flat();
  const total = all.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  return READS.test(action) ? { read: total, write: 0 } : { read: 0, write: total };
};
