import { isDownloadPath } from '../../local/downloads/address.ts';
import type { Intercept } from '../../local/faults.ts';
import { isRegistryPath } from '../../local/registry/wire.ts';
import { describeCall } from '../../local/wire/describe-call.ts';
import type { Handle } from '../../local/wire/http.ts';

type Fetch = typeof globalThis.fetch;

export interface CloudFetch {
  readonly handle: Handle;
  readonly intercept?: Intercept;
  /** From its abort on, nothing reaches the cloud: the caller's environment has ended. */
  readonly lifetime?: AbortSignal;
  /** Every other host. */
  readonly others: Fetch;
}

/** A large body comes as a stream. */
const bytesOf = async (body: RequestInit['body']): Promise<Uint8Array | string> => {
  if (body === undefined || body === null) return '';
  return body instanceof Uint8Array ? body : new Uint8Array(await new Response(body).arrayBuffer());
};

const passOn: Intercept = (_, next) => next();

/** A `fetch` that reaches the registry of a cloud in this process, and what it hands out to download, at the addresses that ECR and Lambda answer. */
export const fetchIn =
  ({ handle, intercept = passOn, lifetime, others }: CloudFetch): Fetch =>
  async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.host !== 'cloud.test' || !(isRegistryPath(url.pathname) || isDownloadPath(url.pathname))) return others(input, init);
    lifetime?.throwIfAborted();
    init.signal?.throwIfAborted();
    const method = init.method ?? 'GET';
    const body = await bytesOf(init.body);
    const headers = { host: url.host, ...Object.fromEntries(new Headers(init.headers)) };
    const request = { method, path: `${url.pathname}${url.search}`, headers, body };
    const {
      status,
      headers: answered,
      body: text,
      bytes,
    } = await intercept(describeCall(request), (other = request) => handle(other));
    const isEmpty = method === 'HEAD' || status === 204 || status === 304;
    return new Response(isEmpty ? null : new Uint8Array(bytes ?? Buffer.from(text)), { status, headers: answered });
  };
