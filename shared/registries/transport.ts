import { basic, type Challenge, type Credentials, readChallenge, readToken, type Token, tokenAddress } from './authorization.ts';
import { CopyRefusal } from './refusal.ts';

/** What a client needs from outside. */
export interface RegistryPorts {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  /** Aborts after so many milliseconds; `cancel` when it is not needed any more. */
  readonly timeout: (milliseconds: number) => { readonly signal: AbortSignal; readonly cancel: () => void };
  readonly pause: (milliseconds: number) => Promise<void>;
}

export interface RegistryOptions {
  /** `https://<host>`; `http://` for a registry on this machine. */
  readonly address: string;
  /** Asked for once; `undefined`: nobody in particular. */
  readonly credentials: () => Promise<Credentials | undefined>;
  readonly ports: RegistryPorts;
  /** As people know it, where its address is another one: an ECR behind the local cloud's. */
  readonly name?: string;
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

/** From this size on a body is sent piece by piece, in bytes. */
const PIECE = 64 * 1024;

/** `fetch` copies a body before it sends it, unless it is a stream: of a chunk of a layer that is most of the memory. */
const sent = (body: Uint8Array): RequestInit => {
  if (body.length <= PIECE) return { body };
  let from = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(body.subarray(from, from + PIECE));
      from += PIECE;
      if (from >= body.length) controller.close();
    },
  });
  return { body: stream, duplex: 'half' } as RequestInit;
};

type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT';

interface Asked {
  readonly method: Method;
  readonly path: string;
  readonly scope: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export const isPatienceAskedFor = (status: number): boolean => status === 408 || status === 429 || status >= 500;

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
 * The way to one registry: tokens, redirects, and patience where it asks for some. `ask` asks again, `askOnce` leaves that to its caller.
 */
export const connect = ({ address, credentials, ports, name }: RegistryOptions) => {
  const { fetch, now, timeout, pause } = ports;
  const base = new URL(address);
  const host = name ?? base.host;
  const tokens = new Map<string, Token>();
  let known: Promise<Credentials | undefined> | undefined;

  const once = async (url: string, init: RequestInit): Promise<Response> => {
    const { signal, cancel } = timeout(ANSWER);
    try {
      return await fetch(url, { ...init, redirect: 'manual', signal });
    } catch (error) {
      throw new RegistryTrouble(`${host} did not answer: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    } finally {
      cancel();
    }
  };

  const tokenFor = async (challenge: Challenge, scope: string): Promise<Token> => {
    known ??= credentials();
    const identity = await known;
    if (challenge.scheme === 'basic') {
      if (identity === undefined)
        throw new CopyRefusal('registry-denied', `${host} asks who wants to know, and no credentials are given for it`);
      return { header: basic(identity), until: Number.POSITIVE_INFINITY };
    }
    const headers: Record<string, string> = identity === undefined ? {} : { authorization: basic(identity) };
    const response = await once(tokenAddress(challenge, scope), { headers });
    if (isPatienceAskedFor(response.status))
      throw new RegistryTrouble(`the token service of ${host} answered ${response.status}`);
    if (!response.ok) {
      const { text } = await said(response);
      throw new CopyRefusal(
        'registry-denied',
        `the token service of ${host} refuses a token for ${scope}: ${text}; correct the credentials`,
      );
    }
    const token = readToken(await response.json().catch(() => undefined), now());
    if (token === undefined) throw new RegistryTrouble(`the token service of ${host} answered without a token`);
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
      if (location === null || hop === REDIRECTS) throw new RegistryTrouble(`${host} redirects without end, or to nowhere`);
      const next = new URL(location, from);
      const headers = new Headers(init.headers);
      if (next.origin !== base.origin) headers.delete('authorization');
      await answer.body?.cancel();
      answer = await once(next.href, { ...init, headers });
      from = next;
    }
    return answer;
  };

  const askOnce = async ({ method, path, scope, headers = {}, body }: Asked): Promise<Response> => {
    const url = new URL(path, base);
    const init = (): RequestInit => {
      const header = url.origin === base.origin ? current(scope) : undefined;
      return {
        method,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-length': String(body.length) }),
          ...(header === undefined ? {} : { authorization: header }),
        },
        ...(body === undefined ? {} : sent(body)),
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
      const response = await askOnce(asked).catch((error: unknown) => {
        if (error instanceof RegistryTrouble) return undefined;
        throw error;
      });
      if (response !== undefined && !isPatienceAskedFor(response.status)) return response;
      const after = Number(response?.headers.get('retry-after') ?? Number.NaN) * 1000;
      await response?.body?.cancel();
      if (after > LONGEST_PAUSE) throw new RegistryTrouble(`${host} asks for ${after / 1000} s of patience`);
      await pause(Number.isNaN(after) ? wait : after);
    }
    const last = await askOnce(asked);
    if (!isPatienceAskedFor(last.status)) return last;
    throw new RegistryTrouble(`${host} answers ${asked.method} ${asked.path.split('?')[0]} with ${(await said(last)).text}`);
  };

  /** Says no in the name of the registry; `what` the pipeline wanted. */
  const refuse = async (what: string, response: Response): Promise<never> => {
    const { code, text } = await said(response);
    if (response.status === 401 || response.status === 403)
      throw new CopyRefusal(
        'registry-denied',
        `${host} does not let the pipeline ${what}: ${text}; allow it, or correct the credentials`,
      );
    if (code === 'DIGEST_INVALID')
      throw new CopyRefusal('digest-mismatch', `${host} does not ${what}, which it was not given: ${text}; push the image again`);
    if (/immutable/i.test(text) || code === 'TAG_INVALID')
      throw new CopyRefusal('tag-immutable', `${host} does not ${what}: ${text}; choose another tag, or let it move`);
    throw new CopyRefusal('registry-refused', `${host} does not ${what}: ${text}`);
  };

  return { host, address: base, ask, askOnce, refuse };
};

export type Transport = ReturnType<typeof connect>;
