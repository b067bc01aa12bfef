import { randomFrom } from '../../../local/random.ts';
import { handleRegistry } from '../../../local/registry/handle.ts';
import { createRegistryStore, type RegistryStore } from '../../../local/registry/store.ts';
import type { TestBlob, TestManifest } from './images.ts';

/** A request on its way to a registry. */
export interface Passing {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
}

/** Instead of the registry's answer; `undefined`: the registry answers. */
export type Meanwhile = (passing: Passing, answer: () => Promise<Response>) => Promise<Response> | undefined;

/** Registries by host, reached through a `fetch` of this process. `asked`: each request, as `GET /v2/…`. */
export const virtualRegistries = (hosts: Readonly<Record<string, readonly string[]>>) => {
  const stores = new Map<string, RegistryStore>(
    Object.entries(hosts).map(([host, repositories]) => [
      host,
      createRegistryStore({ clock: { now: () => 0 }, random: randomFrom(1), repositories }),
    ]),
  );
  const asked: string[] = [];
  const control: { meanwhile?: Meanwhile } = {};
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input));
    const method = init.method ?? 'GET';
    const headers = new Headers(init.headers);
    asked.push(`${method} ${url.pathname}${url.search}`);
    const answer = async (): Promise<Response> => {
      const store = stores.get(url.host);
      if (store === undefined) throw new TypeError('fetch failed');
      // A large body comes as a stream.
      const body = Buffer.from(await new Response(init.body ?? null).arrayBuffer());
      const {
        status,
        headers: answered,
        body: bytes,
      } = handleRegistry(store, {
        method,
        path: `${url.pathname}${url.search}`,
        headers: Object.fromEntries(headers),
        body,
      });
      return new Response(bytes === undefined || status === 204 ? null : new Uint8Array(bytes), { status, headers: answered });
    };
    return (await control.meanwhile?.({ method, url, headers }, answer)) ?? answer();
  };
  return {
    stores,
    asked,
    control,
    fetch: fetch as typeof globalThis.fetch,
    async push(host: string, repository: string, blobs: readonly TestBlob[], manifests: readonly TestManifest[], tag?: string) {
      const to = `http://${host}/v2/${repository}`;
      for (const { digest, bytes } of blobs)
        await fetch(`${to}/blobs/uploads/?digest=${digest}`, { method: 'POST', body: new Uint8Array(bytes) });
      for (const [number, { digest, bytes, mediaType }] of manifests.entries()) {
        const name = tag !== undefined && number === manifests.length - 1 ? tag : digest;
        const headers = { 'content-type': mediaType };
        const { status } = await fetch(`${to}/manifests/${name}`, { method: 'PUT', body: new Uint8Array(bytes), headers });
        if (status !== 201) throw new Error(`the registry answers ${status} to manifest ${name}`);
      }
      asked.length = 0;
    },
  };
};

export type VirtualRegistries = ReturnType<typeof virtualRegistries>;
