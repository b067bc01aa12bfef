import type { LocalRequest } from './http.ts';

/** One operation of Lambda's REST API: where it is, and which of its members are in the path, the URL and the headers. */
interface Route {
  readonly action: string;
  readonly method: string;
  readonly path: RegExp;
  readonly pathMember?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `payload`: the body is the member Payload; `members`: a JSON object of members; else there is none. */
  readonly body?: 'payload' | 'members';
}

/** Paths and headers: Lambda API reference, each operation's "Request Syntax". */
const ROUTES: readonly Route[] = [
  { action: 'ListFunctions', method: 'GET', path: /^\/2015-03-31\/functions\/?$/ },
  { action: 'CreateFunction', method: 'POST', path: /^\/2015-03-31\/functions\/?$/, body: 'members' },
  { action: 'DeleteFunction', method: 'DELETE', path: /^\/2015-03-31\/functions\/([^/]+)$/, pathMember: 'FunctionName' },
  { action: 'GetFunction', method: 'GET', path: /^\/2015-03-31\/functions\/([^/]+)$/, pathMember: 'FunctionName' },
  {
    action: 'GetFunctionConfiguration',
    method: 'GET',
    path: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
    pathMember: 'FunctionName',
  },
  {
    action: 'Invoke',
    method: 'POST',
    path: /^\/2015-03-31\/functions\/([^/]+)\/invocations$/,
    pathMember: 'FunctionName',
    headers: {
      'x-amz-invocation-type': 'InvocationType',
      'x-amz-log-type': 'LogType',
      'x-amz-client-context': 'ClientContext',
      'x-amz-durable-execution-name': 'DurableExecutionName',
      'x-amz-tenant-id': 'TenantId',
    },
    body: 'payload',
  },
  { action: 'ListEventSourceMappings', method: 'GET', path: /^\/2015-03-31\/event-source-mappings\/?$/ },
  { action: 'CreateEventSourceMapping', method: 'POST', path: /^\/2015-03-31\/event-source-mappings\/?$/, body: 'members' },
  {
    action: 'DeleteEventSourceMapping',
    method: 'DELETE',
    path: /^\/2015-03-31\/event-source-mappings\/([^/]+)$/,
    pathMember: 'UUID',
  },
  { action: 'GetEventSourceMapping', method: 'GET', path: /^\/2015-03-31\/event-source-mappings\/([^/]+)$/, pathMember: 'UUID' },
  {
    action: 'UpdateEventSourceMapping',
    method: 'PUT',
    path: /^\/2015-03-31\/event-source-mappings\/([^/]+)$/,
    pathMember: 'UUID',
    body: 'members',
  },
];

/** Lambda's REST API as a whole: its paths begin with the date of the operation's version. */
export const isLambdaPath = (path: string): boolean => /^\/20\d\d-\d\d-\d\d\//.test(path);

/** Which operation a request to Lambda's REST API is; `read` takes its members from it. */
export interface LambdaCall {
  readonly action: string;
  /** Throws a `SyntaxError` for a body that is not a JSON object. */
  readonly read: (text: string) => Readonly<Record<string, unknown>>;
}

export const findLambdaCall = ({ method, path: target, headers }: LocalRequest): LambdaCall | undefined => {
  const [path = '', query = ''] = target.split('?', 2);
  for (const route of ROUTES) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (match !== null)
      return { action: route.action, read: (text) => ({ ...bodyOf(route, text), ...rest(route, match[1], query, headers) }) };
  }
  return undefined;
};

const rest = (
  { pathMember, headers: names = {} }: Route,
  segment: string | undefined,
  query: string,
  headers: LocalRequest['headers'],
) => ({
  ...Object.fromEntries(new URLSearchParams(query)),
  ...Object.fromEntries(
    Object.entries(names).flatMap(([header, member]) => (headers[header] === undefined ? [] : [[member, headers[header]]])),
  ),
  ...(pathMember === undefined || segment === undefined ? {} : { [pathMember]: decodeURIComponent(segment) }),
});

const bodyOf = ({ body }: Route, text: string): Readonly<Record<string, unknown>> => {
  if (body === 'payload') return { Payload: text };
  if (body === undefined || text === '') return {};
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new SyntaxError('it is not an object');
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== null));
};
