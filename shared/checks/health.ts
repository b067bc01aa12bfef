import type { HealthResult } from '../deployment/observations.ts';

/** What a health check needs from outside. */
export interface HealthPorts {
  readonly fetch: typeof globalThis.fetch;
  /** Aborts after so many milliseconds; `cancel` when it is not needed any more. */
  readonly timeout: (milliseconds: number) => { readonly signal: AbortSignal; readonly cancel: () => void };
}

export interface HealthQuestion {
  readonly url: string;
  readonly timeoutSeconds: number;
}

const USER_AGENT = 'switchyard-health-check';

/** `fetch` takes no user and password in an address: they go into the header that they stand for (RFC 7617). */
export const requestOf = (url: URL): { address: string; headers: Record<string, string> } => {
  const { username, password } = url;
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization =
    username === '' && password === '' ? {} : { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
  return { address: plain.href, headers: { 'user-agent': USER_AGENT, ...authorization } };
};

/** The address without what may be secret: user, password, values of the query. */
export const shown = (url: URL): string => {
  const address = new URL(url);
  address.username = '';
  address.password = '';
  const names = [...address.searchParams.keys()];
  address.search = names.length === 0 ? '' : names.map((name) => `${encodeURIComponent(name)}=...`).join('&');
  address.hash = '';
  return address.href;
};

const answerOf = ({ status }: Response, address: string): HealthResult => {
  const healthy = status >= 200 && status < 300;
  const redirect = status >= 300 && status < 400 ? ', a redirect: it is not followed, and is no 2xx' : '';
  return { healthy, detail: `${address} answered ${status}${redirect}` };
};

/** `fetch` says "fetch failed"; its cause says why. The cause names hosts and ports, never the whole address. */
export const whyNot = (error: unknown): string => {
  const { cause } = error instanceof Error ? error : {};
  if (cause instanceof Error) return cause.message === '' ? cause.name : cause.message;
  return error instanceof Error ? error.name : 'it failed';
};

/** Nobody reads the body: its connection is free again. That it breaks off changes nothing about the answer. */
export const discard = async ({ body }: Response): Promise<void> => {
  await Promise.allSettled([body?.cancel()]);
};

/**
 * One attempt: 2xx within the timeout is healthy. A redirect is not followed and not 2xx: a check that ends on a login page
 * proves nothing. Never throws; the body is not read.
 */
export const checkHealth = async (
  { url, timeoutSeconds }: HealthQuestion,
  { fetch, timeout }: HealthPorts,
): Promise<HealthResult> => {
  if (!URL.canParse(url))
    return { healthy: false, detail: 'the address of the health check is no URL; correct it in the catalogue' };
  const { signal, cancel } = timeout(timeoutSeconds * 1000);
  const name = shown(new URL(url));
  try {
    const { address, headers } = requestOf(new URL(url));
    const response = await fetch(address, { redirect: 'manual', signal, headers });
    await discard(response);
    return answerOf(response, name);
  } catch (error) {
    const why = signal.aborted ? `no answer within ${timeoutSeconds} s` : whyNot(error);
    return { healthy: false, detail: `${name}: ${why}` };
  } finally {
    cancel();
  }
};
