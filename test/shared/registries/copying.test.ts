import { describe, expect, it } from 'vitest';
import { registryClient } from '../../../shared/registries/client.ts';
import { type Copied, type CopyOptions, type CopyProgress, copyImage } from '../../../shared/registries/copying.ts';
import { type RegistryPorts, RegistryTrouble } from '../../../shared/registries/transport.ts';
import { image, index, layer, OCI_MANIFEST, sha256, type TestManifest } from '../../local/registry/images.ts';
import { type Meanwhile, virtualRegistries } from '../../local/registry/virtual-registry.ts';

const MIB = 1024 * 1024;
const CHUNK = 5 * MIB;

const app = image([layer('one', 1000), layer('two', 2000)]);

/** Two registries: `near.test` with two repositories, `far.test` with one. */
const prepared = () => virtualRegistries({ 'near.test': ['app', 'prod'], 'far.test': ['app'] });

const ports = (fetch: typeof globalThis.fetch): RegistryPorts => ({
  fetch,
  now: () => 0,
  // Pauses end at once; nothing here takes so long that it would be given up.
  timeout: (milliseconds) => ({
    signal: milliseconds < 30_000 ? AbortSignal.timeout(1) : new AbortController().signal,
    cancel: () => undefined,
  }),
  pause: async () => undefined,
});

type World = ReturnType<typeof prepared>;

interface Wish {
  readonly reference?: string;
  readonly to?: string;
  readonly tag?: string;
  readonly progress?: CopyProgress;
  readonly options?: Partial<CopyOptions>;
}

const copy = (
  world: World,
  { reference = 'v1', to = 'far.test/app', tag = 'v1', progress, options = {} }: Wish = {},
): Promise<Copied> => {
  const [host = '', repository = ''] = to.split('/');
  const client = (name: string) =>
    registryClient({ address: `http://${name}`, credentials: async () => undefined, ports: ports(world.fetch) });
  return copyImage(
    {
      from: { registry: client('near.test'), repository: 'app', reference },
      to: { registry: client(host), repository, tag },
      ...(progress === undefined ? {} : { progress }),
    },
    { until: Number.POSITIVE_INFINITY, now: () => 0, ...options },
  );
};

const kept = (world: World, host = 'far.test', repository = 'app') => world.stores.get(host)?.repositories.get(repository);

const pushed = async (what = app, tag = 'v1') => {
  const world = prepared();
  await world.push('near.test', 'app', what.blobs, [what.manifest], tag);
  return world;
};

const sizeOf = ({ blobs }: typeof app): number => blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);

describe('an image', () => {
  it('arrives byte for byte, and its tag last', async () => {
    const world = await pushed();
    expect(await copy(world)).toEqual({
      done: true,
      digest: app.manifest.digest,
      bytes: { moved: sizeOf(app), mounted: 0, already: 0 },
      referrers: 0,
    });
    expect(kept(world)?.tags).toEqual(new Map([['v1', app.manifest.digest]]));
    expect(kept(world)?.manifests.get(app.manifest.digest)?.bytes).toEqual(app.manifest.bytes);
    expect(world.asked.at(-1)).toBe('PUT /v2/app/manifests/v1');
  });

  it('that is there already takes four requests at most, and moves nothing', async () => {
    const world = await pushed();
    await copy(world);
    world.asked.length = 0;
    expect(await copy(world)).toMatchObject({ done: true, bytes: { moved: 0, mounted: 0, already: 0 } });
    expect(world.asked.length).toBeLessThanOrEqual(4);
  });

  it('under another tag of its repository moves the tag alone', async () => {
    const world = await pushed();
    expect(await copy(world, { to: 'near.test/app', tag: 'stable' })).toMatchObject({ bytes: { moved: 0 } });
    expect(kept(world, 'near.test')?.tags.get('stable')).toBe(app.manifest.digest);
  });

  it('in another repository of its registry is mounted', async () => {
    const world = await pushed();
    expect(await copy(world, { to: 'near.test/prod' })).toMatchObject({ bytes: { moved: 0, mounted: sizeOf(app) } });
    expect(kept(world, 'near.test', 'prod')?.tags.get('v1')).toBe(app.manifest.digest);
  });

  it('whose layers are there in part moves the others', async () => {
    const world = await pushed();
    const [, first] = app.blobs;
    await world.push('far.test', 'app', first === undefined ? [] : [first], []);
    expect(await copy(world)).toMatchObject({ bytes: { moved: sizeOf(app) - 1000, already: 1000 } });
  });

  it('of several platforms comes with all of them, children before their index', async () => {
    const world = prepared();
    const platforms = ['amd64', 'arm64', 's390x'].map((architecture) => image([layer(architecture, 500)], architecture));
    const whole = index(platforms.map(({ manifest }) => manifest));
    const blobs = platforms.flatMap((one) => one.blobs);
    await world.push('near.test', 'app', blobs, [...platforms.map(({ manifest }) => manifest), whole], 'v1');
    expect(await copy(world)).toMatchObject({ done: true, digest: whole.digest });
    expect([...(kept(world)?.manifests.keys() ?? [])]).toEqual([
      ...platforms.map(({ manifest }) => manifest.digest),
      whole.digest,
    ]);
  });

  it('comes with what is attached to it', async () => {
    const world = await pushed();
    const signature = image([layer('signature', 100)], 'unknown', app.manifest);
    await world.push('near.test', 'app', signature.blobs, [signature.manifest]);
    const legacy = image([layer('legacy', 100)]);
    await world.push('near.test', 'app', legacy.blobs, [legacy.manifest], `${app.manifest.digest.replace(':', '-')}.sig`);
    expect(await copy(world)).toMatchObject({ done: true, referrers: 2 });
    expect(kept(world)?.manifests.has(signature.manifest.digest)).toBe(true);
    expect(kept(world)?.tags.get(`${app.manifest.digest.replace(':', '-')}.sig`)).toBe(legacy.manifest.digest);
  });
});

describe('a large layer', () => {
  const large = image([layer('large', 3 * CHUNK + 1000)]);

  /** The clock moves with each chunk. */
  const timeFor = (chunks: number): CopyOptions => {
    let now = 0;
    const save = async () => {
      now += 1;
    };
    return { until: chunks, now: () => now, save };
  };

  it('goes in chunks, and a run whose time is over is gone on with', async () => {
    const world = await pushed(large);
    const first = await copy(world, { options: timeFor(2) });
    if (first.done) throw new Error('it had time for two chunks');
    expect(first.bytes.moved).toBeLessThanOrEqual(2 * CHUNK + 1000);
    expect(kept(world)?.tags.size).toBe(0);
    world.asked.length = 0;
    const second = await copy(world, { progress: first.progress });
    expect(second).toMatchObject({ done: true });
    expect(first.bytes.moved + second.bytes.moved).toBe(sizeOf(large));
    expect(world.asked.filter((line) => line.startsWith('PATCH')).length).toBe(1);
  });

  it('that was killed half-way loses one chunk at most', async () => {
    const world = await pushed(large);
    let saved: CopyProgress | undefined;
    const dying = copy(world, {
      options: {
        save: async (progress) => {
          if (saved !== undefined) throw new Error('killed');
          saved = progress;
        },
      },
    });
    await expect(dying).rejects.toThrow('killed');
    const again = await copy(world, saved === undefined ? {} : { progress: saved });
    expect(again.bytes.moved).toBeLessThanOrEqual(sizeOf(large) - 2 * CHUNK + CHUNK);
    expect(again.done).toBe(true);
  });

  it('whose upload the registry has forgotten begins again', async () => {
    const world = await pushed(large);
    const first = await copy(world, { options: timeFor(1) });
    world.stores.get('far.test')?.uploads.clear();
    expect(await copy(world, first.done ? {} : { progress: first.progress })).toMatchObject({ done: true });
  });
});

/** The first answers that fit are replaced. */
const instead =
  (method: string, part: string, answer: (answered: Response) => Response | Promise<Response>, times = 1): Meanwhile =>
  (passing, next) => {
    if (passing.method !== method || !passing.url.href.includes(part) || times === 0) return undefined;
    times -= 1;
    return next().then(answer);
  };

describe('trouble', () => {
  it.each([404, 416])(
    'of a registry that loses a layer half-way (%d) costs a run, and the next one ends well',
    async (status) => {
      const large = image([layer('large', CHUNK + 1000)]);
      const world = await pushed(large);
      let progress: CopyProgress = { uploads: {} };
      const save = async (saved: CopyProgress) => {
        progress = saved;
        world.stores.get('far.test')?.uploads.clear();
      };
      world.control.meanwhile = instead('PUT', '/blobs/uploads/', () => new Response(null, { status }));
      await expect(copy(world, { options: { save } })).rejects.toThrow('far.test has lost a layer that was half-way there');
      expect(await copy(world, { progress })).toMatchObject({ done: true });
    },
  );

  it.each([
    ['429', new Response(null, { status: 429, headers: { 'retry-after': '1' } })],
    ['500', new Response(null, { status: 500 })],
  ])('of a moment (%s) ends well', async (_, response) => {
    const world = await pushed();
    world.control.meanwhile = instead('GET', '/manifests/', () => response.clone());
    expect(await copy(world)).toMatchObject({ done: true });
  });

  it('that lasts is told as such, and nothing is tagged', async () => {
    const world = await pushed();
    world.control.meanwhile = instead('GET', '/blobs/', () => new Response(null, { status: 503 }), 99);
    await expect(copy(world)).rejects.toThrow(RegistryTrouble);
    expect(kept(world)?.tags.size).toBe(0);
  });

  it('of a layer that ends early is made good from there', async () => {
    const world = await pushed();
    const [, first] = app.blobs;
    const half = async (answered: Response) => new Response((await answered.arrayBuffer()).slice(0, 400), { status: 200 });
    world.control.meanwhile = instead('GET', `/blobs/${first?.digest}`, half);
    expect(await copy(world)).toMatchObject({ done: true, bytes: { moved: sizeOf(app) } });
  });

  it('of a layer that always ends early is told', async () => {
    const world = await pushed();
    const [, first] = app.blobs;
    const none = () => new Response(new Uint8Array(0), { status: 200 });
    world.control.meanwhile = instead('GET', `/blobs/${first?.digest}`, none, 99);
    await expect(copy(world)).rejects.toThrow(/ends sha256:.* after 0 of 1000 bytes/);
  });

  it('with a registry that closes the connection is told', async () => {
    const world = await pushed();
    world.control.meanwhile = ({ url }) => (url.host === 'far.test' ? Promise.reject(new TypeError('fetch failed')) : undefined);
    await expect(copy(world)).rejects.toThrow('far.test did not answer: fetch failed');
  });
});

describe('a no', () => {
  const refusal = async (world: World, wish: Wish = {}): Promise<{ code: string; message: string }> => {
    const error: unknown = await copy(world, wish).catch((reason: unknown) => reason);
    if (!(error instanceof Error) || !('code' in error)) throw new Error(`it was no refusal: ${String(error)}`);
    return { code: String(error.code), message: error.message };
  };

  it('for a tag that is not there names it', async () => {
    expect(await refusal(await pushed(), { reference: 'v2' })).toEqual({
      code: 'image-not-found',
      message: 'near.test/app has no image v2; push it, or correct its name',
    });
  });

  it('for a layer that is something else', async () => {
    const world = await pushed();
    const [, first] = app.blobs;
    const others = () => new Response(new Uint8Array(1000), { status: 200 });
    world.control.meanwhile = instead('GET', `/blobs/${first?.digest}`, others);
    expect((await refusal(world)).code).toBe('digest-mismatch');
    expect(kept(world)?.tags.size).toBe(0);
  });

  it('for a layer that is longer than its manifest says', async () => {
    const world = await pushed();
    const [, first] = app.blobs;
    world.control.meanwhile = instead(
      'GET',
      `/blobs/${first?.digest}`,
      () => new Response(new Uint8Array(1001), { status: 200 }),
    );
    expect((await refusal(world)).message).toMatch(/has more than the 1000 bytes that its manifest says/);
  });

  it('for a manifest that is something else', async () => {
    const world = await pushed();
    const headers = { 'content-type': OCI_MANIFEST, 'docker-content-digest': app.manifest.digest };
    world.control.meanwhile = instead('GET', '/manifests/v1', () => new Response('{}', { headers }));
    expect((await refusal(world)).code).toBe('digest-mismatch');
  });

  const served = (body: string, mediaType = OCI_MANIFEST): Meanwhile =>
    instead('GET', '/manifests/v1', () => new Response(body, { headers: { 'content-type': mediaType } }));

  it.each([
    ['of schema 1', '{"schemaVersion":1}', 'application/vnd.docker.distribution.manifest.v1+json', 'manifest-schema-1'],
    ['of another kind', '{"schemaVersion":2}', 'application/vnd.example+json', 'manifest-unknown'],
    ['that is no JSON', 'hello', OCI_MANIFEST, 'manifest-invalid'],
    ['without digests', '{"schemaVersion":2,"config":{}}', OCI_MANIFEST, 'manifest-invalid'],
    ['of 5 MB', ' '.repeat(5 * MIB), OCI_MANIFEST, 'manifest-too-large'],
    [
      'with a foreign layer',
      JSON.stringify({
        config: { mediaType: 'c', digest: sha256(Buffer.from('c')), size: 1 },
        layers: [
          { mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', digest: sha256(Buffer.from('f')), size: 1 },
        ],
      }),
      OCI_MANIFEST,
      'layer-foreign',
    ],
  ])('for a manifest %s', async (_, body, mediaType, code) => {
    const world = await pushed();
    world.control.meanwhile = served(body, mediaType);
    expect((await refusal(world)).code).toBe(code);
  });

  it('for an index whose child is missing names both', async () => {
    const world = prepared();
    const child: TestManifest = app.manifest;
    const whole = index([child]);
    const store = world.stores.get('near.test')?.repositories.get('app');
    store?.manifests.set(whole.digest, { ...whole, pushedAt: 0 });
    store?.tags.set('v1', whole.digest);
    expect(await refusal(world)).toEqual({
      code: 'part-missing',
      message: `near.test/app does not have ${child.digest}, which index ${whole.digest} lists; push the image again`,
    });
  });

  it('of a registry that does not let the pipeline push', async () => {
    const world = await pushed();
    const denied = new Response(JSON.stringify({ errors: [{ code: 'DENIED', message: 'not yours' }] }), { status: 403 });
    world.control.meanwhile = instead('POST', '/blobs/uploads/', () => denied.clone(), 99);
    expect(await refusal(world)).toEqual({
      code: 'registry-denied',
      message: 'far.test does not let the pipeline push a layer to app: DENIED: not yours; allow it, or correct the credentials',
    });
  });

  it('of an immutable tag', async () => {
    const world = await pushed();
    const taken = new Response(
      JSON.stringify({
        errors: [
          {
            code: 'TAG_INVALID',
            message: "The image tag 'v1' already exists and cannot be overwritten because the repository is immutable.",
          },
        ],
      }),
      { status: 400 },
    );
    world.control.meanwhile = instead('PUT', '/manifests/v1', () => taken.clone(), 99);
    expect((await refusal(world)).code).toBe('tag-immutable');
  });
});

describe('credentials', () => {
  const challenge = 'Bearer realm="http://tokens.test/token",service="near.test",scope="repository:app:pull"';

  const guarded =
    (answer: () => Response): Meanwhile =>
    ({ url, headers }) => {
      if (url.host === 'tokens.test') return Promise.resolve(answer());
      if (url.host !== 'near.test' || headers.get('authorization') === 'Bearer t-1') return undefined;
      return Promise.resolve(new Response(null, { status: 401, headers: { 'www-authenticate': challenge } }));
    };

  it('are exchanged for a token, once for a scope', async () => {
    const world = await pushed();
    world.control.meanwhile = guarded(() => Response.json({ token: 't-1', expires_in: 300 }));
    expect(await copy(world)).toMatchObject({ done: true });
    expect(world.asked.filter((line) => line.startsWith('GET /token'))).toEqual([
      'GET /token?service=near.test&scope=repository%3Aapp%3Apull',
    ]);
  });

  it('that the token service refuses end the copy with its reason', async () => {
    const world = await pushed();
    world.control.meanwhile = guarded(() =>
      Response.json({ errors: [{ code: 'DENIED', message: 'who are you' }] }, { status: 401 }),
    );
    await expect(copy(world)).rejects.toThrow(
      'the token service of near.test refuses a token for repository:app:pull: DENIED: who are you; correct the credentials',
    );
  });

  it('do not go along to where a registry redirects', async () => {
    const world = await pushed();
    const [, first] = app.blobs;
    const seen: (string | null)[] = [];
    const guard = guarded(() => Response.json({ token: 't-1' }));
    world.control.meanwhile = (passing, next) => {
      if (passing.url.host === 'storage.test') {
        seen.push(passing.headers.get('authorization'));
        return Promise.resolve(new Response(new Uint8Array(first?.bytes ?? []), { status: 200 }));
      }
      const isFirst = passing.url.host === 'near.test' && passing.url.pathname.endsWith(`/blobs/${first?.digest}`);
      if (isFirst && passing.headers.has('authorization'))
        return Promise.resolve(new Response(null, { status: 307, headers: { location: 'http://storage.test/x' } }));
      return guard(passing, next);
    };
    expect(await copy(world)).toMatchObject({ done: true });
    expect(seen).toEqual([null]);
  });
});
