import { describe, expect, it } from 'vitest';
import { image, index, layer, OCI_INDEX, OCI_MANIFEST, sha256 } from './images.ts';
import { virtualRegistries } from './virtual-registry.ts';

/** By the OCI distribution specification 1.1; section names are its own. */
const prepared = () => {
  const world = virtualRegistries({ 'r.test': ['app', 'team/other'] });
  const ask = (method: string, path: string, { body, headers }: { body?: Uint8Array; headers?: Record<string, string> } = {}) =>
    world.fetch(`http://r.test${path}`, {
      method,
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
      ...(headers === undefined ? {} : { headers }),
    });
  // biome-ignore lint/suspicious/noExplicitAny: an answer, read as it comes
  const read = async (response: Response): Promise<any> => response.json();
  const codeOf = async (response: Response) => [response.status, (await read(response)).errors[0].code];
  return { ...world, ask, read, codeOf };
};

const one = image([layer('one', 1000)]);
const [config, first] = one.blobs;

describe('a registry', () => {
  it('says that it is one (Determining Support)', async () => {
    expect((await prepared().ask('GET', '/v2/')).status).toBe(200);
  });

  it('hands out what it was given, by tag and by digest (Pulling manifests)', async () => {
    const { push, ask } = prepared();
    await push('r.test', 'app', one.blobs, [one.manifest], 'v1');
    for (const name of ['v1', one.manifest.digest]) {
      const response = await ask('GET', `/v2/app/manifests/${name}`);
      expect([response.status, response.headers.get('content-type'), response.headers.get('docker-content-digest')]).toEqual([
        200,
        OCI_MANIFEST,
        one.manifest.digest,
      ]);
      expect(Buffer.from(await response.arrayBuffer())).toEqual(one.manifest.bytes);
    }
    const head = await ask('HEAD', '/v2/app/manifests/v1');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      200,
      String(one.manifest.bytes.length),
      '',
    ]);
  });

  it('knows what it does not have by the codes of the specification (Error Codes)', async () => {
    const { ask, codeOf, push } = prepared();
    await push('r.test', 'app', one.blobs, [one.manifest], 'v1');
    const digest = sha256(Buffer.from('nothing'));
    expect(await codeOf(await ask('GET', '/v2/app/manifests/v2'))).toEqual([404, 'MANIFEST_UNKNOWN']);
    expect(await codeOf(await ask('GET', '/v2/nobody/manifests/v1'))).toEqual([404, 'NAME_UNKNOWN']);
    expect(await codeOf(await ask('GET', `/v2/app/blobs/${digest}`))).toEqual([404, 'BLOB_UNKNOWN']);
    expect(await codeOf(await ask('GET', '/v2/App/manifests/v1'))).toEqual([404, 'NAME_INVALID']);
    expect(await codeOf(await ask('PATCH', '/v2/app/blobs/uploads/abc'))).toEqual([404, 'BLOB_UPLOAD_UNKNOWN']);
    expect(await codeOf(await ask('DELETE', '/v2/app/manifests/v1'))).toEqual([405, 'UNSUPPORTED']);
  });

  it('hands out a part of a blob (RFC 9110, Range Requests)', async () => {
    const { push, ask } = prepared();
    await push('r.test', 'app', one.blobs, []);
    const response = await ask('GET', `/v2/app/blobs/${first?.digest}`, { headers: { range: 'bytes=990-' } });
    expect([response.status, response.headers.get('content-range')]).toEqual([206, 'bytes 990-999/1000']);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(first?.bytes.subarray(990));
    expect((await ask('GET', `/v2/app/blobs/${first?.digest}`, { headers: { range: 'bytes=1000-' } })).status).toBe(416);
  });

  it('takes a blob in chunks, in their order, and says where it stands (Pushing a blob in chunks)', async () => {
    const { ask, codeOf } = prepared();
    const bytes = first?.bytes ?? Buffer.alloc(0);
    const begun = await ask('POST', '/v2/app/blobs/uploads/');
    expect(begun.status).toBe(202);
    const location = begun.headers.get('location') ?? '';
    const chunk = (from: number, to: number) =>
      ask('PATCH', location, { body: bytes.subarray(from, to), headers: { 'content-range': `${from}-${to - 1}` } });
    expect((await chunk(0, 400)).headers.get('range')).toBe('0-399');
    expect(await codeOf(await chunk(500, 600))).toEqual([416, 'BLOB_UPLOAD_INVALID']);
    const standing = await ask('GET', location);
    expect([standing.status, standing.headers.get('range')]).toEqual([204, '0-399']);
    await chunk(400, 1000);
    expect((await ask('PUT', `${location}?digest=${first?.digest}`)).status).toBe(201);
    expect((await ask('HEAD', `/v2/app/blobs/${first?.digest}`)).status).toBe(200);
  });

  it('keeps no blob that is not what its digest says', async () => {
    const { ask, codeOf } = prepared();
    const location = (await ask('POST', '/v2/app/blobs/uploads/')).headers.get('location') ?? '';
    const wrong = await ask('PUT', `${location}?digest=${config?.digest}`, { body: Buffer.from('other') });
    expect(await codeOf(wrong)).toEqual([400, 'DIGEST_INVALID']);
    expect((await ask('HEAD', `/v2/app/blobs/${config?.digest}`)).status).toBe(404);
  });

  it('mounts a blob of another repository, and offers an upload where it has none (Mounting a blob from another repository)', async () => {
    const { push, ask } = prepared();
    await push('r.test', 'app', one.blobs, []);
    const mount = (digest: string | undefined) => ask('POST', `/v2/team/other/blobs/uploads/?mount=${digest}&from=app`);
    expect((await mount(first?.digest)).status).toBe(201);
    expect((await ask('HEAD', `/v2/team/other/blobs/${first?.digest}`)).status).toBe(200);
    expect((await ask('HEAD', `/v2/team/other/blobs/${config?.digest}`)).status).toBe(404);
    expect((await mount(sha256(Buffer.from('nothing')))).status).toBe(202);
  });

  it('takes no manifest before what it names, nor one that is not what its digest says (Pushing Manifests)', async () => {
    const { ask, codeOf, push } = prepared();
    const put = (name: string, body: Buffer, type = OCI_MANIFEST) =>
      ask('PUT', `/v2/app/manifests/${name}`, { body, headers: { 'content-type': type } });
    expect(await codeOf(await put('v1', one.manifest.bytes))).toEqual([404, 'MANIFEST_BLOB_UNKNOWN']);
    const whole = index([one.manifest]);
    expect(await codeOf(await put('v1', whole.bytes, OCI_INDEX))).toEqual([404, 'MANIFEST_UNKNOWN']);
    await push('r.test', 'app', one.blobs, []);
    expect(await codeOf(await put(whole.digest, one.manifest.bytes))).toEqual([400, 'DIGEST_INVALID']);
    expect(await codeOf(await put('v1', Buffer.from('[]')))).toEqual([400, 'MANIFEST_INVALID']);
    expect(await codeOf(await put('v1', Buffer.alloc(5 * 1024 * 1024)))).toEqual([413, 'SIZE_INVALID']);
    expect((await put('v1', one.manifest.bytes)).status).toBe(201);
  });

  it('lists tags in their order, page by page (Listing Tags)', async () => {
    const { push, ask } = prepared();
    for (const tag of ['b', 'a', 'c']) await push('r.test', 'app', one.blobs, [one.manifest], tag);
    const page = await ask('GET', '/v2/app/tags/list?n=2');
    expect([await page.json(), page.headers.get('link')]).toEqual([
      { name: 'app', tags: ['a', 'b'] },
      '</v2/app/tags/list?n=2&last=b>; rel="next"',
    ]);
    expect(await (await ask('GET', '/v2/app/tags/list?n=2&last=b')).json()).toEqual({ name: 'app', tags: ['c'] });
  });

  it('lists what is attached to a manifest, and says so when it is put (Listing Referrers)', async () => {
    const { push, ask, read } = prepared();
    const signature = image([layer('signature', 10)], 'unknown', one.manifest);
    await push('r.test', 'app', signature.blobs, []);
    const headers = { 'content-type': OCI_MANIFEST };
    const answer = await ask('PUT', `/v2/app/manifests/${signature.manifest.digest}`, {
      body: signature.manifest.bytes,
      headers,
    });
    expect([answer.status, answer.headers.get('oci-subject')]).toEqual([201, one.manifest.digest]);
    const list = await ask('GET', `/v2/app/referrers/${one.manifest.digest}`);
    expect(list.headers.get('content-type')).toBe(OCI_INDEX);
    expect((await read(list)).manifests).toMatchObject([{ mediaType: OCI_MANIFEST, digest: signature.manifest.digest }]);
    expect((await read(await ask('GET', `/v2/app/referrers/${signature.manifest.digest}`))).manifests).toEqual([]);
  });

  it('tells when a tag moves, and only then', async () => {
    const { push, stores } = prepared();
    const other = image([layer('other', 10)]);
    const store = stores.get('r.test');
    const told: string[] = [];
    if (store !== undefined)
      Object.assign(store, { tagged: (repository: string, tag: string) => void told.push(`${repository}:${tag}`) });
    await push('r.test', 'app', one.blobs, [one.manifest], 'v1');
    await push('r.test', 'app', one.blobs, [one.manifest], 'v1');
    await push('r.test', 'app', one.blobs, [one.manifest]);
    await push('r.test', 'app', other.blobs, [other.manifest], 'v1');
    expect(told).toEqual(['app:v1', 'app:v1']);
  });
});
