import { isS3Request } from '../s3/request.ts';
import { s3Action } from '../s3/routes.ts';
import type { LocalRequest } from './http.ts';
import { findLambdaCall, isLambdaPath } from './lambda-routes.ts';
import { queryParameters } from './query-protocol.ts';
import { SERVICES, type ServiceProtocol } from './services.ts';

/** Which call a request is. */
export interface IdentifiedCall {
  readonly protocol: 'json' | 'query' | 'lambda' | 's3';
  readonly service: ServiceProtocol;
  readonly action: string;
}

/** What keeps a request from being a call at all, in one sentence. */
export interface Unidentified {
  readonly problem: string;
}

/** Finds service and operation: by S3's signature or host, by `x-amz-target`, by the path of Lambda's REST API, or by the Query protocol's Action. */
export const identify = (request: LocalRequest, text: string): IdentifiedCall | Unidentified => {
  if (isS3Request(request)) return byS3Route(request);
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return byTarget(target);
  if (request.headers['smithy-protocol'] !== undefined)
    return { problem: `it does not speak ${request.headers['smithy-protocol']}; use a client that speaks JSON or Query` };
  if (isLambdaPath(request.path)) return byLambdaPath(request);
  return byAction(request, text);
};

const byTarget = (target: string): IdentifiedCall | Unidentified => {
  const dot = target.indexOf('.');
  const service = SERVICES.find(({ json }) => json !== undefined && json.target === target.slice(0, dot));
  return service === undefined
    ? { problem: `the target ${target}` }
    : { protocol: 'json', service, action: target.slice(dot + 1) };
};

const serviceNamed = (name: string): ServiceProtocol | undefined => SERVICES.find((service) => service.name === name);

const byLambdaPath = (request: LocalRequest): IdentifiedCall | Unidentified => {
  const service = serviceNamed('lambda');
  const action = findLambdaCall(request)?.action ?? `${request.method} ${request.path}`;
  return service === undefined ? { problem: request.path } : { protocol: 'lambda', service, action };
};

const byS3Route = (request: LocalRequest): IdentifiedCall | Unidentified => {
  const service = serviceNamed('s3');
  if (service === undefined) return { problem: request.path };
  return { protocol: 's3', service, action: s3Action(request) ?? `${request.method} ${request.path}` };
};

/** The version tells the service; without one, the credential's scope does. */
const byAction = (request: LocalRequest, text: string): IdentifiedCall | Unidentified => {
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  const parameters = queryParameters(request.path, isForm ? text : '');
  const action = parameters.get('Action');
  if (action === null) return { problem: `${request.method} ${request.path}` };
  const version = parameters.get('Version');
  const signed = /Credential=[^/,\s]+\/\d{8}\/[^/]+\/([^/]+)\//.exec(request.headers['authorization'] ?? '')?.[1];
  const queried = SERVICES.filter(({ query }) => query !== undefined);
  const service =
    version === null
      ? queried.find(({ signingName }) => signingName === signed)
      : queried.find(({ query }) => query?.version === version);
  if (service !== undefined) return { protocol: 'query', service, action };
  return { problem: `the action ${action} of API version ${version ?? '(none given)'}` };
};
