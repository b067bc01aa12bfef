import { crc32 } from 'node:zlib';
import { AwsError } from '../errors.ts';
import { asAwsError, type Exchange, unknownOperation } from './answer.ts';
import { requireScope } from './credential.ts';
import type { LocalResponse } from './http.ts';
import { readJsonInput, serialization } from './json-types.ts';
import type { ServiceProtocol } from './services.ts';
import { operationOf, queryErrorOf } from './shapes.ts';

/** Errors that stand before the services, in AWS's common front: their `__type` is not the service's own. */
const COMMON = new Set([
  'AccessDeniedException',
  'IncompleteSignatureException',
  'InternalFailure',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'RequestEntityTooLargeException',
  'SerializationException',
  'UnknownOperationException',
]);

/** Answers a request of AWS's JSON 1.0 or 1.1 protocol. */
export const answerJson = async (exchange: Exchange): Promise<LocalResponse> => {
  try {
    const { service, action, run } = exchange;
    const context = exchange.context(requireScope(exchange.credential(), service.signingName));
    if (run === undefined)
      throw new AwsError('UnknownOperationException', unknownOperation(`the operation ${action} of ${service.name}`));
    const answer = await run(inputOf(exchange), context);
    return respond(exchange, 200, answer === undefined ? '' : JSON.stringify(answer), {});
  } catch (error) {
    return refuse(exchange, asAwsError(error));
  }
};

const inputOf = ({ text, service, action }: Exchange): Readonly<Record<string, unknown>> => {
  const parsed = parse(text);
  const shape = service.model === undefined ? undefined : operationOf(service.model, action)?.input;
  return (shape === undefined ? parsed : readJsonInput(parsed, shape)) as Readonly<Record<string, unknown>>;
};

/** An empty body is an empty input. */
const parse = (text: string): object => {
  if (text === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw serialization(`the request's body is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw serialization("the request's body is not a JSON object");
};

const respond = (
  { service, requestId }: Exchange,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): LocalResponse => ({
  status,
  headers: {
    'x-amzn-requestid': requestId,
    'content-type': `application/x-amz-json-${service.json?.version}`,
    ...(service.json?.checksum ? { 'x-amz-crc32': String(crc32(body)) } : {}),
    ...headers,
  },
  body,
});

const refuse = (exchange: Exchange, error: AwsError): LocalResponse => {
  const { service } = exchange;
  const body = { __type: typeOf(service, error), ...messageOf(service, error), ...error.details };
  const headers = service.json?.queryCompatible ? { 'x-amzn-query-error': queryErrorText(service, error) } : {};
  return respond(exchange, error.status, JSON.stringify(body), headers);
};

const typeOf = ({ name, json }: ServiceProtocol, { code }: AwsError): string => {
  if (json === undefined || json.errorNamespace === '') return code;
  if (COMMON.has(code)) return `com.amazon.coral.service#${code}`;
  if (name === 'dynamodb' && code === 'ValidationException') return `com.amazon.coral.validate#${code}`;
  return `${json.errorNamespace}${code}`;
};

/** DynamoDB spells it `Message` where the error has further members, as for a cancelled transaction. */
const messageOf = ({ name }: ServiceProtocol, { code, message, details }: AwsError) => {
  const capital =
    code === 'SerializationException' ||
    code === 'AccessDeniedException' ||
    (name === 'dynamodb' && Object.keys(details).length > 0);
  return capital ? { Message: message } : { message };
};

/** `AWS.SimpleQueueService.NonExistentQueue;Sender` */
const queryErrorText = ({ model }: ServiceProtocol, error: AwsError): string => {
  const modelled = model === undefined ? undefined : queryErrorOf(model, error.code);
  const code = error.queryCode === error.code ? (modelled?.code ?? error.code) : error.queryCode;
  return `${code};${error.status < 500 ? 'Sender' : 'Receiver'}`;
};
