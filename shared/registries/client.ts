import { basic, type Challenge, type Credentials, readChallenge, readToken, type Token, tokenAddress } from './authorization.ts';
import { ACCEPTED, digestOf, LARGEST_MANIFEST, type Manifest } from './manifest.ts';
import { CopyRefusal } from './refusal.ts';

/** What a client needs from outside. */
export interface RegistryPorts {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  /** Aborts after so many milliseconds; `cancel` when it is not needed any more. */
  readonly timeout: (milliseconds: number) => { readonly signal: AbortSignal; readonly cancel: () => void };
}

export interface RegistryOptions {
  /** `https://<host>`; `http://` for a registry on this machine. */
  readonly address: string;
  /** Asked for once; `undefined`: nobody in particular. */
  readonly credentials: () => Promise<Credentials | undefined>;
  readonly ports: RegistryPorts;
}

/** An upload that has begun: what is to be sent next, and where to. */
export interface Upload {
  readonly location: string;
  /** Bytes that the registry has. */
  readonly offset: number;
}

/** A registry did not answer, or asked for patience: the same may work a moment later. */
export class RegistryTrouble extends Error {
  override readonly name = 'RegistryTrouble';
}

/** Milliseconds until an answer has to begin. A body may take as long as its caller lets it. */
const ANSWER = 30_000;

/** How often the same is asked, and after which pauses in milliseconds. */
const PAUSES = [200, 1000, 4000];
const LONGEST_PAUSE = 10_000;

const REDIRECTS = 5;

type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT';

interface Asked {
  readonly method: Method;
  readonly path: string;
  readonly scope: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

const isPatienceAskedFor = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** The first error that a registry tells (OCI distribution specification, "Error Codes"); else the text as it is. */
const said = async (response: Response): Promise<{ readonly code: string; readonly text: string }> => {
  const body = (await response.text().catch(() => '')).slice(0, 1000);
  try {
    const [error] = (JSON.parse(body) as { readonly errors?: readonly { code?: string; message?: string }[] }).errors ?? [];
    return {
      code: error?.code ?? '',
      text: [error?.code, error?.message].filter(Boolean).join(': ') || `HTTP ${response.status}`,
    };
  } catch {
    return { code: '', text: body === '' ? `HTTP ${response.status}` : `HTTP ${response.status}: ${body.slice(0, 200)}` };
  }
};

export const pull = (repository: string): string => `repository:${repository}:pull`;
export const push = (repository: string): string => `repository:${repository}:pull,push`;

/**
 * One registry, asked in the words of the OCI distribution specification 1.1. Every method may be called again. Answers `undefined` for what
 * is not there, throws `CopyRefusal` where the answer is no, and `RegistryTrouble` (or what `fetch` throws) where it may be another one later.
 */
export const registryClient = ({ address, credentials, ports }: RegistryOptions) => {
  const { fetch, now, timeout } = ports;
  const base = new URL(address);
  const tokens = new Map<string, Token>();
  let known: Promise<Credentials | undefined> | undefined;

  const once = async (url: string, init: RequestInit): Promise<Response> => {
    const { signal, cancel } = timeout(ANSWER);
    try {
      return await fetch(url, { ...init, redirect: 'manual', signal });
    } catch (error) {
      throw new RegistryTrouble(`${base.host} did not answer: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    } finally {
      cancel();
    }
  };

  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      timeout(milliseconds).signal.addEventListener('abort', () => resolve(), { once: true });
    });

  const tokenFor = async (challenge: Challenge, scope: string): Promise<Token> => {
    known ??= credentials();
    const identity = await known;
    if (challenge.scheme === 'basic') {
      if (identity === undefined)
        throw new CopyRefusal('registry-denied', `${base.host} asks who wants to know, and no credentials are given for it`);
      return { header: basic(identity), until: Number.POSITIVE_INFINITY };
    }
    const headers: Record<string, string> = identity === undefined ? {} : { authorization: basic(identity) };
    const response = await once(tokenAddress(challenge, scope), { headers });
    if (isPatienceAskedFor(response.status))
      throw new RegistryTrouble(`the token service of ${base.host} answered ${response.status}`);
    if (!response.ok) {
      const { text } = await said(response);
      throw new CopyRefusal(
        'registry-denied',
        `the token service of ${base.host} refuses a token for ${scope}: ${text}; correct the credentials`,
      );
    }
    const token = readToken(await response.json().catch(() => undefined), now());
    if (token === undefined) throw new RegistryTrouble(`the token service of ${base.host} answered without a token`);
    return token;
  };

  const current = (scope: string): string | undefined => {
    const token = tokens.get(scope) ?? tokens.get('');
    return token !== undefined && token.until > now() ? token.header : undefined;
  };

  /** Credentials go to the registry alone: not to where it redirects. */
  const followed = async (response: Response, init: RequestInit, url: URL): Promise<Response> => {
    let answer = response;
    let from = url;
    for (let hop = 0; answer.status >= 300 && answer.status < 400; hop += 1) {
      const location = answer.headers.get('location');
      if (location === null || hop === REDIRECTS) throw new RegistryTrouble(`${base.host} redirects without end, or to nowhere`);
      const next = new URL(location, from);
      const headers = new Headers(init.headers);
      if (next.origin !== base.origin) headers.delete('authorization');
      await answer.body?.cancel();
      answer = await once(next.href, { ...init, headers });
      from = next;
    }
    return answer;
  };

  const attempt = async ({ method, path, scope, headers = {}, body }: Asked): Promise<Response> => {
    const url = new URL(path, base);
    const init = (): RequestInit => {
      const header = url.origin === base.origin ? current(scope) : undefined;
      return {
        method,
        headers: { ...headers, ...(header === undefined ? {} : { authorization: header }) },
        ...(body === undefined ? {} : { body }),
      };
    };
    const asked = init();
    const response = await once(url.href, asked);
    const challenge =
      response.status === 401 && url.origin === base.origin ? readChallenge(response.headers.get('www-authenticate')) : undefined;
    if (challenge === undefined) return followed(response, asked, url);
    await response.body?.cancel();
    tokens.set(challenge.scheme === 'basic' ? '' : scope, await tokenFor(challenge, challenge.scope ?? scope));
    const again = init();
    return followed(await once(url.href, again), again, url);
  };

  const ask = async (asked: Asked): Promise<Response> => {
    for (const wait of PAUSES) {
      const response = await attempt(asked).catch((error: unknown) => {
        if (error instanceof RegistryTrouble) return undefined;
        throw error;
      });
      if (response !== undefined && !isPatienceAskedFor(response.status)) return response;
      const after = Number(response?.headers.get('retry-after') ?? Number.NaN) * 1000;
      await response?.body?.cancel();
      if (after > LONGEST_PAUSE) throw new RegistryTrouble(`${base.host} asks for ${after / 1000} s of patience`);
      await pause(Number.isNaN(after) ? wait : after);
    }
    const last = await attempt(asked);
    if (!isPatienceAskedFor(last.status)) return last;
    throw new RegistryTrouble(`${base.host} answers ${asked.method} ${asked.path.split('?')[0]} with ${(await said(last)).text}`);
  };

  const refuse = async (what: string, response: Response): Promise<never> => {
    const { code, text } = await said(response);
    if (response.status === 401 || response.status === 403)
      throw new CopyRefusal(
        'registry-denied',
        `${base.host} does not let the pipeline ${what}: ${text}; allow it, or correct the credentials`,
      );
    if (/immutable/i.test(text) || code === 'TAG_INVALID')
      throw new CopyRefusal('tag-immutable', `${base.host} does not ${what}: ${text}; choose another tag, or let it move`);
    throw new CopyRefusal('registry-refused', `${base.host} does not ${what}: ${text}`);
  };

  const manifests = (repository: string, reference: string): string => `/v2/${repository}/manifests/${reference}`;

  /** The manifest's digest; `undefined`: it is not there. */
  const headManifest = async (repository: string, reference: string): Promise<string | undefined> => {
    const response = await ask({
      method: 'HEAD',
      path: manifests(repository, reference),
      scope: pull(repository),
      headers: { accept: ACCEPTED },
    });
    if (response.status === 404) return undefined;
    if (!response.ok) return refuse(`look at ${repository}:${reference}`, response);
    return response.headers.get('docker-content-digest') ?? (await getManifest(repository, reference))?.digest;
  };

  /** As it is kept, checked against the digest that it was asked for by, or that the registry says. */
  const getManifest = async (repository: string, reference: string): Promise<Manifest | undefined> => {
    const response = await ask({
      method: 'GET',
      path: manifests(repository, reference),
      scope: pull(repository),
      headers: { accept: ACCEPTED },
    });
    if (response.status === 404) return undefined;
    if (!response.ok) return refuse(`pull ${repository}:${reference}`, response);
    const length = Number(response.headers.get('content-length') ?? 0);
    const bytes = length > LARGEST_MANIFEST ? undefined : Buffer.from(await response.arrayBuffer());
    if (bytes === undefined || bytes.length > LARGEST_MANIFEST) {
      if (bytes === undefined) await response.body?.cancel();
      throw new CopyRefusal(
        'manifest-too-large',
        `the manifest ${repository}:${reference} of ${base.host} has more than 4 MiB, which registries do not take`,
      );
    }
    const digest = digestOf(bytes);
    const promised = reference.startsWith('sha256:') ? reference : (response.headers.get('docker-content-digest') ?? digest);
    if (promised !== digest)
      throw new CopyRefusal(
        'digest-mismatch',
        `${base.host} handed out ${digest} for ${repository}@${promised}; push the image again`,
      );
    return { digest, mediaType: (response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '', bytes };
  };

  const putManifest = async (
    repository: string,
    reference: string,
    { digest, mediaType, bytes }: Manifest,
  ): Promise<{ readonly subject: boolean }> => {
    const response = await ask({
      method: 'PUT',
      path: manifests(repository, reference),
      scope: push(repository),
      headers: { 'content-type': mediaType },
      body: bytes,
    });
    if (response.status !== 201) return refuse(`take ${repository}:${reference}`, response);
    const kept = response.headers.get('docker-content-digest');
    await response.body?.cancel();
    if (kept !== null && kept !== digest)
      throw new CopyRefusal(
        'digest-mismatch',
        `${base.host} says that it keeps ${kept} as ${repository}:${reference}, and it was given ${digest}`,
      );
    return { subject: response.headers.has('oci-subject') };
  };

  const hasBlob = async (repository: string, digest: string): Promise<boolean> => {
    const response = await ask({ method: 'HEAD', path: `/v2/${repository}/blobs/${digest}`, scope: pull(repository) });
    if (response.status === 404) return false;
    return response.ok ? true : refuse(`look at a layer of ${repository}`, response);
  };

  /** The bytes from `offset` on, as they come. */
  const readBlob = async (repository: string, digest: string, offset: number): Promise<ReadableStream<Uint8Array>> => {
    const headers = offset === 0 ? {} : { range: `bytes=${offset}-` };
    const response = await ask({ method: 'GET', path: `/v2/${repository}/blobs/${digest}`, scope: pull(repository), headers });
    if (response.status === 404)
      throw new CopyRefusal(
        'part-missing',
        `${base.host} does not have ${digest}, which an image of ${repository} names; push the image again`,
      );
    if (!response.ok || response.body === null) return refuse(`pull a layer of ${repository}`, response);
    return offset > 0 && response.status === 200 ? response.body.pipeThrough(without(offset)) : response.body;
  };

  const uploadOf = (response: Response, offset: number): Upload => {
    const location = response.headers.get('location');
    if (location === null) throw new RegistryTrouble(`${base.host} began an upload without saying where`);
    return { location: new URL(location, base).href, offset };
  };

  /** `mounted`: the registry took the blob from another of its repositories. */
  const beginUpload = async (
    repository: string,
    mount?: { readonly digest: string; readonly from: string },
  ): Promise<Upload | 'mounted'> => {
    const query = mount === undefined ? '' : `?mount=${mount.digest}&from=${encodeURIComponent(mount.from)}`;
    const scope = mount === undefined ? push(repository) : `${push(repository)} ${pull(mount.from)}`;
    const response = await ask({
      method: 'POST',
      path: `/v2/${repository}/blobs/uploads/${query}`,
      scope,
      headers: { 'content-length': '0' },
    });
    if (response.status !== 201 && response.status !== 202) return refuse(`push a layer to ${repository}`, response);
    await response.body?.cancel();
    return response.status === 201 ? 'mounted' : uploadOf(response, 0);
  };

  /** Where an upload of an earlier run stands; `undefined`: the registry has forgotten it. */
  const resumeUpload = async (repository: string, { location }: Upload): Promise<Upload | undefined> => {
    const response = await ask({ method: 'GET', path: location, scope: push(repository) });
    await response.body?.cancel();
    if (response.status !== 204 && response.status !== 202) return undefined;
    const [, last] = /^(?:bytes=)?0-(\d+)$/.exec(response.headers.get('range') ?? '') ?? [];
    return last === undefined
      ? undefined
      : uploadOf(response.headers.has('location') ? response : new Response(null, { headers: { location } }), Number(last) + 1);
  };

  const sendChunk = async (repository: string, { location, offset }: Upload, chunk: Uint8Array): Promise<Upload> => {
    const headers = { 'content-type': 'application/octet-stream', 'content-range': `${offset}-${offset + chunk.length - 1}` };
    const response = await attempt({ method: 'PATCH', path: location, scope: push(repository), headers, body: chunk });
    if (isPatienceAskedFor(response.status))
      throw new RegistryTrouble(`${base.host} answered ${response.status} to a part of a layer`);
    await (response.status === 202 ? response.body?.cancel() : undefined);
    return response.status === 202
      ? uploadOf(response, offset + chunk.length)
      : refuse(`take a part of a layer for ${repository}`, response);
  };

  /** The registry compares what it has with the digest. */
  const finishUpload = async (
    repository: string,
    { location, offset }: Upload,
    digest: string,
    rest?: Uint8Array,
  ): Promise<void> => {
    const address = new URL(location);
    address.searchParams.set('digest', digest);
    const headers =
      rest === undefined
        ? { 'content-length': '0' }
        : {
            'content-type': 'application/octet-stream',
            ...(offset === 0 ? {} : { 'content-range': `${offset}-${offset + rest.length - 1}` }),
          };
    const response = await attempt({
      method: 'PUT',
      path: address.href,
      scope: push(repository),
      headers,
      ...(rest === undefined ? {} : { body: rest }),
    });
    if (isPatienceAskedFor(response.status))
      throw new RegistryTrouble(`${base.host} answered ${response.status} to the end of a layer`);
    if (response.status !== 201) {
      const { code, text } = await said(response);
      if (code === 'DIGEST_INVALID')
        throw new CopyRefusal(
          'digest-mismatch',
          `what was read is not ${digest}, says ${base.host} (${text}); push the image again`,
        );
      throw new CopyRefusal('registry-refused', `${base.host} does not take a layer for ${repository}: ${text}`);
    }
    await response.body?.cancel();
  };

  /** The manifests that say that they belong to this one; `undefined`: the registry does not keep such a list. */
  const referrers = async (repository: string, digest: string): Promise<Manifest | undefined> => {
    const response = await ask({
      method: 'GET',
      path: `/v2/${repository}/referrers/${digest}`,
      scope: pull(repository),
      headers: { accept: ACCEPTED },
    });
    const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
    if (!response.ok || !ACCEPTED.includes(type) || type === '') {
      await response.body?.cancel();
      return undefined;
    }
    const bytes = Buffer.from(await response.arrayBuffer());
    return { digest: digestOf(bytes), mediaType: type, bytes };
  };

  return {
    host: base.host,
    headManifest,
    getManifest,
    putManifest,
    hasBlob,
    readBlob,
    beginUpload,
    resumeUpload,
    sendChunk,
    finishUpload,
    referrers,
  };
};

export type RegistryClient = ReturnType<typeof registryClient>;

/** The stream without its first bytes: some registries know no ranges. */
const without = (bytes: number): TransformStream<Uint8Array, Uint8Array> => {
  let left = bytes;
  return new TransformStream({
    transform(chunk, controller) {
      const rest = chunk.subarray(Math.min(left, chunk.length));
      left -= chunk.length - rest.length;
      if (rest.length > 0) controller.enqueue(rest);
    },
  });
};
