import type { InterceptedCall } from '../faults.ts';
import { isRegistryPath } from '../registry/wire.ts';
import { bytesAsText, type LocalRequest } from './http.ts';
import { identify } from './identify.ts';

/** Which call a request is, and whose. */
export const describeCall = (request: LocalRequest): InterceptedCall => {
  if (isRegistryPath(request.path)) return registryCall(request);
  const input = bytesAsText(request.body);
  const caller = /Credential=([^/,\s]+)/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
  const call = identify(request, input);
  return 'problem' in call
    ? { service: 'unknown', action: call.problem, caller, input, request }
    : { service: call.service.name, action: call.action, caller, input, request };
};

/** By its method and what it is about; its input is its path, since a body may be a layer. */
const registryCall = (request: LocalRequest): InterceptedCall => {
  const { method, path } = request;
  const [, what = 'version'] = /\/(manifests|blobs\/uploads|blobs|tags|referrers)\b/.exec(path) ?? [];
  return { service: 'registry', action: `${method} ${what}`, caller: '', input: path, request };
};
