import type { LocalRequest } from './http.ts';

/** One operation of Lambda's REST API: where it is, and which of its members are in the path, the URL and the headers. */
interface Route {
  readonly action: string;
  readonly method: string;
  readonly path: RegExp;
  readonly pathMembers?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** `payload`: the body is the member Payload; `members`: a JSON object of members; else there is none. */
  readonly body?: 'payload' | 'members';
}

/** What a function has one of, or a list: `/functions/<name>/code`. */
const onFunction = (method: string, version: string, what: string, action: string, body?: 'members'): readonly Route[] => [
  {
    action,
    method,
    path: new RegExp(`^/${version}/functions/([^/]+)/${what}$`),
    pathMembers: ['FunctionName'],
    ...(body === undefined ? {} : { body }),
  },
];

/** One of several things that a function has: `/functions/<name>/aliases/<alias>`. */
const onPart = (method: string, what: string, member: string, action: string, body?: 'members'): readonly Route[] => [
  {
    action,
    method,
    path: new RegExp(`^/2015-03-31/functions/([^/]+)/${what}/([^/]+)$`),
    pathMembers: ['FunctionName', member],
    ...(body === undefined ? {} : { body }),
  },
];

/** Paths and headers: Lambda API reference, each operation's "Request Syntax". */
const ROUTES: readonly Route[] = [
  { action: 'ListFunctions', method: 'GET', path: /^\/2015-03-31\/functions\/?$/ },
  { action: 'CreateFunction', method: 'POST', path: /^\/2015-03-31\/functions\/?$/, body: 'members' },
  { action: 'DeleteFunction', method: 'DELETE', path: /^\/2015-03-31\/functions\/([^/]+)$/, pathMembers: ['FunctionName'] },
  { action: 'GetFunction', method: 'GET', path: /^\/2015-03-31\/functions\/([^/]+)$/, pathMembers: ['FunctionName'] },
  {
    action: 'GetFunctionConfiguration',
    method: 'GET',
    path: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
    pathMembers: ['FunctionName'],
  },
  {
    action: 'Invoke',
    method: 'POST',
    path: /^\/2015-03-31\/functions\/([^/]+)\/invocations$/,
    pathMembers: ['FunctionName'],
    headers: {
      'x-amz-invocation-type': 'InvocationType',
      'x-amz-log-type': 'LogType',
      'x-amz-client-context': 'ClientContext',
      'x-amz-durable-execution-name': 'DurableExecutionName',
      'x-amz-tenant-id': 'TenantId',
    },
    body: 'payload',
  },
  ...onFunction('GET', '2015-03-31', 'versions', 'ListVersionsByFunction'),
  ...onFunction('POST', '2015-03-31', 'versions', 'PublishVersion', 'members'),
  ...onFunction('PUT', '2015-03-31', 'code', 'UpdateFunctionCode', 'members'),
  ...onFunction('PUT', '2015-03-31', 'configuration', 'UpdateFunctionConfiguration', 'members'),
  ...onFunction('GET', '2015-03-31', 'aliases', 'ListAliases'),
  ...onFunction('POST', '2015-03-31', 'aliases', 'CreateAlias', 'members'),
  ...onPart('GET', 'aliases', 'Name', 'GetAlias'),
  ...onPart('PUT', 'aliases', 'Name', 'UpdateAlias', 'members'),
  ...onPart('DELETE', 'aliases', 'Name', 'DeleteAlias'),
  ...onFunction('POST', '2015-03-31', 'policy', 'AddPermission', 'members'),
  ...onPart('DELETE', 'policy', 'StatementId', 'RemovePermission'),
  ...onFunction('POST', '2021-10-31', 'url', 'CreateFunctionUrlConfig', 'members'),
  ...onFunction('GET', '2021-10-31', 'url', 'GetFunctionUrlConfig'),
  ...onFunction('DELETE', '2021-10-31', 'url', 'DeleteFunctionUrlConfig'),
  { action: 'ListEventSourceMappings', method: 'GET', path: /^\/2015-03-31\/event-source-mappings\/?$/ },
  { action: 'CreateEventSourceMapping', method: 'POST', path: /^\/2015-03-31\/event-source-mappings\/?$/, body: 'members' },
  {
    action: 'DeleteEventSourceMapping',
    method: 'DELETE',
    path: /^\/2015-03-31\/event-source-mappings\/([^/]+)$/,
    pathMembers: ['UUID'],
  },
  {
    action: 'GetEventSourceMapping',
    method: 'GET',
    path: /^\/2015-03-31\/event-source-mappings\/([^/]+)$/,
    pathMembers: ['UUID'],
  },
  {
    action: 'UpdateEventSourceMapping',
    method: 'PUT',
    path: /^\/2015-03-31\/event-source-mappings\/([^/]+)$/,
    pathMembers: ['UUID'],
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

export const findLambdaCall = ({ method, path: target, headers }: Omit<LocalRequest, 'body'>): LambdaCall | undefined => {
  const [path = '', query = ''] = target.split('?', 2);
  for (const route of ROUTES) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (match !== null)
      return {
        action: route.action,
        read: (text) => ({ ...bodyOf(route, text), ...rest(route, match.slice(1), query, headers) }),
      };
  }
  return undefined;
};

const rest = (
  { pathMembers = [], headers: names = {} }: Route,
  segments: readonly string[],
  query: string,
  headers: LocalRequest['headers'],
) => ({
  ...Object.fromEntries(new URLSearchParams(query)),
  ...Object.fromEntries(
    Object.entries(names).flatMap(([header, member]) => (headers[header] === undefined ? [] : [[member, headers[header]]])),
  ),
  ...Object.fromEntries(pathMembers.map((member, index) => [member, decodeURIComponent(segments[index] ?? '')])),
});

const bodyOf = ({ body }: Route, text: string): Readonly<Record<string, unknown>> => {
  if (body === 'payload') return { Payload: text };
  if (body === undefined || text === '') return {};
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new SyntaxError('it is not an object');
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== null));
};
