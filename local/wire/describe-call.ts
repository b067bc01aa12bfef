import type { InterceptedCall } from '../faults.ts';
import { bytesAsText, type LocalRequest } from './http.ts';
import { identify } from './identify.ts';

/** Which call a request is, and whose. */
export const describeCall = (request: LocalRequest): InterceptedCall => {
  const input = bytesAsText(request.body);
  const caller = /Credential=([^/,\s]+)/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
  const call = identify(request, input);
  return 'problem' in call
    ? { service: 'unknown', action: call.problem, caller, input, request }
    : { service: call.service.name, action: call.action, caller, input, request };
};
