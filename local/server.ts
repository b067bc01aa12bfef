import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Handle, LocalRequest, LocalResponse } from './wire/http.ts';
import { mostBytesOf, tooLargeFor } from './wire/limits.ts';

export interface Listening {
  readonly port: number;
  /** Ends the connections that are open, long polls too. */
  readonly close: () => Promise<void>;
}

/** Milliseconds. Longer than the SDKs keep a connection, so that it is never closed under a request. */
const IDLE_CONNECTION = 65_000;

/**
 * Serves the local cloud on this machine's own address alone. Port 0 takes any free one.
 * Rejects with one sentence where the port is taken.
 */
export const listen = async (handle: Handle, port: number): Promise<Listening> => {
  const server = createServer(
    { keepAliveTimeout: IDLE_CONNECTION },
    (request, response) => void answer(handle, request, response),
  );
  await started(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
};

const started = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} is taken: end what listens there (perhaps another local cloud), or choose another port`)
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });

const answer = async (handle: Handle, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  try {
    const head = localRequest(request);
    const body = await bodyOf(request, mostBytesOf(head));
    const answered = body === undefined ? tooLargeFor(head, Math.random) : await handle({ ...head, body });
    send(response, answered, request.method);
  } catch (error) {
    // The client has gone away in the middle of its request: there is nobody to answer.
    response.destroy(error instanceof Error ? error : undefined);
  }
};

/** `undefined`: more than the local cloud takes. The rest is read and thrown away, so that the client hears the answer. */
const bodyOf = async (request: IncomingMessage, most: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size <= most) chunks.push(chunk);
  }
  return size > most ? undefined : Buffer.concat(chunks);
};

const localRequest = (request: IncomingMessage): LocalRequest => ({
  method: request.method ?? 'GET',
  path: request.url ?? '/',
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  ),
  body: '',
});

const send = (response: ServerResponse, { status, headers, body, bytes }: LocalResponse, method: string | undefined): void => {
  // What HEAD is answered with says how long the answer to GET would be.
  const length = method === 'HEAD' ? headers['content-length'] : undefined;
  response.writeHead(status, { ...headers, 'content-length': length ?? bytes?.byteLength ?? Buffer.byteLength(body) });
  response.end(method === 'HEAD' ? undefined : (bytes ?? body));
};
