import type { HttpApp } from '../../local/ports.ts';

/** A `fetch` that reaches an application in this process, whatever the host. */
export const appFetch =
  (app: HttpApp): typeof globalThis.fetch =>
  async (input, init = {}) => {
    init.signal?.throwIfAborted();
    const url = new URL(input instanceof Request ? input.url : input);
    const { status, headers, body } = await app({
      method: init.method ?? 'GET',
      path: url.pathname + url.search,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: typeof init.body === 'string' ? init.body : '',
    });
    return new Response(body === '' ? null : body, { status, headers: { 'content-type': 'application/json', ...headers } });
  };
