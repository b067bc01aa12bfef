import { GitHubRefusal } from './refusal.ts';
import type { GitHubStore } from './store.ts';

/** "Rate limits for the REST API" (GitHub docs): of one token. */
export interface Limits {
  /** Primary: requests an hour, of a personal access token, and the least of an installation. */
  readonly requestsPerHour: number;
  /** Secondary: a GET counts 1 point, what changes something 5. */
  readonly pointsPerMinute: number;
  /** Secondary: requests that create content. */
  readonly contentPerMinute: number;
  readonly contentPerHour: number;
}

export const LIMITS: Limits = { requestsPerHour: 5000, pointsPerMinute: 900, contentPerMinute: 80, contentPerHour: 500 };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface Usage {
  /** When the hour of the primary limit began, in milliseconds since the epoch. */
  startedAt: number;
  used: number;
  /** Requests of the last hour. */
  requests: readonly { readonly at: number; readonly points: number; readonly content: boolean }[];
}

/** Headers of every answer, in UTC epoch seconds where they are times. */
export const limitHeaders = ({ limits, usage }: GitHubStore, token: string): Readonly<Record<string, string>> => {
  const { startedAt = 0, used = 0 } = usage.get(token) ?? {};
  return {
    'x-ratelimit-limit': String(limits.requestsPerHour),
    'x-ratelimit-remaining': String(Math.max(0, limits.requestsPerHour - used)),
    'x-ratelimit-used': String(Math.min(used, limits.requestsPerHour)),
    'x-ratelimit-reset': String(Math.ceil((startedAt + HOUR) / 1000)),
    'x-ratelimit-resource': 'core',
  };
};

/** Counts a request; throws where one of the limits is exceeded. `content`: it makes something that people are told of. */
export const count = (store: GitHubStore, token: string, method: string, content: boolean): void => {
  const now = store.clock.now();
  const known = store.usage.get(token);
  const usage =
    known === undefined || known.startedAt + HOUR <= now ? { startedAt: now, used: 0, requests: known?.requests ?? [] } : known;
  store.usage.set(token, usage);
  usage.used += 1;
  if (usage.used > store.limits.requestsPerHour) throw new GitHubRefusal(403, 'API rate limit exceeded for the user.');
  usage.requests = [
    ...usage.requests.filter(({ at }) => at > now - HOUR),
    { at: now, points: method === 'GET' || method === 'HEAD' ? 1 : 5, content },
  ];
  const seconds = secondsUntilFree(store.limits, usage, now);
  if (seconds === 0) return;
  throw new GitHubRefusal(403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.', {
    headers: { 'retry-after': String(seconds) },
  });
};

/** Seconds until the request that was counted last would have been within every limit; 0: it is. */
const secondsUntilFree = (
  { pointsPerMinute, contentPerMinute, contentPerHour }: Limits,
  { requests }: Usage,
  now: number,
): number => {
  const lastMinute = requests.filter(({ at }) => at > now - MINUTE);
  const ofContent = ({ content }: Usage['requests'][number]): number => (content ? 1 : 0);
  const until = Math.max(
    freeAt(lastMinute, pointsPerMinute, ({ points }) => points) + MINUTE,
    freeAt(lastMinute, contentPerMinute, ofContent) + MINUTE,
    freeAt(requests, contentPerHour, ofContent) + HOUR,
  );
  return until > now ? Math.max(1, Math.ceil((until - now) / 1000)) : 0;
};

/** When the request was made that has to be forgotten until the others, all newer, are no more than `most`; the distant past: none has. */
const freeAt = (requests: Usage['requests'], most: number, weightOf: (request: Usage['requests'][number]) => number): number => {
  let left = requests.reduce((sum, request) => sum + weightOf(request), 0);
  if (left <= most) return Number.NEGATIVE_INFINITY;
  for (const request of requests) {
    left -= weightOf(request);
    if (left <= most) return request.at;
  }
  return Number.NEGATIVE_INFINITY;
};
