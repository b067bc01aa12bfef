import { AwsError } from '../errors.ts';
import { asAwsError, type Exchange, unknownOperation } from './answer.ts';
import { requireScope } from './credential.ts';
import type { LocalResponse } from './http.ts';
import { readQueryInput } from './query-input.ts';
import { element, escapeXml, writeQueryOutput } from './query-output.ts';
import type { ServiceProtocol } from './services.ts';
import { type Operation, operationOf, queryErrorOf } from './shapes.ts';

/** Errors whose status in the Query protocol differs from the JSON protocols' 400 (API reference, Common Errors). */
const STATUS: Readonly<Record<string, number>> = { MissingAuthenticationToken: 403, SignatureDoesNotMatch: 403 };

/** The parameters of a Query request: of the URL and of a form body. */
export const queryParameters = (path: string, text: string): URLSearchParams => {
  const parameters = new URLSearchParams(path.includes('?') ? path.slice(path.indexOf('?') + 1) : '');
  for (const [name, value] of new URLSearchParams(text)) parameters.append(name, value);
  return parameters;
};

/** Answers a request of AWS's Query protocol with XML. */
export const answerQuery = async (exchange: Exchange): Promise<LocalResponse> => {
  try {
    const { service, action, run } = exchange;
    const context = exchange.context(requireScope(exchange.credential(), service.signingName));
    const operation = service.model === undefined ? undefined : operationOf(service.model, action);
    if (run === undefined || operation === undefined)
      throw new AwsError('InvalidAction', unknownOperation(`the action ${action} of ${service.name}`));
    const answer = await run(inputOf(exchange, operation, context.endpoint), context);
    return respond(exchange, 200, responseXml(exchange, operation, answer));
  } catch (error) {
    return refuseQuery(exchange, asAwsError(error));
  }
};

const inputOf = ({ request, text, service }: Exchange, { input }: Operation, endpoint: string) => {
  const parameters = queryParameters(request.path, text);
  return { ...queueOfPath(service, request.path, endpoint), ...readQueryInput(parameters, input) };
};

/** SQS: a request to the queue's own URL needs no QueueUrl parameter. */
const queueOfPath = ({ name }: ServiceProtocol, path: string, endpoint: string): { readonly QueueUrl?: string } => {
  const [, account, queue] = /^\/(\d{12})\/([^/?]+)/.exec(path) ?? [];
  return name !== 'sqs' || queue === undefined ? {} : { QueueUrl: `${endpoint}/${account}/${queue}` };
};

const responseXml = ({ service, action, requestId }: Exchange, { output }: Operation, answer: unknown): string => {
  const result = output === undefined ? '' : element(`${action}Result`, writeQueryOutput(answer, output));
  const metadata = element('ResponseMetadata', element('RequestId', requestId));
  return `<${action}Response xmlns="${service.query?.xmlNamespace}">${result}${metadata}</${action}Response>`;
};

const respond = ({ requestId }: Pick<Exchange, 'requestId'>, status: number, xml: string): LocalResponse => ({
  status,
  headers: { 'x-amzn-requestid': requestId, 'content-type': 'text/xml' },
  body: `<?xml version="1.0"?>${xml}`,
});

/** An error as the Query protocol spells it. */
export const refuseQuery = (exchange: Pick<Exchange, 'service' | 'requestId'>, error: AwsError): LocalResponse => {
  const { service, requestId } = exchange;
  const modelled = service.model === undefined ? undefined : queryErrorOf(service.model, error.code);
  const code = error.queryCode === error.code ? (modelled?.code ?? error.code) : error.queryCode;
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  const detail = service.query?.errorDetail ? '<Detail/>' : '';
  const body =
    element('Type', type) + element('Code', escapeXml(code)) + element('Message', escapeXml(error.queryMessage)) + detail;
  return respond(
    exchange,
    STATUS[code] ?? modelled?.status ?? error.status,
    `<ErrorResponse xmlns="${service.query?.xmlNamespace}">${element('Error', body)}${element('RequestId', requestId)}</ErrorResponse>`,
  );
};
