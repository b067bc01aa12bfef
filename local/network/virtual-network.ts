import type { ManualClock } from '../clock.ts';
import type { HttpApp, Network } from '../ports.ts';

export interface VirtualNetwork extends Network {
  /** Of the standard's signature, as far as it takes an address and a signal. */
  readonly fetch: typeof globalThis.fetch;
}

const refused = () => new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });

/** The services' listeners as names inside the process. A request that hangs is marked as waiting for the clock. */
export const virtualNetwork = (clock: Pick<ManualClock, 'park'>): VirtualNetwork => {
  const apps = new Map<string, HttpApp>();
  const hostOf = (cluster: string, service: string) => `${service}.${cluster}.test`;

  const aborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

  const answered = async (
    app: HttpApp,
    method: string,
    path: string,
    signal: AbortSignal | null | undefined,
  ): Promise<Response> => {
    const answer = app({ method, path });
    let done = false;
    const settled = () => {
      done = true;
    };
    answer.then(settled, settled);
    for (let turn = 0; turn < 3 && !done; turn += 1) await Promise.resolve();
    const unpark = done ? () => undefined : clock.park();
    try {
      const { status, body } = await (signal ? Promise.race([answer, aborted(signal)]) : answer);
      return new Response(body, { status });
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
      return answered(app, init?.method ?? 'GET', url.pathname + url.search, init?.signal);
    },
  };
};
