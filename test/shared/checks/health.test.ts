import { describe, expect, it } from 'vitest';
import { checkHealth } from '../../../shared/checks/health.ts';

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

/** A server that answers each request by `answer`, and the time, which passes only by `expire`. */
const world = (answer: (asked: Asked) => Promise<Response>) => {
  const asked: Asked[] = [];
  const controller = new AbortController();
  const timeouts: { milliseconds: number; cancelled: boolean }[] = [];
  const ports = {
    fetch: async (url: string | URL | Request, init: RequestInit = {}) => {
      asked.push({ url: String(url), init });
      return answer({ url: String(url), init });
    },
    timeout: (milliseconds: number) => {
      const timeout = { milliseconds, cancelled: false };
      timeouts.push(timeout);
      return {
        signal: controller.signal,
        cancel: () => {
          timeout.cancelled = true;
        },
      };
    },
  };
  return { ports, asked, timeouts, expire: () => controller.abort() };
};

const status = (code: number) => world(async () => new Response(null, { status: code }));

const check = (url: string, { ports }: ReturnType<typeof world>) => checkHealth({ url, timeoutSeconds: 20 }, ports);

describe('a health check', () => {
  it('is passed by 2xx, and by nothing else', async () => {
    for (const code of [200, 204, 299]) expect((await check('http://api/health', status(code))).healthy).toBe(true);
    for (const code of [301, 302, 400, 404, 500, 503])
      expect((await check('http://api/health', status(code))).healthy).toBe(false);
  });

  it('tells address and status', async () => {
    expect((await check('http://api/health', status(503))).detail).toBe('http://api/health answered 503');
  });

  it('does not follow a redirect, and says so', async () => {
    const redirecting = status(302);
    expect((await check('http://api/health', redirecting)).detail).toMatch(/answered 302, a redirect: it is not followed/);
    expect(redirecting.asked).toHaveLength(1);
    expect(redirecting.asked[0]?.init.redirect).toBe('manual');
  });

  it('fails, and never throws, where nobody answers', async () => {
    const nobody = world(async () => {
      throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 10.0.0.1:80') });
    });
    expect(await check('http://api/health', nobody)).toEqual({
      healthy: false,
      detail: 'http://api/health: connect ECONNREFUSED 10.0.0.1:80',
    });
  });

  it('fails when its time is over, and says how long that was', async () => {
    const slow = world(
      ({ init }) => new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(new Error('aborted')))),
    );
    const checking = check('http://api/health', slow);
    slow.expire();
    expect(await checking).toEqual({ healthy: false, detail: 'http://api/health: no answer within 20 s' });
  });

  it('asks for its time in milliseconds, and gives it back in every case', async () => {
    const refusing = world(async () => {
      throw new Error('no');
    });
    for (const around of [status(200), refusing]) {
      await check('http://api/health', around);
      expect(around.timeouts).toEqual([{ milliseconds: 20_000, cancelled: true }]);
    }
  });

  it('does not read the body', async () => {
    let cancelled = false;
    const endless = new ReadableStream({
      cancel: () => {
        cancelled = true;
      },
    });
    expect(
      (
        await check(
          'http://api/health',
          world(async () => new Response(endless)),
        )
      ).healthy,
    ).toBe(true);
    expect(cancelled).toBe(true);
  });

  it('is passed even if the body breaks off', async () => {
    const breaking = new ReadableStream({ cancel: () => Promise.reject(new Error('broken')) });
    expect(
      (
        await check(
          'http://api/health',
          world(async () => new Response(breaking)),
        )
      ).healthy,
    ).toBe(true);
  });

  it('shows no secret: neither user and password nor values of the query', async () => {
    const secret = 'http://user:pass%20word@api/health?token=hush&deep=1#part';
    const failing = world(async ({ url }) => {
      throw new TypeError(`cannot ask ${url}`);
    });
    for (const around of [status(500), failing]) {
      const { detail } = await check(secret, around);
      expect(detail).toContain('http://api/health?token=...&deep=...');
      expect(detail).not.toMatch(/hush|user|pass/);
    }
  });

  it('sends user and password as the header that they stand for', async () => {
    const around = status(200);
    await check('http://user:pass%20word@api/health', around);
    // RFC 7617: base64 of "user:pass word"
    expect(around.asked[0]).toMatchObject({
      url: 'http://api/health',
      init: { headers: { authorization: 'Basic dXNlcjpwYXNzIHdvcmQ=' } },
    });
  });

  it('of what is no address fails without asking', async () => {
    const around = status(200);
    expect((await check('not an address', around)).healthy).toBe(false);
    expect(around.asked).toEqual([]);
  });
});
