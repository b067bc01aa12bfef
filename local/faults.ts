import { AwsError } from './errors.ts';
import type { Place } from './place.ts';
import type { LocalRequest, LocalResponse } from './wire/http.ts';
import { refuseQuery } from './wire/query-protocol.ts';
import { refuseS3 } from './wire/s3-refusal.ts';
import { SERVICES, type ServiceName } from './wire/services.ts';

/** One call of AWS's API, as it is about to be made. */
export interface InterceptedCall {
  readonly service: ServiceName | 'registry' | 'downloads' | 'unknown';
  /** `SendMessage`; of the registry `GET manifests`, of what it lends to download `GET layers`; for a request that is no call, what was asked for. */
  readonly action: string;
  /** The access key of whoever calls. */
  readonly caller: string;
  /** The caller's account; `undefined`: the key does not say it, and it was read where nobody knows whose it is. */
  readonly account: string | undefined;
  /** The region that is called; `undefined`: the request does not say it. */
  readonly region: string | undefined;
  readonly input: string;
  readonly request: LocalRequest;
}

/**
 * Stands between a client and the cloud: it may not call `next` (the call is lost), throw after it (the answer is lost), call it twice,
 * call it with another request, wait, or answer something else.
 */
export type Intercept = (
  call: InterceptedCall,
  next: (request?: LocalRequest) => Promise<LocalResponse>,
) => Promise<LocalResponse>;

/** An event on its way from a bus to a rule's target; account and region are the bus's. */
export interface Delivery extends Place {
  readonly source: string;
  readonly detailType: string;
  readonly rule: string;
  readonly target: string;
}

/** Everything that may be made to go wrong in a cloud; the time is its clock's. */
export interface Faults {
  /** Each call, of anybody. */
  readonly call?: Intercept;
  /** When an event arrives at a rule's target, in milliseconds from now: `[]` is lost, `[0, 5000]` comes again. Absent: once, at once. */
  readonly arrivals?: (delivery: Delivery) => readonly number[];
}

const protocolOf = (name: string) => SERVICES.find((service) => service.name === name);

/** A refusal in the protocol of the call's service, as its clients read it: XML of S3, of its buckets' downloads and of what speaks Query alone, JSON of the others. */
export const refusal = (call: InterceptedCall, code: string, message: string, status = 400): LocalResponse => {
  const error = new AwsError(code, message, { status });
  if (call.service === 's3' || call.service === 'downloads')
    return refuseS3({ requestId: 'fault', request: call.request }, error);
  const service = protocolOf(call.service);
  if (service?.query !== undefined && service.json === undefined) return refuseQuery({ service, requestId: 'fault' }, error);
  return jsonRefusal(call, code, message, status);
};

const jsonRefusal = ({ service }: InterceptedCall, code: string, message: string, status: number): LocalResponse => ({
  status,
  headers: {
    'content-type': `application/x-amz-json-${protocolOf(service)?.json?.version ?? '1.1'}`,
    'x-amzn-errortype': code,
    'x-amzn-requestid': 'fault',
  },
  body: JSON.stringify({ __type: `${protocolOf(service)?.json?.errorNamespace ?? ''}${code}`, message }),
});

/** How a throttle is called (API references, Common Errors; DynamoDB names the table's own). */
const THROTTLE: Readonly<Partial<Record<InterceptedCall['service'], string>>> = {
  dynamodb: 'ProvisionedThroughputExceededException',
  sqs: 'ThrottlingException',
  lambda: 'TooManyRequestsException',
  sns: 'ThrottledException',
};

/** Registries say 429 (OCI distribution specification, "Error Codes"), S3 503 (API reference, "Error responses", SlowDown). */
export const throttle = (call: InterceptedCall): LocalResponse => {
  if (call.service === 'registry') return refusal(call, 'TOOMANYREQUESTS', 'Rate exceeded', 429);
  if (call.service === 's3' || call.service === 'downloads')
    return refusal(call, 'SlowDown', 'Please reduce your request rate.', 503);
  return refusal(call, THROTTLE[call.service] ?? 'ThrottlingException', 'Rate exceeded');
};

export const serverError = (call: InterceptedCall): LocalResponse =>
  refusal(call, 'InternalFailure', 'The request processing has failed because of an unknown error.', 500);

interface PutEventsAnswer {
  readonly Entries: readonly object[];
}

/** PutEvents takes every other entry only, and says so of each. */
export const halfAccepted: Intercept = async (call, next) => {
  const { Entries } = JSON.parse(call.input) as PutEventsAnswer;
  const isTaken = (index: number): boolean => index % 2 === 1;
  const taken = Entries.filter((_, index) => isTaken(index));
  const answer = taken.length === 0 ? undefined : await next({ ...call.request, body: JSON.stringify({ Entries: taken }) });
  const answers = answer === undefined ? [] : (JSON.parse(String(answer.body)) as PutEventsAnswer).Entries;
  let used = 0;
  const merged = Entries.map((_, index) => {
    if (!isTaken(index)) return { ErrorCode: 'InternalFailure', ErrorMessage: 'the local cloud was told to fail this entry' };
    used += 1;
    return answers[used - 1];
  });
  const body = JSON.stringify({ FailedEntryCount: Entries.length - taken.length, Entries: merged });
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'fault' }, body };
};
