import type { ManualClock } from '../clock.ts';
import type { HttpApp, HttpRequest, Network } from '../ports.ts';

export interface VirtualNetwork extends Network {
  /** Of the standard's signature, as far as it takes an address, texts and a signal. Redirects are handed out, not followed. */
  readonly fetch: typeof globalThis.fetch;
}

const refused = () => new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });

/** The services' listeners as names inside the process. A request that hangs is marked as waiting for the clock. */
export const virtualNetwork = (clock: Pick<ManualClock, 'park'>): VirtualNetwork => {
  const apps = new Map<string, HttpApp>();
  const hostOf = (cluster: string, service: string) => `${service}.${cluster}.test`;

  const aborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

  const answered = async (app: HttpApp, request: HttpRequest, signal: AbortSignal | null | undefined): Promise<Response> => {
    const answer = app(request);
    let done = false;
    const settled = () => {
      done = true;
    };
    answer.then(settled, settled);
    for (let turn = 0; turn < 3 && !done; turn += 1) await Promise.resolve();
    const unpark = done ? () => undefined : clock.park();
    try {
      const { status, headers = {}, body } = await (signal ? Promise.race([answer, aborted(signal)]) : answer);
      return new Response(body === '' ? null : body, { status, headers: { 'content-type': 'application/json', ...headers } });
    } finally {
      unpark();
    }
  };

  return {
    address: async (cluster, service) => `http://${hostOf(cluster, service)}`,
    serve(cluster, service, app) {
      if (app === undefined) apps.delete(hostOf(cluster, service));
      else apps.set(hostOf(cluster, service), app);
    },
    close: async () => apps.clear(),
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const app = apps.get(url.host);
      if (app === undefined) throw refused();
      init?.signal?.throwIfAborted();
      const { method = 'GET', body, signal } = init ?? {};
      const headers = Object.fromEntries(new Headers(init?.headers));
      const request = { method, path: url.pathname + url.search, headers, body: typeof body === 'string' ? body : '' };
      return answered(app, request, signal);
    },
  };
};
