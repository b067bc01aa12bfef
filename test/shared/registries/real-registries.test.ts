import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registryClient } from '../../../shared/registries/client.ts';
import { copyImage } from '../../../shared/registries/copying.ts';
import { pause, timeout } from '../../../shared/time.ts';
import { image, index, layer, type TestBlob, type TestManifest } from '../../local/registry/images.ts';
import { DOCKER_REGISTRY, startDockerRegistry } from './docker-registry.ts';

const SKOPEO = '/usr/bin/skopeo';
const run = promisify(execFile);

const ports = {
  fetch: globalThis.fetch,
  now: Date.now,
  timeout,
  pause,
};

/** By the requests that any client makes, and not by the code that is tested. */
const push = async (address: string, blobs: readonly TestBlob[], manifests: readonly TestManifest[], tag: string) => {
  for (const { digest, bytes } of blobs) {
    const begun = await fetch(`${address}/v2/app/blobs/uploads/`, { method: 'POST' });
    const location = new URL(begun.headers.get('location') ?? '', address);
    location.searchParams.set('digest', digest);
    await fetch(location, { method: 'PUT', body: new Uint8Array(bytes) });
  }
  for (const [number, { digest, bytes, mediaType }] of manifests.entries()) {
    const name = number === manifests.length - 1 ? tag : digest;
    const headers = { 'content-type': mediaType };
    const { status } = await fetch(`${address}/v2/app/manifests/${name}`, {
      method: 'PUT',
      body: new Uint8Array(bytes),
      headers,
    });
    if (status !== 201) throw new Error(`the registry answers ${status}`);
  }
};

const isThere = existsSync(SKOPEO) && existsSync(DOCKER_REGISTRY);

describe.skipIf(!isThere)("between two real registries (needs Debian's docker-registry and skopeo)", () => {
  let [from, to] = [
    { address: '', stop: async () => {} },
    { address: '', stop: async () => {} },
  ];
  beforeAll(async () => {
    [from, to] = [await startDockerRegistry(), await startDockerRegistry()];
  });
  afterAll(() => Promise.all([from.stop(), to.stop()]));

  const copy = (reference: string) => {
    const client = (address: string) => registryClient({ address, credentials: async () => undefined, ports });
    return copyImage(
      {
        from: { registry: client(from.address), repository: 'app', reference },
        to: { registry: client(to.address), repository: 'app', tag: reference },
      },
      { until: Number.POSITIVE_INFINITY, now: Date.now },
    );
  };

  /** What skopeo reads there, byte for byte. */
  const inspect = async (address: string, tag: string): Promise<string> => {
    const words = ['inspect', '--raw', '--tls-verify=false', `docker://${new URL(address).host}/app:${tag}`];
    return (await run(SKOPEO, words)).stdout;
  };

  it('skopeo reads the same at both ends, every platform, and a layer of several chunks', async () => {
    const platforms = ['amd64', 'arm64'].map((architecture) =>
      image([layer(architecture, 11_000_000), layer('shared', 500)], architecture),
    );
    const whole = index(platforms.map(({ manifest }) => manifest));
    const manifests = [...platforms.map(({ manifest }) => manifest), whole];
    await push(
      from.address,
      platforms.flatMap(({ blobs }) => blobs),
      manifests,
      'v1',
    );
    expect(await copy('v1')).toMatchObject({ done: true, digest: whole.digest });
    expect(await inspect(to.address, 'v1')).toBe(await inspect(from.address, 'v1'));
    const target = `dir:${(await run('mktemp', ['-d'])).stdout.trim()}`;
    const words = ['copy', '--quiet', '--all', '--src-tls-verify=false', `docker://${new URL(to.address).host}/app:v1`, target];
    await run(SKOPEO, words);
    await run('rm', ['-rf', target.slice('dir:'.length)]);
  });

  it('what is there already moves nothing', async () => {
    const one = image([layer('one', 1000)]);
    await push(from.address, one.blobs, [one.manifest], 'v2');
    await copy('v2');
    expect(await copy('v2')).toMatchObject({ done: true, bytes: { moved: 0, mounted: 0, already: 0 } });
  });
});
