import { isDownloadPath } from '../downloads/address.ts';
import type { InterceptedCall } from '../faults.ts';
import { isAccount } from '../place.ts';
import { readPassword } from '../registry/authorization.ts';
import { isRegistryPath } from '../registry/wire.ts';
import { isS3Request } from '../s3/request.ts';
import { s3Action } from '../s3/routes.ts';
import { bytesAsText, type LocalRequest } from './http.ts';
import { identify } from './identify.ts';

type AccountOf = (accessKeyId: string) => string | undefined;

const itself: AccountOf = (accessKeyId) => (isAccount(accessKeyId) ? accessKeyId : undefined);

/** Which call a request is, whose, and where. `accountOf`: as the cloud knows it. */
export const describeCall = (request: LocalRequest, accountOf: AccountOf = itself): InterceptedCall => {
  if (isS3Request(request)) return s3Call(request, accountOf);
  if (isRegistryPath(request.path)) return registryCall(request);
  if (isDownloadPath(request.path)) return downloadCall(request);
  const input = bytesAsText(request.body);
  const [, caller = '', region] =
    /Credential=([^/,\s]+)(?:\/\d+\/([^/,\s]+))?/.exec(request.headers['authorization'] ?? '') ?? [];
  const who = { caller, account: accountOf(caller), region };
  const call = identify(request, input);
  return 'problem' in call
    ? { service: 'unknown', action: call.problem, ...who, input, request }
    : { service: call.service.name, action: call.action, ...who, input, request };
};

/** By its method and what it is about; its input is its path, since a body may be a layer. Account and region are the registry's. */
const registryCall = (request: LocalRequest): InterceptedCall => {
  const { method, path, headers } = request;
  const [, what = 'version'] = /\/(manifests|blobs\/uploads|blobs|tags|referrers)\b/.exec(path) ?? [];
  const { account, region } = readPassword(headers['authorization'])?.place ?? {};
  return { service: 'registry', action: `${method} ${what}`, caller: '', account, region, input: path, request };
};

/** By what is downloaded: whoever has the address needs no name. */
const downloadCall = (request: LocalRequest): InterceptedCall => {
  const [, , what = '', account, region] = request.path.split('/');
  return { service: 'downloads', action: `${request.method} ${what}`, caller: '', account, region, input: request.path, request };
};

/** Its input is what it is about and with which parameters, since a body may be any bytes. */
const s3Call = (request: LocalRequest, accountOf: AccountOf): InterceptedCall => {
  const { method, path, headers } = request;
  const scope = headers['authorization'] ?? new URLSearchParams(path.slice(path.indexOf('?') + 1)).get('X-Amz-Credential') ?? '';
  const [, caller = '', region] = /(?:Credential=|^)([^/,\s]+)\/\d+\/([^/,\s]+)/.exec(scope) ?? [];
  const action = s3Action(request) ?? `${method} ${path}`;
  return { service: 's3', action, caller, account: accountOf(caller), region, input: path, request };
};
