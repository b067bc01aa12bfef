import { AwsError } from '../errors.ts';
import { asAwsError, type Exchange, unknownOperation } from './answer.ts';
import { requireScope } from './credential.ts';
import type { LocalResponse } from './http.ts';
import { findLambdaCall, type LambdaCall } from './lambda-routes.ts';

/** Answers a request of Lambda's REST API. */
export const answerLambda = async (exchange: Exchange): Promise<LocalResponse> => {
  try {
    const { request, service, run } = exchange;
    const context = exchange.context(requireScope(exchange.credential(), service.signingName));
    const call = findLambdaCall(request);
    if (run === undefined || call === undefined)
      throw new AwsError('UnknownOperationException', unknownOperation(`${request.method} ${request.path} of lambda`), {
        status: 404,
      });
    const answer = await run(inputOf(call, exchange.text), context);
    return call.action === 'Invoke'
      ? invocation(exchange, answer)
      : respond(exchange, STATUSES[call.action] ?? 200, answer === undefined ? '' : JSON.stringify(answer), {});
  } catch (error) {
    return refuseLambda(exchange, asAwsError(error));
  }
};

const inputOf = (call: LambdaCall, text: string) => {
  try {
    return call.read(text);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof URIError)) throw error;
    throw new AwsError('SerializationException', `the request cannot be read: ${error.message}`);
  }
};

/** API reference, each operation's "Response Syntax": mappings are changed later. */
const STATUSES: Readonly<Record<string, number>> = {
  AddPermission: 201,
  CreateAlias: 201,
  CreateFunction: 201,
  CreateFunctionUrlConfig: 201,
  DeleteAlias: 204,
  DeleteFunction: 204,
  DeleteFunctionUrlConfig: 204,
  PublishVersion: 201,
  RemovePermission: 204,
  CreateEventSourceMapping: 202,
  DeleteEventSourceMapping: 202,
  UpdateEventSourceMapping: 202,
};

/** Invoke's answer is in its status, its headers and its body. */
const invocation = (exchange: Exchange, answer: unknown): LocalResponse => {
  const { StatusCode, Payload, ExecutedVersion, FunctionError } = answer as Readonly<Record<string, string>> & {
    readonly StatusCode: number;
  };
  return respond(exchange, StatusCode, Payload ?? '', {
    ...(ExecutedVersion === undefined ? {} : { 'x-amz-executed-version': ExecutedVersion }),
    ...(FunctionError === undefined ? {} : { 'x-amz-function-error': FunctionError }),
  });
};

const respond = (
  { requestId }: Pick<Exchange, 'requestId'>,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): LocalResponse => ({
  status,
  headers: { 'x-amzn-requestid': requestId, 'content-type': 'application/json', ...headers },
  body,
});

/** Errors before the service have 403 in REST (API reference, Common Errors). */
const STATUS: Readonly<Record<string, number>> = {
  IncompleteSignatureException: 403,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
};

/** These errors of Lambda's model spell their message with a capital. */
const CAPITAL = new Set(['AccessDeniedException', 'ResourceNotFoundException', 'ServiceException']);

/** An error, as Lambda answers it. */
export const refuseLambda = (
  exchange: Pick<Exchange, 'requestId'>,
  { code, message, status, details }: AwsError,
): LocalResponse => {
  const body = {
    Type: status < 500 ? 'User' : 'Service',
    ...(CAPITAL.has(code) ? { Message: message } : { message }),
    ...details,
  };
  return respond(exchange, STATUS[code] ?? status, JSON.stringify(body), { 'x-amzn-errortype': code });
};
