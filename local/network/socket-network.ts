import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpAnswer, HttpApp, Network } from '../ports.ts';

interface Listener {
  readonly server: Server;
  readonly address: Promise<string>;
  app: HttpApp | undefined;
}

const answer = async (app: HttpApp, request: IncomingMessage): Promise<HttpAnswer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  return app({
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  });
};

/** Every service listens on a port of its own of this machine. */
export const socketNetwork = (): Network => {
  const listeners = new Map<string, Listener>();

  const listenerOf = (cluster: string, service: string): Listener => {
    const name = `${cluster}/${service}`;
    const known = listeners.get(name);
    if (known !== undefined) return known;
    const server = createServer((request, response) => {
      const { app } = listener;
      if (app === undefined) {
        request.socket.destroy();
        return;
      }
      answer(app, request).then(
        ({ status, headers, body }) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body),
        () => response.writeHead(500).end(),
      );
    });
    const address = new Promise<string>((resolve, reject) => {
      server.on('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    });
    const listener: Listener = { server, address, app: undefined };
    listeners.set(name, listener);
    return listener;
  };

  return {
    address: (cluster, service) => listenerOf(cluster, service).address,
    serve(cluster, service, app) {
      listenerOf(cluster, service).app = app;
    },
    async close() {
      await Promise.all(
        [...listeners.values()].map(({ server }) => {
          server.closeAllConnections();
          return new Promise<void>((resolve) => server.close(() => resolve()));
        }),
      );
    },
  };
};
